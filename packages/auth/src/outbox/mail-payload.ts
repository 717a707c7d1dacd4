import { type Mail, mailSchema } from '@moonlight/contracts';
import { z } from 'zod';
import type { AuthDeps } from '../deps.ts';
import { type KeySet, seal, unseal } from '../secrets/secrets.ts';

// Raise it when the fields of a mail change, and turn the payloads of the previous version into the new form below.
const VERSION = 2;

// Version 1 differs in one field that may be absent: verification links say nothing about the registration.
const READABLE_VERSIONS = [1, VERSION];

// Payloads without a version are from releases before version 1. They differ in the name of one kind.
const RENAMED_KINDS: Readonly<Record<string, string>> = { 'session-ended': 'refresh-token-reuse-alert' };

const unversionedSchema = z
  .looseObject({ version: z.undefined().optional(), kind: z.string() })
  .transform((mail) => ({ ...mail, kind: RENAMED_KINDS[mail.kind] ?? mail.kind }));

/** Any payload that this release can read, as a mail. */
const payloadSchema = z
  .union([unversionedSchema, z.looseObject({ version: z.literal(READABLE_VERSIONS) })])
  .pipe(mailSchema);

/** The sealed payload of the outbox row `id`; it cannot be opened as that of another row. */
export const sealPayload = (
  { secrets, random }: Pick<AuthDeps, 'secrets' | 'random'>,
  { id, mail }: { id: string; mail: Mail },
): string => {
  const plaintext = JSON.stringify({ version: VERSION, ...mail });
  return seal(secrets.outbox, { context: id, plaintext }, random);
};

/** The text of an outbox row's payload; undefined when the secret that sealed it is no longer configured. */
export const unsealPayload = (
  keys: KeySet,
  { id, payload }: { id: string; payload: string | null },
): string | undefined => unseal(keys, { context: id, sealed: payload ?? '' });

/**
 * The mail in an unsealed payload, also in one that the previous release wrote. Throws an error with the code
 * UNKNOWN_PAYLOAD for a payload that only a newer release can read.
 */
export const parsePayload = (json: string): Mail => {
  const { data } = payloadSchema.safeParse(JSON.parse(json));
  if (data === undefined) throw Object.assign(new Error('unknown payload'), { code: 'UNKNOWN_PAYLOAD' });
  return data;
};
