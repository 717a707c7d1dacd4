import { CaptchaField } from '../captcha/captcha-field.tsx';
import { useCaptcha } from '../captcha/use-captcha.ts';
import { moonlight } from '../client/moonlight.ts';
import { PasswordField, TextField } from '../forms/fields.tsx';
import { Form, useForm } from '../forms/form.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { paths } from '../routing/paths.ts';
import { Link, useRouter } from '../routing/router.tsx';
import { Notice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { RedirectIfAuthenticated } from './require-auth.tsx';
import { setSessionUser } from './session.ts';

const LoginForm = () => {
  const { t } = useLanguage();
  const { carried } = useRouter();
  const captcha = useCaptcha({ isAlwaysRequired: false });
  const form = useForm({
    initial: { email: carried.email ?? '', password: '' },
    captcha,
    call: (values, proof) => moonlight.auth.login.mutate({ ...values, ...proof }),
    onDone: ({ user }) => setSessionUser(user),
  });
  return (
    <Form form={form} submit={t.login.submit}>
      <TextField label={t.fields.email} type="email" autoComplete="username" {...form.field('email')} />
      <PasswordField label={t.fields.password} autoComplete="current-password" {...form.field('password')} />
      <CaptchaField captcha={captcha} error={form.captchaError} />
      {form.failure?.code === 'EMAIL_NOT_VERIFIED' && (
        <p>
          <Link to={paths.checkEmail} carried={{ email: form.values.email }}>
            {t.login.newLink}
          </Link>
        </p>
      )}
    </Form>
  );
};

export const LoginPage = () => {
  const { t } = useLanguage();
  const { carried, next } = useRouter();
  return (
    <RedirectIfAuthenticated>
      <Page title={t.login.title} heading={t.login.heading} moon={0.75}>
        <Notice kind="calm">{carried.notice !== undefined && <p>{t.login[carried.notice]}</p>}</Notice>
        <LoginForm />
        <p className="aside">
          <Link to={paths.forgotPassword}>{t.login.forgotPassword}</Link>
        </p>
        <p className="aside">
          {t.login.noAccount}{' '}
          <Link to={paths.register} next={next}>
            {t.common.register}
          </Link>
        </p>
      </Page>
    </RedirectIfAuthenticated>
  );
};
