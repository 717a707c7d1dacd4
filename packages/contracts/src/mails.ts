import { z } from 'zod';
import { CODE_PATTERN } from './codes.ts';
import { timeField } from './fields.ts';
import { localeSchema } from './locale.ts';

const recipient = {
  /** The recipient's email address, as it was typed. */
  to: z.string().min(1),
  locale: localeSchema,
  /** Absent where there is no account whose owner could be greeted. */
  username: z.string().exactOptional(),
};
const link = { url: z.url(), expiresInMinutes: z.number().positive() };
const code = { code: z.string().regex(CODE_PATTERN), expiresInMinutes: z.number().positive() };

/** When, from which address and with which User-Agent an account was registered. */
const registration = z.object({
  at: timeField,
  ip: z.string().exactOptional(),
  userAgent: z.string().exactOptional(),
});

/** Mails that a request or an operator asked for: they verify, reset or invite, or say whether there is an account. */
const requestedMails = [
  z.object({ kind: z.literal('verification-link'), ...recipient, ...link, registration: registration.exactOptional() }),
  z.object({ kind: z.literal('verification-code'), ...recipient, ...code }),
  z.object({ kind: z.literal('reset-link'), ...recipient, ...link }),
  z.object({ kind: z.literal('reset-code'), ...recipient, ...code }),
  z.object({ kind: z.literal('invitation'), ...recipient, url: z.url(), expiresInHours: z.int().positive() }),
  z.object({ kind: z.literal('account-exists'), ...recipient, loginUrl: z.url(), resetUrl: z.url() }),
  z.object({ kind: z.literal('no-account'), ...recipient, registerUrl: z.url() }),
] as const;

/** Mails that tell the owner of an account what happened to it. Their number is limited for each account. */
const notices = [
  z.object({ kind: z.literal('password-changed'), ...recipient, at: timeField }),
  z.object({
    kind: z.literal('refresh-token-reuse-alert'),
    ...recipient,
    at: timeField,
    ip: z.string().exactOptional(),
    userAgent: z.string().exactOptional(),
  }),
  z.object({
    kind: z.literal('operator-action'),
    ...recipient,
    at: timeField,
    action: z.enum(['disabled', 'enabled', 'sessions-ended', 'deletion-planned', 'deletion-cancelled']),
    /** For a planned deletion: when the account will be erased. */
    deletesAt: timeField.exactOptional(),
  }),
] as const;

const noticeKindSchema = z.enum(notices.map(({ shape }) => shape.kind.value));
export const NOTICE_KINDS = noticeKindSchema.options;
export type NoticeKind = z.infer<typeof noticeKindSchema>;

/** The notices above the limit, merged into one mail. */
const mergedNotices = z.object({
  kind: z.literal('security-notices'),
  ...recipient,
  notices: z.array(z.object({ kind: noticeKindSchema, count: z.int().positive(), lastAt: timeField })).min(1),
});

/**
 * Every mail that is ever sent. URLs and codes are secrets: they are only in the sealed payload of the outbox and in
 * the mail itself.
 */
export const mailSchema = z.discriminatedUnion('kind', [...requestedMails, ...notices, mergedNotices]);

export type Mail = Readonly<z.infer<typeof mailSchema>>;
export type MailKind = Mail['kind'];
export const MAIL_KINDS: readonly MailKind[] = mailSchema.options.map(({ shape }) => shape.kind.value);

/** A mail of these kinds is queued by `enqueueNotice`, and by nothing else. */
export type Notice = Extract<Mail, { kind: NoticeKind }>;
export type RequestedMail = Readonly<z.infer<(typeof requestedMails)[number]>>;
