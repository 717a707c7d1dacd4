import type { Cli } from './cli.ts';
import { audit } from './commands/audit.ts';
import { doctor } from './commands/doctor.ts';
import { keys } from './commands/keys.ts';
import { mail } from './commands/mail.ts';
import { migrate } from './commands/migrate.ts';
import { restoreCheck } from './commands/restore-check.ts';
import { secretRotate } from './commands/secret-rotate.ts';
import { user } from './commands/user.ts';

/** Every command, in the order of `--help`. A command's file imports what is slow to load only when the command runs. */
export const commands: readonly ((cli: Cli) => void)[] = [
  migrate,
  doctor,
  user,
  mail,
  keys,
  secretRotate,
  restoreCheck,
  audit,
];
