import { useState } from 'react';
import { CaptchaField } from '../captcha/captcha-field.tsx';
import { useCaptcha } from '../captcha/use-captcha.ts';
import { moonlight } from '../client/moonlight.ts';
import { FormView } from '../forms/form-view.tsx';
import { TextField } from '../forms/text-field.tsx';
import { useForm } from '../forms/use-form.ts';
import { useLanguage } from '../i18n/language.tsx';
import { Link } from '../routing/link.tsx';
import { paths } from '../routing/paths.ts';
import { useRouter } from '../routing/router.tsx';
import { Notice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';

export const ForgotPasswordPage = () => {
  const { t } = useLanguage();
  const { carried } = useRouter();
  const [sent, setSent] = useState<{ readonly email: string; readonly expiresIn: number }>();
  const captcha = useCaptcha({ isAlwaysWanted: true });
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
  const again = wait > 0 ? t.checkMail.resendIn(wait) : t.forgot.again;
  return (
    <Page title={t.forgot.title} heading={t.forgot.heading} lead={t.forgot.text} moon={0.4}>
      <Notice kind="good">{sent !== undefined && <p>{t.forgot.sentText(sent.email, sent.expiresIn)}</p>}</Notice>
      <FormView form={form} submit={sent === undefined ? t.forgot.submit : again}>
        <TextField label={t.fields.email} type="email" autoComplete="email" {...form.field('email')} />
        <CaptchaField captcha={captcha} error={form.captchaError} />
      </FormView>
      <p className="aside">
        {t.forgot.ratherCode}{' '}
        <Link to={paths.resetPassword} carried={{ email: form.values.email }}>
          {t.forgot.useCode}
        </Link>
      </p>
      <p className="aside">
        <Link to={paths.login}>{t.common.backToLogin}</Link>
      </p>
    </Page>
  );
};
