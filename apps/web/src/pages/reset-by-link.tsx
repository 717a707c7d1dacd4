import { forgetLinkToken } from '../boot/link-token.ts';
import type { Failure } from '../client/failure.ts';
import { moonlight } from '../client/moonlight.ts';
import { FormView } from '../forms/form-view.tsx';
import { PasswordField } from '../forms/password-field.tsx';
import { useForm } from '../forms/use-form.ts';
import { useLanguage } from '../i18n/language.tsx';
import { paths } from '../routing/paths.ts';
import { useRouter } from '../routing/router.tsx';

/** Why a link leads nowhere any more. */
export type DeadLink = 'used' | 'expired' | 'invalid';

const DEAD: Partial<Record<Failure['code'], DeadLink>> = {
  LINK_USED: 'used',
  LINK_EXPIRED: 'expired',
  LINK_INVALID: 'invalid',
};

interface Props {
  readonly token: string;
  readonly onDead: (why: DeadLink) => void;
}

export const ResetByLink = ({ token, onDead }: Props) => {
  const { t } = useLanguage();
  const { go } = useRouter();
  const form = useForm({
    initial: { newPassword: '' },
    call: (values) => moonlight.passwordReset.confirm.mutate({ ...values, token }),
    onDone: () => {
      forgetLinkToken();
      go(paths.login, { replace: true, carried: { notice: 'passwordReset' } });
    },
    onFailed: ({ code }) => {
      const why = DEAD[code];
      if (why === undefined) return;
      forgetLinkToken();
      onDead(why);
    },
  });
  return (
    <FormView form={form} submit={t.reset.submit}>
      <PasswordField
        label={t.fields.newPassword}
        autoComplete="new-password"
        personal={[]}
        {...form.field('newPassword')}
      />
    </FormView>
  );
};
