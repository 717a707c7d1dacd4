import { QueryClientProvider } from '@tanstack/react-query';
import { type ComponentType, lazy, Suspense } from 'react';
import { AccountPage } from './account/account-page.tsx';
import { setServiceLanguage } from './client/moonlight.ts';
import { queryClient } from './client/query-client.ts';
import { CheckEmailPage } from './email-verification/check-email-page.tsx';
import { LanguageProvider, useLanguage } from './i18n/language.tsx';
import { ForgotPasswordPage } from './password-reset/forgot-password-page.tsx';
import { RegisterPage } from './registration/register-page.tsx';
import { type Path, paths } from './routing/paths.ts';
import { Link, RouterProvider, useRouter } from './routing/router.tsx';
import { LoginPage } from './sessions/login-page.tsx';
import { RedirectIfAuthenticated } from './sessions/require-auth.tsx';
import { Header } from './ui/header.tsx';
import { ErrorBoundary, Loading, Notice } from './ui/notice.tsx';
import { OfflineBanner } from './ui/offline-banner.tsx';
import { Page } from './ui/page.tsx';

const HomePage = () => {
  const { t } = useLanguage();
  return (
    <RedirectIfAuthenticated>
      <Page title={t.home.title} heading={t.home.heading} lead={t.home.text} moon={1}>
        <Link to={paths.register} className="button button-primary">
          {t.common.register}
        </Link>
        <p className="aside">
          {t.home.hasAccount} <Link to={paths.login}>{t.common.login}</Link>
        </p>
      </Page>
    </RedirectIfAuthenticated>
  );
};

const NotFoundPage = () => {
  const { t } = useLanguage();
  return (
    <Page title={t.notFound.title} heading={t.notFound.heading} lead={t.notFound.text} moon={0}>
      <Link to={paths.home} className="button">
        {t.notFound.home}
      </Link>
    </Page>
  );
};

// Loaded when they are opened, which is seldom.
const ChangePasswordPage = lazy(async () => ({
  default: (await import('./account/change-password-page.tsx')).ChangePasswordPage,
}));
const ResetPasswordPage = lazy(async () => ({
  default: (await import('./password-reset/reset-password-page.tsx')).ResetPasswordPage,
}));
const SessionsPage = lazy(async () => ({ default: (await import('./sessions/sessions-page.tsx')).SessionsPage }));
const VerifyEmailPage = lazy(async () => ({
  default: (await import('./email-verification/verify-email-page.tsx')).VerifyEmailPage,
}));

const PAGES: Readonly<Record<Path, ComponentType>> = {
  [paths.home]: HomePage,
  [paths.register]: RegisterPage,
  [paths.login]: LoginPage,
  [paths.checkEmail]: CheckEmailPage,
  [paths.verifyEmail]: VerifyEmailPage,
  [paths.forgotPassword]: ForgotPasswordPage,
  [paths.resetPassword]: ResetPasswordPage,
  [paths.account]: AccountPage,
  [paths.sessions]: SessionsPage,
  [paths.changePassword]: ChangePasswordPage,
};

const Layout = () => {
  const { t } = useLanguage();
  const { page } = useRouter();
  const CurrentPage = page === undefined ? NotFoundPage : PAGES[page];
  return (
    <>
      <a className="skip" href="#content">
        {t.common.skip}
      </a>
      <Header />
      <OfflineBanner />
      <main id="content" tabIndex={-1}>
        <ErrorBoundary key={page} fallback={<Notice kind="bad">{t.errors.UNEXPECTED}</Notice>}>
          <Suspense fallback={<Loading />}>
            <CurrentPage />
          </Suspense>
        </ErrorBoundary>
      </main>
    </>
  );
};

/** The whole web app. */
export const App = () => (
  <QueryClientProvider client={queryClient}>
    <LanguageProvider onChange={setServiceLanguage}>
      <RouterProvider>
        <Layout />
      </RouterProvider>
    </LanguageProvider>
  </QueryClientProvider>
);
