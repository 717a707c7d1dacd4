import { z } from 'zod';
import type { AuthDeps } from '../deps.ts';
import { unseal } from '../secrets/seal.ts';
import type { Mail } from './mail.ts';
import { pendingRows } from './outbox-store.ts';

/** The mails that wait to be sent, opened, the oldest first. For tests: it shows links and codes. */
export const readOutbox = async ({ db, secrets }: AuthDeps): Promise<Mail[]> => {
  const rows = await pendingRows(db);
  return rows.map(({ id, payload }) => {
    const json = unseal({ key: secrets.outbox, context: id, sealed: payload ?? '' });
    return z.custom<Mail>().parse(JSON.parse(json ?? 'null'));
  });
};
