import { transaction } from '@moonlight/db';
import { recordOperation } from '../audit/audit.ts';
import type { AuthDeps } from '../deps.ts';
import { withdrawMails } from '../outbox/withdraw-mails.ts';
import { anonymizeEntries, deleteAccounts, lockDueAccounts } from './erasure-store.ts';
import { pseudonymOf } from './pseudonym.ts';

const BATCH = 50;

type ErasureDeps = Pick<AuthDeps, 'db' | 'clock' | 'random' | 'secrets'>;

const eraseBatch = (deps: ErasureDeps): Promise<number> =>
  transaction(deps.db, async (tx) => {
    const due = await lockDueAccounts(tx, { now: deps.clock.now(), limit: BATCH });
    if (due.length === 0) return 0;
    const accounts = due.map((account) => ({ ...account, pseudonym: pseudonymOf(deps, account.id) }));
    await deleteAccounts(tx, accounts);
    await anonymizeEntries(tx, accounts);
    for (const { pseudonym: userId } of accounts)
      await recordOperation(tx, deps, { event: 'account_erased', actor: 'worker', userId });
    await withdrawMails(tx, deps, new Set(accounts.map(({ email }) => email.toLowerCase())));
    return due.length;
  });

/**
 * Erases the accounts whose deletion is due, in batches. Afterwards no table has the email address, the username, an IP
 * address or a User-Agent of them; audit entries keep event, time and a pseudonym. A batch is one transaction, so it can be
 * interrupted and run again. Returns how many were erased. `signal` stops it between two batches.
 */
export const eraseDueAccounts = async (deps: ErasureDeps, signal?: AbortSignal): Promise<number> => {
  let erased = 0;
  for (;;) {
    if (signal?.aborted === true) return erased;
    const count = await eraseBatch(deps);
    erased += count;
    if (count < BATCH) return erased;
  }
};
