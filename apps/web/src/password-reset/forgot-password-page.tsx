import { useState } from 'react';
import { CaptchaField } from '../captcha/captcha-field.tsx';
import { useCaptcha } from '../captcha/use-captcha.ts';
import { moonlight } from '../client/moonlight.ts';
import { TextField } from '../forms/fields.tsx';
import { Form, useForm } from '../forms/form.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { paths } from '../routing/paths.ts';
import { Link, useRouter } from '../routing/router.tsx';
import { Notice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';

export const ForgotPasswordPage = () => {
  const { t } = useLanguage();
  const { carried } = useRouter();
  const [sent, setSent] = useState<{ readonly email: string; readonly expiresIn: number }>();
  const captcha = useCaptcha({ isAlwaysRequired: true });
  const form = useForm({
    initial: { email: carried.email ?? '' },
    captcha,
    call: (values, proof) => moonlight.passwordReset.send.mutate({ ...values, ...proof }),
    onDone: (result) => {
      setSent(result);
      form.action.startWait(result.retryAfter);
    },
    onFailed: () => setSent(undefined),
  });
  const { wait } = form.action;
  const resend = wait > 0 ? t.checkEmail.resendIn(wait) : t.forgotPassword.resend;
  return (
    <Page title={t.forgotPassword.title} heading={t.forgotPassword.heading} lead={t.forgotPassword.text} moon={0.4}>
      <Notice kind="good">
        {sent !== undefined && <p>{t.forgotPassword.sentText(sent.email, sent.expiresIn)}</p>}
      </Notice>
      <Form form={form} submit={sent === undefined ? t.forgotPassword.submit : resend}>
        <TextField label={t.fields.email} type="email" autoComplete="email" {...form.field('email')} />
        <CaptchaField captcha={captcha} error={form.captchaError} />
      </Form>
      <p className="aside">
        <Link to={paths.resetPassword} carried={{ email: form.values.email }}>
          {t.forgotPassword.useCode}
        </Link>
      </p>
      <p className="aside">
        <Link to={paths.login}>{t.common.backToLogin}</Link>
      </p>
    </Page>
  );
};
