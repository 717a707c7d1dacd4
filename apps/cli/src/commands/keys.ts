import { type Cli, Refusal } from '../cli.ts';
import { operatorFor, REASON } from '../operator.ts';
import { table } from '../table.ts';

const refuseSharedSecret = async (cli: Cli): Promise<void> => {
  const { tokens } = await cli.config();
  if (tokens.hs256Secret !== undefined)
    throw new Refusal('JWT_SECRET_KEY signs the access tokens (HS256); there are no keys in the database.');
};

/** `moonlight keys …`: the keys that sign access tokens. */
export const keys = (cli: Cli): void => {
  cli.command('keys list', 'Lists the keys that sign access tokens.').action(
    cli.act(async () => {
      await refuseSharedSecret(cli);
      const { listKeys } = await import('@moonlight/auth');
      const found = await cli.withAuth(listKeys);
      const rows = found.map(({ kid, state, secret, createdAt, activatesAt, acceptedUntil }) => [
        kid,
        state,
        secret,
        createdAt,
        activatesAt,
        acceptedUntil,
      ]);
      return {
        json: { keys: found },
        text: table(['KID', 'STATE', 'OPENS WITH', 'CREATED', 'SIGNS FROM', 'ACCEPTED UNTIL'], rows),
      };
    }),
  );
  cli
    .command(
      'keys rotate',
      'Adds a key now, to be used from ten minutes on; tokens of the old one stay valid until they expire.',
    )
    .requiredOption(...REASON)
    .action(
      cli.act(async ({ reason }) => {
        await refuseSharedSecret(cli);
        const { listKeys, rotateKeys } = await import('@moonlight/auth');
        const [created] = await cli.withAuth(async (deps) => {
          await rotateKeys(deps, operatorFor(reason));
          return listKeys(deps);
        });
        return {
          json: { created },
          text: `Added ${created?.kid ?? 'a key'}. It signs from ${created?.activatesAt.toISOString() ?? 'now'} on.`,
        };
      }),
    );
};
