import { writeFile } from 'node:fs/promises';
import { openapiFile, renderDocument } from '../src/openapi/document.ts';

await writeFile(openapiFile, renderDocument());
