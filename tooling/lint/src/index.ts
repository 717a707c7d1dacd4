export { importRules } from './import-rules.ts';
export { exceptions } from './exceptions.ts';
export { rules } from './rules.ts';
