import { isMoonlightError } from '@moonlight/client';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { moonlight } from '../client/moonlight.ts';
import { useLanguage } from '../i18n/language.tsx';
import type { Captcha } from './use-captcha.ts';

/** Loads the widget. The data is null if the captcha provider has no challenges of its own, and so no widget. */
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
 * The proof-of-work captcha of a form. It starts when the form gets the focus. Its space is reserved until the widget has
 * loaded, and given up if there is no widget.
 */
export const CaptchaField = ({ captcha: { isRequired, attach, giveUp }, error }: Props) => {
  const { locale, t } = useLanguage();
  const { data, isError } = useQuery({ ...widgetQuery, enabled: isRequired });
  const isAbsent = isError || data === null;
  useEffect(() => {
    if (isAbsent) giveUp();
  }, [isAbsent, giveUp]);
  if (!isRequired || (isAbsent && error === undefined)) return null;
  return (
    <fieldset tabIndex={-1} className="captcha" data-invalid={error === undefined ? undefined : true}>
      <legend className="visually-hidden">{t.fields.captcha}</legend>
      {data === true && <altcha-widget ref={attach} auto="onfocus" language={locale.toLowerCase()} />}
      <div aria-live="polite">{error !== undefined && <p className="field-error">{error}</p>}</div>
    </fieldset>
  );
};
