import document from '@moonlight/rest/openapi.json' with { type: 'json' };
import openapiTS, { astToString } from 'openapi-typescript';

/** Where the generated types are kept. */
export const typesFile = new URL('api.gen.ts', import.meta.url);

/** The types of every path, request and answer, made from the committed document as any consumer would make them. */
export const renderTypes = async (): Promise<string> => astToString(await openapiTS(JSON.stringify(document)));
