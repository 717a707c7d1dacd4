export { LongestFirst } from './longest-first.ts';
export { summaryReporter } from './summary-reporter.ts';
export { testOptions, testProjects } from './test-projects.ts';
