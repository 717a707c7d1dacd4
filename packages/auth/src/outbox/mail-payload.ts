import { type Mail, mailSchema } from '@moonlight/contracts';
import { z } from 'zod';
import type { AuthDeps } from '../deps.ts';
import { seal, unseal } from '../secrets/secrets.ts';

// Raise it when a mail's fields change in a way that the previous release's payloads do not fit, and extend `upgrade`.
const VERSION = 1;

// Payloads without a version are from releases before version 1. They differ in the name of one kind.
const RENAMED_KINDS: Readonly<Record<string, string>> = { 'session-ended': 'refresh-token-reuse-alert' };

const unversionedSchema = z
  .looseObject({ version: z.undefined().optional(), kind: z.string() })
  .transform((mail) => ({ ...mail, kind: RENAMED_KINDS[mail.kind] ?? mail.kind }));

/** Any payload that this release can read, as a mail. */
const payloadSchema = z.union([unversionedSchema, z.looseObject({ version: z.literal(VERSION) })]).pipe(mailSchema);

/** The sealed payload of the outbox row `id`; it cannot be opened as that of another row. */
export const sealPayload = (
  { secrets, random }: Pick<AuthDeps, 'secrets' | 'random'>,
  { id, mail }: { id: string; mail: Mail },
): string => {
  const plaintext = JSON.stringify({ version: VERSION, ...mail });
  return seal({ key: secrets.outbox, context: id, plaintext }, random);
};

const parseJson = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

/**
 * The mail of an outbox row's payload, also of one that the previous release wrote. Undefined when SECRET_KEY was
 * changed since, or when a newer release wrote it.
 */
export const openPayload = (key: Buffer, { id, payload }: { id: string; payload: string | null }): Mail | undefined => {
  const json = unseal({ key, context: id, sealed: payload ?? '' });
  return json === undefined ? undefined : payloadSchema.safeParse(parseJson(json)).data;
};
