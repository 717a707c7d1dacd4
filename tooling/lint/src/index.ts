export { arrows } from './arrows.ts';
export { exceptions } from './exceptions.ts';
export { rules } from './rules.ts';
