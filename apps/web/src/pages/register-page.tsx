import { useState } from 'react';
import { useLanguage } from '../i18n/language.tsx';
import { Link } from '../routing/link.tsx';
import { paths } from '../routing/paths.ts';
import { useRouter } from '../routing/router.tsx';
import { Guests } from '../session/guests.tsx';
import { Choice } from '../ui/choice.tsx';
import { Notice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { RegisterForm } from './register-form.tsx';

export type Way = 'link' | 'code';

export const RegisterPage = () => {
  const { t } = useLanguage();
  const { next } = useRouter();
  const [way, setWay] = useState<Way>('link');
  // The service says so only when it is asked to register somebody without a code.
  const [isCodeOnly, setIsCodeOnly] = useState(false);
  return (
    <Guests>
      <Page title={t.register.title} heading={t.register.heading} moon={0.25}>
        <Notice kind="calm">{isCodeOnly && <p>{t.register.codeOnly}</p>}</Notice>
        {!isCodeOnly && (
          <Choice
            legend={t.register.way}
            options={[
              { value: 'link', label: t.register.byLink },
              { value: 'code', label: t.register.byCode },
            ]}
            value={way}
            onChoose={setWay}
          />
        )}
        <p className="field-hint">{way === 'link' ? t.register.linkHint : t.register.codeHint}</p>
        <RegisterForm
          way={way}
          onCodeWanted={() => {
            setIsCodeOnly(true);
            setWay('code');
          }}
        />
        <p className="aside">
          {t.register.hasAccount}{' '}
          <Link to={paths.login} next={next}>
            {t.common.login}
          </Link>
        </p>
      </Page>
    </Guests>
  );
};
