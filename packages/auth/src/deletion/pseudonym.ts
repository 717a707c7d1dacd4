import { createHmac } from 'node:crypto';
import type { AuthDeps } from '../deps.ts';
import type { DerivedKey } from '../secrets/secrets.ts';

const pseudonymWith = ({ key }: DerivedKey, userId: string): string => {
  const bytes = createHmac('sha256', key).update(userId.toLowerCase()).digest().subarray(0, 16);
  // Version 8 and the variant of RFC 9562, because the column of the audit log is a UUID.
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

type PseudonymDeps = { readonly secrets: Pick<AuthDeps['secrets'], 'pseudonym'> };

/** What stands for an erased account in the audit log. Without SECRET_KEY it cannot be traced to the id of the account. */
export const pseudonymOf = ({ secrets: { pseudonym } }: PseudonymDeps, userId: string): string =>
  pseudonymWith(pseudonym[0], userId);

/** The ids under which the audit log may have an account: its own, and its pseudonym with each configured secret. */
export const auditIdsOf = ({ secrets: { pseudonym } }: PseudonymDeps, userId: string): string[] => [
  userId,
  ...pseudonym.map((key) => pseudonymWith(key, userId)),
];
