import { isMoonlightError } from '@moonlight/client';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
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

interface Props {
  readonly captcha: Captcha;
  readonly error: string | undefined;
}

/**
 * The proof of work of a form, begun as soon as somebody turns to the form. Its place is kept until the widget has
 * loaded, and given up where the service has no challenge of its own.
 */
export const CaptchaField = ({ captcha: { isWanted, attach, doWithout }, error }: Props) => {
  const { locale, t } = useLanguage();
  const { data, isError } = useQuery({ ...widgetQuery, enabled: isWanted });
  const isAbsent = isError || data === null;
  useEffect(() => {
    if (isAbsent) doWithout();
  }, [isAbsent, doWithout]);
  if (!isWanted || (isAbsent && error === undefined)) return null;
  return (
    <fieldset tabIndex={-1} className="captcha" data-invalid={error === undefined ? undefined : true}>
      <legend className="for-ears">{t.fields.captcha}</legend>
      {data === true && <altcha-widget ref={attach} auto="onfocus" language={locale.toLowerCase()} />}
      <div aria-live="polite">{error !== undefined && <p className="field-error">{error}</p>}</div>
    </fieldset>
  );
};
