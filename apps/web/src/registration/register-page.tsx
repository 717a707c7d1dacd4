import { type AuthRegisterInput, type AuthRegisterOutput, isMoonlightError } from '@moonlight/client';
import { useState } from 'react';
import { CaptchaField } from '../captcha/captcha-field.tsx';
import { useCaptcha } from '../captcha/use-captcha.ts';
import { moonlight } from '../client/moonlight.ts';
import { CodeRow, useCodeSender } from '../codes/code-row.tsx';
import { PasswordField, TextField } from '../forms/fields.tsx';
import { Form, useForm } from '../forms/form.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { paths } from '../routing/paths.ts';
import { Link, useRouter } from '../routing/router.tsx';
import { RedirectIfAuthenticated } from '../sessions/require-auth.tsx';
import { setSessionUser } from '../sessions/session.ts';
import { Notice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { RadioGroup } from '../ui/radio-group.tsx';

/** How the email is verified. */
type Method = 'link' | 'code';

/** Registers without a code, and returns 'code required' if the API (with strict privacy) wants one. */
const registerByLink = async (input: AuthRegisterInput): Promise<AuthRegisterOutput | 'code required'> => {
  try {
    return await moonlight.auth.register.mutate(input);
  } catch (error) {
    const isCodeRequired =
      isMoonlightError(error, 'VALIDATION_FAILED') && error.data.details?.some(({ path }) => path === 'code') === true;
    if (isCodeRequired) return 'code required';
    throw error;
  }
};

interface Props {
  readonly method: Method;
  readonly onCodeRequired: () => void;
}

const RegisterForm = ({ method, onCodeRequired }: Props) => {
  const { t, locale } = useLanguage();
  const { go } = useRouter();
  const captcha = useCaptcha({ isAlwaysRequired: false });
  const sender = useCodeSender('register', captcha);
  const form = useForm({
    initial: { email: '', code: '', username: '', password: '' },
    call: ({ code, ...rest }) =>
      method === 'code'
        ? moonlight.auth.register.mutate({ ...rest, code, locale })
        : registerByLink({ ...rest, locale }),
    onDone: (result, { email }) => {
      if (result === 'code required') onCodeRequired();
      else if (result.tokens === null) go({ to: paths.checkEmail, carried: { email } }, { replace: true });
      else setSessionUser(result.user);
    },
  });
  const email = form.field('email');
  const { values } = form;
  return (
    <Form form={form} submit={t.register.submit}>
      <TextField
        label={t.fields.email}
        type="email"
        autoComplete="username"
        {...email}
        error={email.error ?? sender.errors.fields['email']}
      />
      {method === 'code' && <CodeRow field={form.field('code')} sender={sender} email={values.email} />}
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
    </Form>
  );
};

export const RegisterPage = () => {
  const { t } = useLanguage();
  const { next } = useRouter();
  const [method, setMethod] = useState<Method>('link');
  // Known only once a registration without a code was refused.
  const [isCodeRequired, setIsCodeRequired] = useState(false);
  return (
    <RedirectIfAuthenticated>
      <Page title={t.register.title} heading={t.register.heading} moon={0.25}>
        <Notice kind="calm">{isCodeRequired && <p>{t.register.codeOnly}</p>}</Notice>
        {!isCodeRequired && (
          <RadioGroup
            legend={t.register.method}
            options={[
              { value: 'link', label: t.register.byLink },
              { value: 'code', label: t.register.byCode },
            ]}
            value={method}
            onChoose={setMethod}
          />
        )}
        <p className="field-hint">{method === 'link' ? t.register.linkHint : t.register.codeHint}</p>
        <RegisterForm
          method={method}
          onCodeRequired={() => {
            setIsCodeRequired(true);
            setMethod('code');
          }}
        />
        <p className="aside">
          {t.register.hasAccount}{' '}
          <Link to={paths.login} next={next}>
            {t.common.login}
          </Link>
        </p>
      </Page>
    </RedirectIfAuthenticated>
  );
};
