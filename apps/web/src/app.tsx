import { QueryClientProvider } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import { speak } from './client/moonlight.ts';
import { queryClient } from './client/query-client.ts';
import { LanguageProvider, useLanguage } from './i18n/language.tsx';
import { AccountPage } from './pages/account-page.tsx';
import { ChangePasswordPage } from './pages/change-password-page.tsx';
import { CheckMailPage } from './pages/check-mail-page.tsx';
import { ForgotPasswordPage } from './pages/forgot-password-page.tsx';
import { HomePage } from './pages/home-page.tsx';
import { LoginPage } from './pages/login-page.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { RegisterPage } from './pages/register-page.tsx';
import { ResetPasswordPage } from './pages/reset-password-page.tsx';
import { SessionsPage } from './pages/sessions-page.tsx';
import { VerifyEmailPage } from './pages/verify-email-page.tsx';
import { type Path, paths } from './routing/paths.ts';
import { RouterProvider, useRouter } from './routing/router.tsx';
import { AwayBanner } from './ui/away-banner.tsx';
import { Header } from './ui/header.tsx';
import { LastResort } from './ui/last-resort.tsx';
import { Notice } from './ui/notice.tsx';

const PAGES: Readonly<Record<Path, ComponentType>> = {
  [paths.home]: HomePage,
  [paths.register]: RegisterPage,
  [paths.login]: LoginPage,
  [paths.checkMail]: CheckMailPage,
  [paths.verifyEmail]: VerifyEmailPage,
  [paths.forgotPassword]: ForgotPasswordPage,
  [paths.resetPassword]: ResetPasswordPage,
  [paths.account]: AccountPage,
  [paths.sessions]: SessionsPage,
  [paths.changePassword]: ChangePasswordPage,
};

const Shell = () => {
  const { t } = useLanguage();
  const { page } = useRouter();
  const CurrentPage = page === undefined ? NotFoundPage : PAGES[page];
  return (
    <>
      <a className="skip" href="#content">
        {t.common.skip}
      </a>
      <Header />
      <AwayBanner />
      <main id="content" tabIndex={-1}>
        <LastResort key={page} fallback={<Notice kind="bad">{t.common.unforeseen}</Notice>}>
          <CurrentPage />
        </LastResort>
      </main>
    </>
  );
};

/** The whole frontend. */
export const App = () => (
  <QueryClientProvider client={queryClient}>
    <LanguageProvider onChange={speak}>
      <RouterProvider>
        <Shell />
      </RouterProvider>
    </LanguageProvider>
  </QueryClientProvider>
);
