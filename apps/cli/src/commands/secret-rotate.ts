import type { SecretRotation } from '@moonlight/auth';
import { actor } from '../actor.ts';
import type { Cli } from '../cli.ts';
import { show } from '../table.ts';

const unreadable = ({ signingKeys, mails }: SecretRotation): string[] => {
  if (signingKeys.unreadable + mails.unreadable === 0) return [];
  return [
    `No configured secret opens ${mails.unreadable} mails, which cannot be sent, and ${signingKeys.unreadable} signing keys, ` +
      'which do not count. If the secret that sealed them is known, add it to SECRET_KEY_PREVIOUS.',
  ];
};

const neededFor = ({ sessions, codesUntil, isOlderInUse, removableAt }: SecretRotation): string[] => {
  const left =
    sessions.until === null
      ? 'No session needs an older secret.'
      : `${sessions.count} sessions were not refreshed since; the last of them expires at ${show(sessions.until)}.`;
  if (isOlderInUse || removableAt === null)
    return [
      left,
      'A process has signed with an older secret since the last run. Restart every process with the new SECRET_KEY, and run this again.',
    ];
  return [
    left,
    `Mailed codes and captchas of an older secret expire at ${show(codesUntil)} at the latest.`,
    `SECRET_KEY_PREVIOUS can be removed without a loss from ${show(removableAt)} on.`,
  ];
};

/** `moonlight secret rotate`: seals with SECRET_KEY what older secrets sealed. */
export const secretRotate = (cli: Cli): void => {
  cli
    .command('secret rotate', 'Seals with SECRET_KEY what SECRET_KEY_PREVIOUS sealed, and says when that can go.')
    .action(
      cli.act(async () => {
        const { rotateSecret } = await import('@moonlight/auth');
        const onProgress = (mails: number) => cli.terminal.err(`${mails} mails sealed`);
        const rotation = await cli.withAuth((deps) => rotateSecret(deps, { actor: actor(), onProgress }));
        const done = `Sealed anew: ${rotation.signingKeys.resealed} signing keys, ${rotation.mails.resealed} mails.`;
        return {
          json: rotation,
          text: [done, ...unreadable(rotation), ...neededFor(rotation)].join('\n'),
          isRefused: rotation.isOlderInUse || rotation.mails.unreadable > 0,
        };
      }),
    );
};
