import { writeFile } from 'node:fs/promises';
import document from '@moonlight/rest/openapi.json' with { type: 'json' };
import openapiTS, { astToString } from 'openapi-typescript';

/** The file of the generated types. */
export const typesFile = new URL('api.gen.ts', import.meta.url);

/** The types of every path, request and answer, generated from the committed document as a consumer would do. */
export const renderTypes = async (): Promise<string> => astToString(await openapiTS(JSON.stringify(document)));

// Run as a script by `npm run generate`.
if (import.meta.main) await writeFile(typesFile, await renderTypes());
