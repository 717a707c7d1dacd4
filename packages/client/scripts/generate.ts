import { writeFileSync } from 'node:fs';
import { apiText } from './api-text.ts';

writeFileSync(new URL('../src/api.gen.ts', import.meta.url), apiText());
