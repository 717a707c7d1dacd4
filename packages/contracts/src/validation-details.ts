import type { z } from 'zod';
import { CODE_PATTERN } from './codes.ts';
import type { Locale, Localized } from './locale.ts';
import { USERNAME_PATTERN } from './registration.ts';

/** One mistake in an input, for the person who filled in the field. */
export interface ValidationDetail {
  /** The dotted path of the field, in the API's own spelling; empty for the input as a whole. */
  readonly path: string;
  readonly message: string;
}

type Issue = z.core.$ZodIssue;
const sentence = (en: string, zh: string): Localized => ({ en, 'zh-CN': zh });

const KINDS: Readonly<Record<string, Localized>> = {
  string: sentence('required, as text', '必填，须为文本'),
  object: sentence('an object is required', '须为对象'),
  boolean: sentence('required, true or false', '必填，须为布尔值'),
};
const GIVEN_KINDS: Readonly<Record<string, Localized>> = {
  string: sentence('must be text', '须为文本'),
  boolean: sentence('must be true or false', '须为布尔值'),
};
const FORMATS: Readonly<Record<string, Localized>> = {
  email: sentence('must be an email address', '须为有效的邮箱地址'),
  uuid: sentence('must be a UUID', '须为 UUID'),
};
const PATTERNS: Readonly<Record<string, Localized>> = {
  [String(CODE_PATTERN)]: sentence('must be the six digits from the mail', '须为邮件中的 6 位数字'),
  [String(USERNAME_PATTERN)]: sentence(
    'a letter, then 2 to 19 letters, digits or underscores',
    '须以字母开头，后接 2 到 19 个字母、数字或下划线',
  ),
};
const RULES: Readonly<Record<string, Localized>> = {
  characters: sentence('contains characters that are not allowed', '包含不允许的字符'),
  required: sentence('required, as text', '必填，须为文本'),
  unwanted: sentence('not allowed together with the other fields', '不能与其他字段同时使用'),
};
const INVALID = sentence('not valid', '格式不正确');

const describe = (issue: Issue): Localized => {
  switch (issue.code) {
    case 'invalid_type':
      // Zod tells a missing field from one of a wrong type in its message only.
      const isMissing = issue.message.endsWith('received undefined');
      return (isMissing ? undefined : GIVEN_KINDS[issue.expected]) ?? KINDS[issue.expected] ?? INVALID;
    case 'invalid_format':
      return FORMATS[issue.format] ?? PATTERNS[issue.pattern ?? ''] ?? INVALID;
    case 'invalid_value': {
      const values = issue.values.map(String).join(', ');
      return sentence(`must be one of: ${values}`, `须为以下之一：${values}`);
    }
    case 'too_big':
      return sentence(`at most ${issue.maximum} characters`, `最多 ${issue.maximum} 个字符`);
    case 'too_small':
      return sentence(`at least ${issue.minimum} characters`, `至少 ${issue.minimum} 个字符`);
    case 'custom': {
      const { rule, minimum, maximum } = issue.params ?? {};
      if (rule === 'length')
        return sentence(`${minimum} to ${maximum} characters`, `须为 ${minimum} 到 ${maximum} 个字符`);
      return RULES[String(rule)] ?? INVALID;
    }
    default:
      return INVALID;
  }
};

const UNKNOWN = sentence('unknown field', '未知字段');

/** Turns a failed parse into sentences: one for each field and mistake, 20 at most; each unknown key is named. */
export const validationDetails = (issues: readonly Issue[], locale: Locale): ValidationDetail[] =>
  issues
    .flatMap((issue) => {
      if (issue.code !== 'unrecognized_keys') return [{ path: issue.path.join('.'), message: describe(issue)[locale] }];
      return issue.keys.slice(0, 20).map((key) => ({ path: key.slice(0, 64), message: UNKNOWN[locale] }));
    })
    .slice(0, 20);
