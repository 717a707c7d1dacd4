import type { MailSent } from '@moonlight/client';
import { useState } from 'react';
import { CaptchaField } from '../captcha/captcha-field.tsx';
import { useCaptcha } from '../captcha/use-captcha.ts';
import { moonlight } from '../client/moonlight.ts';
import { TextField } from '../forms/fields.tsx';
import { Form, useForm } from '../forms/form.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { Notice } from '../ui/notice.tsx';

/** Sends the verification link again without a session, because an account may have to be verified before it can log in. */
export const ResendForm = ({ email = '' }: { readonly email?: string | undefined }) => {
  const { t } = useLanguage();
  const [sent, setSent] = useState<MailSent>();
  const captcha = useCaptcha({ isAlwaysRequired: false });
  const form = useForm({
    initial: { email },
    captcha,
    call: (values, proof) => moonlight.emailVerification.resend.mutate({ ...values, ...proof }),
    onDone: (result) => {
      setSent(result);
      form.action.startWait(result.retryAfter);
    },
    onFailed: () => setSent(undefined),
  });
  const { wait } = form.action;
  return (
    <div className="stack">
      <Notice kind="good">{sent !== undefined && <p>{t.checkEmail.resent(sent.email, sent.expiresIn)}</p>}</Notice>
      <Form form={form} submit={wait > 0 ? t.checkEmail.resendIn(wait) : t.checkEmail.resend}>
        <TextField label={t.fields.email} type="email" autoComplete="email" {...form.field('email')} />
        <CaptchaField captcha={captcha} error={form.captchaError} />
      </Form>
    </div>
  );
};
