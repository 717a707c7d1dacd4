import { type Executor, signingKeys } from '@moonlight/db';
import { and, desc, lt, ne, sql } from 'drizzle-orm';

export type SigningKeyRow = typeof signingKeys.$inferSelect;

/** All keys, the one that activates last first. There are only ever a few. */
export const listSigningKeys = (db: Executor): Promise<SigningKeyRow[]> =>
  db.select().from(signingKeys).orderBy(desc(signingKeys.activatesAt), desc(signingKeys.kid));

/** Makes everyone else who wants to add a key wait until this transaction ends. */
export const lockSigningKeys = async (tx: Executor): Promise<void> => {
  await tx.execute(sql`lock table ${signingKeys} in share row exclusive mode`);
};

export const insertSigningKey = async (tx: Executor, row: SigningKeyRow): Promise<void> => {
  await tx.insert(signingKeys).values(row);
};

/** Forgets keys that were retired long ago; `kept` is the one that still signs. */
export const removeOldSigningKeys = async (tx: Executor, activatedBefore: Date, kept: string): Promise<void> => {
  await tx.delete(signingKeys).where(and(lt(signingKeys.activatesAt, activatedBefore), ne(signingKeys.kid, kept)));
};
