import type { Registration } from '@moonlight/client';
import type { Failure } from '../client/failure.ts';
import { moonlight } from '../client/moonlight.ts';
import { useAction } from '../forms/use-action.ts';
import { useLanguage } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { FailureNotice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { Row } from '../ui/row.tsx';

const RegistrationFacts = ({ registration }: { readonly registration: Registration }) => {
  const { t, locale } = useLanguage();
  const { username, registeredAt, ip, browser, system } = registration;
  // With the zone, because the mail names the same time in UTC.
  const time = new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  });
  const device = browser !== null && system !== null ? t.sessions.browserOn(browser, system) : (browser ?? system);
  return (
    <dl className="rows">
      <Row label={t.fields.username}>
        <span className="breakable">{username}</span>
      </Row>
      <Row label={t.verifyEmail.created}>{time.format(new Date(registeredAt))}</Row>
      <Row label={t.verifyEmail.device}>{device ?? t.verifyEmail.unknown}</Row>
      <Row label={t.verifyEmail.address}>{ip ?? t.verifyEmail.unknown}</Row>
    </dl>
  );
};

/** What became of a link that was open. */
export type Outcome = 'verified' | 'already_verified' | 'rejected';

interface Props {
  readonly token: string;
  readonly registration: Registration;
  readonly onDone: (outcome: Outcome) => void;
  readonly onFailed: (failure: Failure) => void;
}

/** The page of a link that can be used: it says who registered, and asks its reader to decide. */
export const OpenLink = ({ token, registration, onDone, onFailed }: Props) => {
  const { t } = useLanguage();
  const verify = useAction<void, Outcome>({
    call: async () => (await moonlight.emailVerification.confirm.mutate({ token })).status,
    onDone,
    onFailed,
  });
  const reject = useAction<void, Outcome>({
    call: async () => {
      await moonlight.emailVerification.reject.mutate({ token });
      return 'rejected';
    },
    onDone,
    onFailed,
  });
  const isBusy = verify.isBusy || reject.isBusy;
  const wait = Math.max(verify.wait, reject.wait);
  return (
    <Page
      key="verify"
      title={t.verifyEmail.title}
      heading={t.verifyEmail.heading}
      lead={t.verifyEmail.text}
      moon={0.75}
    >
      <RegistrationFacts registration={registration} />
      <FailureNotice failure={verify.failure ?? reject.failure} wait={wait} />
      <Button isPrimary isBusy={isBusy} isWaiting={wait > 0} onPress={() => verify.run()}>
        {verify.isBusy ? t.common.loading : t.verifyEmail.submit}
      </Button>
      <p className="field-hint">{t.verifyEmail.rejectHint}</p>
      <Button isBusy={isBusy} isWaiting={wait > 0} onPress={() => reject.run()}>
        {t.verifyEmail.reject}
      </Button>
    </Page>
  );
};
