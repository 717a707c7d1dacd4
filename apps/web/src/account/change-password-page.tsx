import type { User } from '@moonlight/client';
import { useState } from 'react';
import { moonlight } from '../client/moonlight.ts';
import { PasswordField } from '../forms/fields.tsx';
import { Form, useForm } from '../forms/form.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { paths } from '../routing/paths.ts';
import { Link } from '../routing/router.tsx';
import { RequireAuth } from '../sessions/require-auth.tsx';
import { Page } from '../ui/page.tsx';

interface Props {
  readonly user: User;
  readonly onDone: () => void;
}

const ChangePasswordForm = ({ user, onDone }: Props) => {
  const { t } = useLanguage();
  const form = useForm({
    initial: { currentPassword: '', newPassword: '' },
    call: (values) => moonlight.account.changePassword.mutate(values),
    onDone,
  });
  return (
    <Form form={form} submit={t.changePassword.submit}>
      {/* Tells password managers which account the new password belongs to. */}
      <input type="text" name="username" autoComplete="username" value={user.email} readOnly hidden />
      <PasswordField
        label={t.fields.currentPassword}
        autoComplete="current-password"
        {...form.field('currentPassword')}
      />
      <PasswordField
        label={t.fields.newPassword}
        autoComplete="new-password"
        personal={[user.email, user.username]}
        {...form.field('newPassword')}
      />
    </Form>
  );
};

export const ChangePasswordPage = () => {
  const { t } = useLanguage();
  const [isDone, setIsDone] = useState(false);
  if (isDone) {
    return (
      <Page key="done" title={t.changePassword.title} heading={t.changePassword.done} moon={1}>
        <Link to={paths.account} className="button button-primary">
          {t.common.toAccount}
        </Link>
      </Page>
    );
  }
  return (
    <RequireAuth>
      {(user) => (
        <Page title={t.changePassword.title} heading={t.changePassword.heading} lead={t.changePassword.text} moon={0.6}>
          <ChangePasswordForm user={user} onDone={() => setIsDone(true)} />
          <p className="aside">
            <Link to={paths.account}>{t.common.toAccount}</Link>
          </p>
        </Page>
      )}
    </RequireAuth>
  );
};
