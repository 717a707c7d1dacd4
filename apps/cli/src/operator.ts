import type { Operator } from '@moonlight/auth';
import { actor } from './actor.ts';

/** The option that every command has which changes an account, mails or keys. */
export const REASON = ['--reason <text>', 'why; it is written to the audit log'] as const;

/** The user of this machine, with the reason for what is done. */
export const operatorFor = (reason: string): Operator => ({ actor: actor(), reason });
