import { type OptionsType, ZxcvbnFactory } from '@zxcvbn-ts/core';

/** 0 too short, 1 easy to guess, 2 fair, 3 good, 4 very good. */
export type Strength = 0 | 1 | 2 | 3 | 4;

/** What the estimate is based on: frequent passwords and words, and the neighbours of each key. */
export type PasswordData = Required<Pick<OptionsType, 'dictionary' | 'graphs'>>;

export type EstimateStrength = (password: string, personal: readonly string[]) => Strength;

// The API's password rule.
const SHORTEST = 8;
// Of longer passwords only the beginning is estimated, so that typing stays fast.
const ESTIMATED = 64;

/**
 * Estimates how many guesses a password needs (zxcvbn, USENIX Security 2016). The `personal` texts, such as email and
 * username, and the words in them are guessed first.
 */
export const createStrengthEstimator = (data: PasswordData): EstimateStrength => {
  const zxcvbn = new ZxcvbnFactory({ ...data, maxLength: ESTIMATED });
  return (password, personal) => {
    if ([...password].length < SHORTEST) return 0;
    const words = personal.flatMap((text) => [text, ...text.split('@'), ...text.split(/[^\p{L}\p{N}]+/u)]);
    const { score } = zxcvbn.check(
      password,
      words.filter((word) => word !== ''),
    );
    return score === 0 ? 1 : score;
  };
};
