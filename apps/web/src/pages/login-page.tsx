import { CaptchaField } from '../captcha/captcha-field.tsx';
import { useCaptcha } from '../captcha/use-captcha.ts';
import { moonlight } from '../client/moonlight.ts';
import { FormView } from '../forms/form-view.tsx';
import { PasswordField } from '../forms/password-field.tsx';
import { TextField } from '../forms/text-field.tsx';
import { useForm } from '../forms/use-form.ts';
import { useLanguage } from '../i18n/language.tsx';
import { Link } from '../routing/link.tsx';
import { paths } from '../routing/paths.ts';
import { useRouter } from '../routing/router.tsx';
import { Guests } from '../session/guests.tsx';
import { rememberUser } from '../session/session.ts';
import { Notice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';

const LoginForm = () => {
  const { t } = useLanguage();
  const { carried } = useRouter();
  const captcha = useCaptcha({ isAlwaysWanted: false });
  const form = useForm({
    initial: { email: carried.email ?? '', password: '' },
    captcha,
    call: (values, proof) => moonlight.auth.login.mutate({ ...values, ...proof }),
    onDone: ({ user }) => rememberUser(user),
  });
  return (
    <FormView form={form} submit={t.login.submit}>
      <TextField label={t.fields.email} type="email" autoComplete="username" {...form.field('email')} />
      <PasswordField label={t.fields.password} autoComplete="current-password" {...form.field('password')} />
      <CaptchaField captcha={captcha} error={form.captchaError} />
    </FormView>
  );
};

export const LoginPage = () => {
  const { t } = useLanguage();
  const { carried, next } = useRouter();
  return (
    <Guests>
      <Page title={t.login.title} heading={t.login.heading} moon={0.75}>
        <Notice kind="calm">{carried.notice !== undefined && <p>{t.login[carried.notice]}</p>}</Notice>
        <LoginForm />
        <p className="aside">
          <Link to={paths.forgotPassword}>{t.login.forgot}</Link>
        </p>
        <p className="aside">
          {t.login.noAccount}{' '}
          <Link to={paths.register} next={next}>
            {t.common.register}
          </Link>
        </p>
      </Page>
    </Guests>
  );
};
