import { userInfo } from 'node:os';

const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    // In a container the user may have a number only.
    return String(process.getuid?.() ?? 'unknown');
  }
};

/** Who runs the command, for the audit log. */
export const actor = (): string => `cli:${userName()}`;
