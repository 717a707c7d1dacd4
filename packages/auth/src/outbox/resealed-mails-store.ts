import { type Executor, outbox } from '@moonlight/db';
import { and, asc, gt, inArray, isNotNull, sql } from 'drizzle-orm';

export interface SealedMail {
  readonly id: string;
  readonly payload: string;
}

/** Unfinished mails with their payloads, in the order of their ids, those after `after`. */
export const selectSealedMails = async (
  tx: Executor,
  { after, limit }: { after: string; limit: number },
): Promise<SealedMail[]> => {
  const rows = await tx
    .select({ id: outbox.id, payload: sql<string>`${outbox.payload}` })
    .from(outbox)
    .where(and(inArray(outbox.state, ['pending', 'sending']), isNotNull(outbox.payload), gt(outbox.id, after)))
    .orderBy(asc(outbox.id))
    .limit(limit);
  return rows;
};

export const deleteMails = async (tx: Executor, ids: readonly string[]): Promise<void> => {
  await tx.delete(outbox).where(inArray(outbox.id, [...ids]));
};

/** Replaces payloads that are still as they were read: one that was wiped meanwhile stays wiped. Returns how many. */
export const replacePayloads = async (
  tx: Executor,
  mails: readonly (SealedMail & { readonly resealed: string })[],
): Promise<number> => {
  const { rowCount } = await tx.execute(sql`
    update ${outbox} set payload = given.resealed
    from jsonb_to_recordset(${JSON.stringify(mails)}::jsonb) as given(id uuid, payload text, resealed text)
    where ${outbox.id} = given.id and ${outbox.payload} = given.payload
    returning 1`);
  return rowCount ?? 0;
};
