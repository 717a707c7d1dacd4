import type { Failure } from '../client/failure.ts';

/** The fields the service's codes speak of; of several the first one the form has. */
const FIELDS: Partial<Record<Failure['code'], readonly string[]>> = {
  EMAIL_TAKEN: ['email'],
  EMAIL_NOT_REGISTERED: ['email'],
  USERNAME_TAKEN: ['username'],
  PASSWORD_TOO_COMMON: ['newPassword', 'password'],
  REAUTHENTICATION_FAILED: ['currentPassword'],
  CODE_INVALID: ['code'],
  CODE_EXPIRED: ['code'],
  CODE_ATTEMPTS_EXCEEDED: ['code'],
  CAPTCHA_REQUIRED: ['captcha'],
  CAPTCHA_INVALID: ['captcha'],
};

export interface PlacedErrors {
  /** By field; the first sentence of each. */
  readonly fields: Readonly<Record<string, string>>;
  /** Whether something is left that belongs to no field of the form. */
  readonly isForForm: boolean;
}

/** Puts the service's sentences at the fields they belong to. */
export const placeErrors = (failure: Failure | undefined, names: readonly string[]): PlacedErrors => {
  if (failure === undefined) return { fields: {}, isForForm: false };
  const placed = failure.details.filter(({ path }) => names.includes(path));
  if (placed.length > 0) {
    const fields = Object.fromEntries(placed.toReversed().map(({ path, message }) => [path, message]));
    return { fields, isForForm: placed.length < failure.details.length };
  }
  const name = FIELDS[failure.code]?.find((field) => names.includes(field));
  return name === undefined
    ? { fields: {}, isForForm: true }
    : { fields: { [name]: failure.message }, isForForm: false };
};
