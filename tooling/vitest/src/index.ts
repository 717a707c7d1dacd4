export { countsReporter } from './counts-reporter.ts';
