import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const fromProc = (pid: number): string | undefined => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the command in parentheses and may itself hold spaces and parentheses: count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const startedAt = fields[19];
  return state === 'Z' || state === 'X' ? undefined : startedAt;
};

/**
 * A text that tells this run of a process from a later one that was given the same pid, or undefined when no such
 * process lives (a zombie does not). It is the start time, as the system writes it.
 */
export const processIdentity = (pid: number): string | undefined => {
  try {
    if (process.platform === 'linux') return fromProc(pid);
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return started.trim() || undefined;
  } catch {
    return undefined;
  }
};
