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

export const ResetByCode = () => {
  const { t } = useLanguage();
  const { carried, go } = useRouter();
  const captcha = useCaptcha({ isAlwaysWanted: false });
  const sender = useCodeSender('reset_password', captcha);
  const form = useForm({
    initial: { email: carried.email ?? '', code: '', newPassword: '' },
    call: (values) => moonlight.passwordReset.confirm.mutate(values),
    onDone: (_, { email }) => go(paths.login, { replace: true, carried: { notice: 'passwordReset', email } }),
  });
  const email = form.field('email');
  return (
    <FormView form={form} submit={t.reset.submit}>
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
    </FormView>
  );
};
