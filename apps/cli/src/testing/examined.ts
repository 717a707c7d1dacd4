import { expect } from 'vitest';
import type { Area, Finding } from '../doctor/finding.ts';
import { moonlight } from './moonlight.ts';

/** What `doctor` must say about a planted fault. */
export interface Fault {
  readonly variable: string | null;
  readonly seen: RegExp;
  readonly advice: RegExp;
}

interface Examination {
  readonly faults: readonly Finding[];
  readonly oks: readonly string[];
  readonly text: string;
}

const isFinding = (value: unknown): value is Finding =>
  typeof value === 'object' && value !== null && 'area' in value && 'status' in value && 'seen' in value;

/** Runs `doctor` with an environment, and returns its findings in one area. */
export const examined = async (
  env: NodeJS.ProcessEnv,
  { area, skew = 0 }: { area: Area; skew?: number },
): Promise<Examination> => {
  const base = { APP_ENV: 'test', SECRET_KEY: 'the secret of the tests of doctor', ...env };
  const { code, out } = await moonlight('doctor --json', base, () => Date.now() + skew);
  const answer: unknown = JSON.parse(out);
  const all = Object.values(answer ?? {}).find((value) => Array.isArray(value)) ?? [];
  const findings = Array.isArray(all) ? all.filter(isFinding) : [];
  expect(code).toBe(findings.some(({ status }) => status === 'wrong') ? 1 : 0);
  const ofArea = findings.filter((finding) => finding.area === area);
  return {
    faults: ofArea.filter(({ status }) => status === 'wrong'),
    oks: ofArea.flatMap(({ status, seen }) => (status === 'ok' ? [seen] : [])),
    text: out,
  };
};
