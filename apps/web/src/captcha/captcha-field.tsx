import { isMoonlightError } from '@moonlight/client';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { moonlight } from '../client/moonlight.ts';
import { useLanguage } from '../i18n/language.tsx';
import type { Captcha } from './use-captcha.ts';

/** Loads the widget, unless the service has no challenges for it: then the answer is null. */
const widgetQuery = queryOptions({
  queryKey: ['captcha', 'widget'],
  staleTime: Infinity,
  queryFn: async (): Promise<true | null> => {
    try {
      await Promise.all([moonlight.captcha.challenge.query(), import('./load-altcha.ts')]);
      return true;
    } catch (error) {
      if (isMoonlightError(error, 'NOT_FOUND')) return null;
      throw error;
    }
  },
});

// Its links lead elsewhere, and it need not watch how somebody moves.
const CONFIGURATION = JSON.stringify({ hideFooter: true, hideLogo: true, humanInteractionSignature: false });

interface Props {
  readonly captcha: Captcha;
  readonly error: string | undefined;
}

/**
 * The proof of work of a form, begun as soon as somebody turns to the form. Nothing is shown where the service has no
 * challenge of its own.
 */
export const CaptchaField = ({ captcha: { isWanted, attach }, error }: Props) => {
  const { locale, t } = useLanguage();
  const { data } = useQuery({ ...widgetQuery, enabled: isWanted });
  if (!isWanted) return null;
  return (
    <fieldset tabIndex={-1} className="captcha" data-invalid={error === undefined ? undefined : true}>
      <legend className="for-ears">{t.fields.captcha}</legend>
      {data === true && (
        <altcha-widget
          ref={attach}
          auto="onfocus"
          challenge="challenge"
          configuration={CONFIGURATION}
          language={locale.toLowerCase()}
        />
      )}
      <div aria-live="polite">{error !== undefined && <p className="field-error">{error}</p>}</div>
    </fieldset>
  );
};
