// Generated from the service's router and schemas by `npm run generate`. Do not edit.

/** The procedures that need a session. */
export const protectedProcedures: ReadonlySet<string> = new Set([
  'emailVerification.send',
  'account.profile',
  'account.changePassword',
  'sessions.list',
  'sessions.revoke',
  'sessions.revokeOthers',
]);
