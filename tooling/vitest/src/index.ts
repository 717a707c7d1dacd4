export { LongestFirst } from './longest-first.ts';
export { summaryReporter } from './summary-reporter.ts';
export { testProjects } from './test-projects.ts';
