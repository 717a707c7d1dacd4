import { type AuthRegisterInput, type AuthRegisterOutput, isMoonlightError } from '@moonlight/client';
import { CaptchaField } from '../captcha/captcha-field.tsx';
import { useCaptcha } from '../captcha/use-captcha.ts';
import { moonlight } from '../client/moonlight.ts';
import { CodeRow } from '../forms/code-row.tsx';
import { FormView } from '../forms/form-view.tsx';
import { PasswordField } from '../forms/password-field.tsx';
import { TextField } from '../forms/text-field.tsx';
import { useCodeSender } from '../forms/use-code-sender.ts';
import { useForm } from '../forms/use-form.ts';
import { useLanguage } from '../i18n/language.tsx';
import { paths } from '../routing/paths.ts';
import { useRouter } from '../routing/router.tsx';
import { rememberUser } from '../session/session.ts';
import type { Way } from './register-page.tsx';

interface Props {
  readonly way: Way;
  /** The service registers nobody without a code. */
  readonly onCodeWanted: () => void;
}

const registerByLink = async (input: AuthRegisterInput): Promise<AuthRegisterOutput | 'code wanted'> => {
  try {
    return await moonlight.auth.register.mutate(input);
  } catch (error) {
    const isCodeWanted =
      isMoonlightError(error, 'VALIDATION_FAILED') && error.data.details?.some(({ path }) => path === 'code') === true;
    if (isCodeWanted) return 'code wanted';
    throw error;
  }
};

export const RegisterForm = ({ way, onCodeWanted }: Props) => {
  const { t, locale } = useLanguage();
  const { go } = useRouter();
  const captcha = useCaptcha({ isAlwaysWanted: false });
  const sender = useCodeSender('register', captcha);
  const form = useForm({
    initial: { email: '', code: '', username: '', password: '' },
    call: ({ code, ...rest }) =>
      way === 'code' ? moonlight.auth.register.mutate({ ...rest, code, locale }) : registerByLink({ ...rest, locale }),
    onDone: (result, { email, password }) => {
      if (result === 'code wanted') onCodeWanted();
      else if (result.tokens === null) go(paths.checkMail, { carried: { email, password }, replace: true });
      else rememberUser(result.user);
    },
  });
  const email = form.field('email');
  const { values } = form;
  return (
    <FormView form={form} submit={t.register.submit}>
      <TextField
        label={t.fields.email}
        type="email"
        autoComplete="username"
        {...email}
        error={email.error ?? sender.errors.fields['email']}
      />
      {way === 'code' && <CodeRow field={form.field('code')} sender={sender} email={values.email} />}
      <CaptchaField captcha={captcha} error={sender.errors.fields['captcha']} />
      <TextField
        label={t.fields.username}
        hint={t.fields.usernameHint}
        autoComplete="nickname"
        {...form.field('username')}
      />
      <PasswordField
        label={t.fields.password}
        autoComplete="new-password"
        personal={[values.email, values.username]}
        {...form.field('password')}
      />
    </FormView>
  );
};
