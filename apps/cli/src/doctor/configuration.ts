import { type Finding, ok, wrong } from './finding.ts';

/** Every error of the environment, as the start of the service names them. */
export const checkConfiguration = (problems: readonly string[], environment: string): Finding[] => {
  if (problems.length === 0) return [ok('configuration', `all variables are valid for APP_ENV=${environment}`)];
  return problems.map((problem) => {
    const [, variable, seen] = /^([A-Z0-9_]+)(?:, entry \d+)?: ([\s\S]*)$/.exec(problem) ?? [undefined, null, problem];
    return wrong('configuration', variable ?? null, [
      seen ?? problem,
      'Correct the variable and restart the service; .env.example explains each variable.',
    ]);
  });
};
