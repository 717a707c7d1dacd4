import type { ErrorCode, SuccessMessage } from '@moonlight/contracts';
import type { ProcedureOutput, ProcedurePath } from '@moonlight/trpc';

type Method = 'GET' | 'POST' | 'DELETE';

/** A method and a path below the prefix, parameters in braces: `/verify/{token}`. */
export type Door = readonly [method: Method, path: `/${string}`];

/** How REST reaches one procedure, and what its description says. */
export interface Route<Output = unknown> {
  /** The first is the procedure's own; the others are aliases, which answer exactly alike. */
  readonly doors: readonly [Door, ...Door[]];
  /** 200 where omitted. */
  readonly status?: 201;
  /** False where the answer is what the procedure said and nothing around it. */
  readonly envelope?: false;
  /** A method, not a property: the table pairs each procedure with its own output, whoever runs it knows only `unknown`. */
  message(output: Output): SuccessMessage;
  /** True where people get a page: the one behind a verification link. */
  readonly page?: true;
  /** What stands beside `data` in the envelope. */
  beside?(output: Output): Readonly<Record<string, string>>;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  /** Ways of filling the body: a name, and the optional fields that belong to it. */
  readonly bodies?: Readonly<Record<string, readonly string[]>>;
  /** The refusals of its own; those of every bearer call, every body and every call are added. */
  readonly errors: readonly ErrorCode[];
}

export const tags = {
  Accounts: 'Registering, the account itself and its password.',
  Sessions: 'Logging in and out, renewing tokens, and the places where somebody is logged in.',
  'E-mail': 'Links and codes that prove a mailbox.',
  'Password reset': 'A new password for whoever owns the mailbox.',
  Captcha: 'Telling people from programs.',
  Service: 'What surrounds the account system.',
} as const;
export type Tag = keyof typeof tags;

/** Why REST does not offer a procedure. */
export interface NoRoute {
  readonly reason: string;
}

/** A procedure without a route, or without a reason for having none, does not compile. */
export type RouteTable = { readonly [Path in ProcedurePath]: Route<ProcedureOutput<Path>> | NoRoute };
