import { jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { time } from './columns.ts';

/** Keys that sign access tokens. The private key is sealed with a key derived from SECRET_KEY. */
export const signingKeys = pgTable('signing_keys', {
  kid: text('kid').primaryKey(),
  algorithm: text('algorithm', { enum: ['ES256'] }).notNull(),
  publicJwk: jsonb('public_jwk').$type<Readonly<Record<string, string>>>().notNull(),
  privateKey: text('private_key').notNull(),
  createdAt: time('created_at').notNull(),
  /** It signs from this moment on; it is published earlier, so that all verifiers know it before that. */
  activatesAt: time('activates_at').notNull(),
});
