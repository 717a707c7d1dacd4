import { actor } from '../actor.ts';
import type { Cli } from '../cli.ts';
import { show } from '../table.ts';

/** `moonlight restore-check`: makes a database safe that was restored from an older backup. */
export const restoreCheck = (cli: Cli): void => {
  cli
    .command(
      'restore-check',
      'After a restore of an older backup: ends all sessions, links and codes, and sends no mail again.',
    )
    .option('--send-notices', 'send the pending notices to accounts, although they may have been sent before')
    .action(
      cli.act(async ({ sendNotices = false }) => {
        const { checkRestore } = await import('@moonlight/auth');
        const onProgress = (sessions: number) => cli.terminal.err(`${sessions} sessions ended`);
        const report = await cli.withAuth((deps) =>
          checkRestore(deps, { actor: actor(), keepsNotices: sendNotices, onProgress }),
        );
        const { newestEntryAt, mails, heldNotices, links, codes, signingKeys, sessions } = report;
        const text = [
          newestEntryAt === null
            ? 'This database has no session and no mail.'
            : `The newest session or mail in this database is from ${show(newestEntryAt)}. What happened later is lost.`,
          'Everything below could have been used or ended since, so it ended now:',
          `${sessions} sessions (their refresh tokens are older than those of the clients; everyone logs in again)`,
          `${links} links and ${codes} codes (used ones would have worked again)`,
          `${mails} pending mails, and held notices of ${heldNotices} accounts (they may have been sent)`,
          `${signingKeys} signing keys (a removed one would have counted again)`,
        ].join('\n');
        return { json: report, text };
      }),
    );
};
