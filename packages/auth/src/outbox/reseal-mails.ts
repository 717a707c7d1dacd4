import type { AuthDeps } from '../deps.ts';
import { reseal } from '../secrets/secrets.ts';
import { replacePayloads, type SealedMail, selectSealedMails } from './resealed-mails-store.ts';

const BATCH = 200;
const LOWEST_ID = '00000000-0000-0000-0000-000000000000';

/** What was found at rest: sealed anew with SECRET_KEY, or sealed with a secret that is not configured. */
export interface Resealed {
  readonly resealed: number;
  readonly unreadable: number;
}

/**
 * Seals the payloads of unfinished mails with SECRET_KEY that an older secret sealed. Workers may send them meanwhile. Each
 * batch is one statement, so it can be interrupted and run again. `onProgress` gets the number of mails done after each.
 */
export const resealMails = async (
  { db, secrets, random }: Pick<AuthDeps, 'db' | 'secrets' | 'random'>,
  onProgress: (resealed: number) => void,
): Promise<Resealed> => {
  let [resealed, unreadable, after] = [0, 0, LOWEST_ID];
  for (;;) {
    const batch = await selectSealedMails(db, { after, limit: BATCH });
    const changed: (SealedMail & { readonly resealed: string })[] = [];
    for (const { id, payload } of batch) {
      const result = reseal(secrets.outbox, { context: id, sealed: payload }, random);
      if (result === undefined) unreadable += 1;
      else if (result !== payload) changed.push({ id, payload, resealed: result });
    }
    if (changed.length > 0) onProgress((resealed += await replacePayloads(db, changed)));
    const last = batch.at(-1);
    if (last === undefined || batch.length < BATCH) return { resealed, unreadable };
    after = last.id;
  }
};
