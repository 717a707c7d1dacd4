import type { z } from 'zod';
import { CODE_PATTERN, USERNAME_PATTERN } from './fields.ts';
import type { Locale, Localized } from './locale.ts';

/** One thing that is wrong with an input, for the person who filled in the field. */
export interface ValidationDetail {
  /** Dotted path of the field, in the door's own spelling; empty for the input as a whole. */
  readonly path: string;
  readonly message: string;
}

type Issue = z.core.$ZodIssue;
const say = (en: string, zh: string): Localized => ({ en, 'zh-CN': zh });

const KINDS: Readonly<Record<string, Localized>> = {
  string: say('required, as text', '必填，须为文本'),
  object: say('an object is required', '须为对象'),
  boolean: say('required, true or false', '必填，须为布尔值'),
};
const FORMATS: Readonly<Record<string, Localized>> = {
  email: say('must be an e-mail address', '须为有效的邮箱地址'),
  uuid: say('must be a UUID', '须为 UUID'),
};
const PATTERNS: Readonly<Record<string, Localized>> = {
  [String(CODE_PATTERN)]: say('must be the six digits from the mail', '须为邮件中的 6 位数字'),
  [String(USERNAME_PATTERN)]: say(
    'a letter, then 2 to 19 letters, digits or underscores',
    '须以字母开头，后接 2 到 19 个字母、数字或下划线',
  ),
};
const RULES: Readonly<Record<string, Localized>> = {
  characters: say('contains characters that are not allowed', '包含不允许的字符'),
  required: say('required, as text', '必填，须为文本'),
  unwanted: say('not allowed together with the other fields', '不能与其他字段同时使用'),
};
const INVALID = say('not valid', '格式不正确');

const describe = (issue: Issue): Localized => {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? INVALID;
    case 'invalid_format':
      return FORMATS[issue.format] ?? PATTERNS[issue.pattern ?? ''] ?? INVALID;
    case 'invalid_value': {
      const values = issue.values.map(String).join(', ');
      return say(`must be one of: ${values}`, `须为以下之一：${values}`);
    }
    case 'too_big':
      return say(`at most ${issue.maximum} characters`, `最多 ${issue.maximum} 个字符`);
    case 'too_small':
      return say(`at least ${issue.minimum} characters`, `至少 ${issue.minimum} 个字符`);
    case 'custom': {
      const { rule, minimum, maximum } = issue.params ?? {};
      if (rule === 'length') return say(`${minimum} to ${maximum} characters`, `须为 ${minimum} 到 ${maximum} 个字符`);
      return RULES[String(rule)] ?? INVALID;
    }
    default:
      return INVALID;
  }
};

const UNKNOWN = say('unknown field', '未知字段');

/** Turns a failed parse into sentences: one per field and mistake, 20 at most, each unknown key by its own name. */
export const validationDetails = (issues: readonly Issue[], locale: Locale): ValidationDetail[] =>
  issues
    .flatMap((issue) => {
      if (issue.code !== 'unrecognized_keys') return [{ path: issue.path.join('.'), message: describe(issue)[locale] }];
      return issue.keys.slice(0, 20).map((key) => ({ path: key.slice(0, 64), message: UNKNOWN[locale] }));
    })
    .slice(0, 20);
