import type { ErrorCode, SuccessMessage } from '@moonlight/contracts';
import type { ProcedureOutput, ProcedurePath } from '@moonlight/trpc';

/** A method and a path below the prefix, with parameters in braces: `/verify/{token}`. */
export type RestPath = readonly [method: 'GET' | 'POST' | 'DELETE', path: `/${string}`];

/** The tags of the OpenAPI document, and their descriptions. */
export const tags = {
  Accounts: 'Registration, the profile and the password of an account.',
  Sessions: 'Log in, log out, refresh tokens and manage the devices on which the account is logged in.',
  Email: 'Links and codes that verify an email address.',
  'Password reset': 'Set a new password with a link or a code sent by email.',
  Captcha: 'Protection against automated requests.',
  Service: 'Health checks and public keys.',
} as const;
export type Tag = keyof typeof tags;

/**
 * How the REST API offers one procedure, and how the OpenAPI document describes it. Whether it needs a session is not said
 * here: that is in the procedure's meta.
 */
export interface Route<Output = unknown> {
  /** The first is the procedure's main path; the others are aliases, which answer alike. */
  readonly paths: readonly [RestPath, ...RestPath[]];
  /** 200 if omitted. */
  readonly status?: 201;
  /** False if the answer is the output itself, without an envelope. */
  readonly envelope?: false;
  /** A method, not a property: the table pairs each procedure with its own output, while a caller knows only `unknown`. */
  message(output: Output): SuccessMessage;
  /** True for a verification link and its rejection, which show browsers a page. */
  readonly page?: true;
  /** Fields of the envelope on the level of `data`. */
  topLevelFields?(output: Output): Readonly<Record<string, string>>;
  /** Changes the example of an output where its fields depend on each other, or on the route. */
  example?(output: Output): Output;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  /** Examples of the request body: a name, and the optional fields that the example contains. */
  readonly bodies?: Readonly<Record<string, readonly string[]>>;
  /** The route's own errors; those of every bearer call, every body and every call are added to the document. */
  readonly errors: readonly ErrorCode[];
}

/** Why the REST API does not offer a procedure. */
export interface NoRoute {
  readonly reason: string;
}

/** A route for every procedure. A procedure with neither a route nor a reason for having none does not compile. */
export type RouteTable = { readonly [Path in ProcedurePath]: Route<ProcedureOutput<Path>> | NoRoute };

/** The routes of some procedures: those of one feature. */
export type RoutesOf<Path extends ProcedurePath> = Pick<RouteTable, Path>;

export const CODE_ERRORS = ['CODE_INVALID', 'CODE_EXPIRED', 'CODE_ATTEMPTS_EXCEEDED', 'RATE_LIMITED'] as const;
export const CAPTCHA_ERRORS = ['CAPTCHA_REQUIRED', 'CAPTCHA_INVALID'] as const;
