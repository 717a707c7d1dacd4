import { useState } from 'react';
import { CaptchaField } from '../captcha/captcha-field.tsx';
import { useCaptcha } from '../captcha/use-captcha.ts';
import type { Failure } from '../client/failure.ts';
import { moonlight } from '../client/moonlight.ts';
import { CodeRow, useCodeSender } from '../codes/code-row.tsx';
import { PasswordField, TextField } from '../forms/fields.tsx';
import { Form, useForm } from '../forms/form.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { forgetLinkToken, linkTokenFor } from '../routing/link-token.ts';
import { paths } from '../routing/paths.ts';
import { Link, useRouter } from '../routing/router.tsx';
import { Page } from '../ui/page.tsx';

/** Why a link does not work. */
type LinkProblem = 'used' | 'expired' | 'invalid';

const LINK_PROBLEMS: Partial<Record<Failure['code'], LinkProblem>> = {
  LINK_USED: 'used',
  LINK_EXPIRED: 'expired',
  LINK_INVALID: 'invalid',
};

interface LinkProps {
  readonly token: string;
  readonly onProblem: (problem: LinkProblem) => void;
}

const ResetByLink = ({ token, onProblem }: LinkProps) => {
  const { t } = useLanguage();
  const { go } = useRouter();
  const form = useForm({
    initial: { newPassword: '' },
    call: (values) => moonlight.passwordReset.confirm.mutate({ ...values, token }),
    onDone: () => {
      forgetLinkToken();
      go({ to: paths.login, carried: { notice: 'passwordReset' } }, { replace: true });
    },
    onFailed: ({ code }) => {
      const problem = LINK_PROBLEMS[code];
      if (problem === undefined) return;
      forgetLinkToken();
      onProblem(problem);
    },
  });
  return (
    <Form form={form} submit={t.resetPassword.submit}>
      <PasswordField
        label={t.fields.newPassword}
        autoComplete="new-password"
        personal={[]}
        {...form.field('newPassword')}
      />
    </Form>
  );
};

const ResetByCode = () => {
  const { t } = useLanguage();
  const { carried, go } = useRouter();
  const captcha = useCaptcha({ isAlwaysRequired: false });
  const sender = useCodeSender('reset_password', captcha);
  const form = useForm({
    initial: { email: carried.email ?? '', code: '', newPassword: '' },
    call: (values) => moonlight.passwordReset.confirm.mutate(values),
    onDone: (_, { email }) => go({ to: paths.login, carried: { notice: 'passwordReset', email } }, { replace: true }),
  });
  const email = form.field('email');
  return (
    <Form form={form} submit={t.resetPassword.submit}>
      <TextField
        label={t.fields.email}
        type="email"
        autoComplete="username"
        {...email}
        error={email.error ?? sender.errors.fields['email']}
      />
      <CodeRow field={form.field('code')} sender={sender} email={email.value} />
      <CaptchaField captcha={captcha} error={sender.errors.fields['captcha']} />
      <PasswordField
        label={t.fields.newPassword}
        autoComplete="new-password"
        personal={[email.value]}
        {...form.field('newPassword')}
      />
    </Form>
  );
};

/** Resets by the link that opened the page, otherwise by a code. */
export const ResetPasswordPage = () => {
  const { t } = useLanguage();
  const [token] = useState(() => linkTokenFor(paths.resetPassword));
  const [problem, setProblem] = useState<LinkProblem>();
  if (problem !== undefined) {
    return (
      <Page
        key="problem"
        title={t.resetPassword.title}
        heading={t.resetPassword[`${problem}Heading`]}
        lead={t.resetPassword[`${problem}Text`]}
        moon={0.1}
      >
        <Link to={paths.forgotPassword} className="button button-primary">
          {t.resetPassword.newLink}
        </Link>
      </Page>
    );
  }
  return (
    <Page
      key="form"
      title={t.resetPassword.title}
      heading={t.resetPassword.heading}
      lead={t.resetPassword.text}
      moon={0.6}
    >
      {token === undefined ? <ResetByCode /> : <ResetByLink token={token} onProblem={setProblem} />}
      <p className="aside">
        <Link to={paths.forgotPassword}>{t.resetPassword.newLink}</Link>
      </p>
    </Page>
  );
};
