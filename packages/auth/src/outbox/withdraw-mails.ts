import type { Executor } from '@moonlight/db';
import { z } from 'zod';
import type { AuthDeps } from '../deps.ts';
import { unsealPayload } from './mail-payload.ts';
import { deleteMails, selectSealedMails } from './resealed-mails-store.ts';

const BATCH = 200;
const LOWEST_ID = '00000000-0000-0000-0000-000000000000';

// Not the schema of a mail: a mail that only a newer release can send has a recipient as well.
const recipientSchema = z.looseObject({ to: z.string() });

/**
 * Removes the unfinished mails to addresses, given in lower case. The recipient is only in the sealed payload, so every
 * unfinished mail is opened. Finished mails have no payload.
 */
export const withdrawMails = async (
  tx: Executor,
  { secrets }: Pick<AuthDeps, 'secrets'>,
  addresses: ReadonlySet<string>,
): Promise<void> => {
  const isTo = (mail: { id: string; payload: string }): boolean => {
    const json = unsealPayload(secrets.outbox, mail);
    const recipient = json === undefined ? undefined : recipientSchema.safeParse(JSON.parse(json)).data;
    return recipient !== undefined && addresses.has(recipient.to.toLowerCase());
  };
  for (let after = LOWEST_ID; ;) {
    const batch = await selectSealedMails(tx, { after, limit: BATCH });
    const ids = batch.filter(isTo).map(({ id }) => id);
    if (ids.length > 0) await deleteMails(tx, ids);
    const last = batch.at(-1);
    if (last === undefined || batch.length < BATCH) return;
    after = last.id;
  }
};
