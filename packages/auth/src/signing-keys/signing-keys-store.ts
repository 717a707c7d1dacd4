import { type Executor, signingKeys, type Tx } from '@moonlight/db';
import { and, desc, eq, lt, ne, sql } from 'drizzle-orm';

export type SigningKeyRow = typeof signingKeys.$inferSelect;

/** All keys, sorted by activation, latest first. There are only ever a few. */
export const listSigningKeys = (tx: Executor): Promise<SigningKeyRow[]> =>
  tx.select().from(signingKeys).orderBy(desc(signingKeys.activatesAt), desc(signingKeys.kid));

/** Makes other transactions that want to add a key wait until this one ends. */
export const lockSigningKeys = async (tx: Tx): Promise<void> => {
  await tx.execute(sql`lock table ${signingKeys} in share row exclusive mode`);
};

export const insertSigningKey = async (tx: Tx, row: SigningKeyRow): Promise<void> => {
  await tx.insert(signingKeys).values(row);
};

/** Replaces the sealed private part of a key. */
export const replacePrivateKey = async (tx: Tx, { kid, privateKey }: Pick<SigningKeyRow, 'kid' | 'privateKey'>) => {
  await tx.update(signingKeys).set({ privateKey }).where(eq(signingKeys.kid, kid));
};

/** Removes keys that were retired long ago; `kept` is the key that still signs. */
export const removeOldSigningKeys = async (tx: Tx, activatedBefore: Date, kept: string): Promise<void> => {
  await tx.delete(signingKeys).where(and(lt(signingKeys.activatesAt, activatedBefore), ne(signingKeys.kid, kept)));
};

/** Returns how many there were. */
export const removeAllSigningKeys = async (tx: Tx): Promise<number> =>
  (await tx.delete(signingKeys).returning({ kid: signingKeys.kid })).length;
