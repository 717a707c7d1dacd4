import { readFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const documentFile = new URL('../../../packages/rest/openapi.json', import.meta.url);

/** Where the generated types are kept. */
export const typesFile = new URL('api.gen.ts', import.meta.url);

/** The types of every path, request and answer, made from the committed document as any consumer would make them. */
export const renderTypes = async (): Promise<string> =>
  astToString(await openapiTS(await readFile(documentFile, 'utf8')));
