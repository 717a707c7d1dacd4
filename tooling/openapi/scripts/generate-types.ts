import { writeFile } from 'node:fs/promises';
import { renderTypes, typesFile } from '../src/render-types.ts';

await writeFile(typesFile, await renderTypes());
