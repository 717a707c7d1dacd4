import { buildDocument } from './build-document.ts';

/** Where the generated document is kept. */
export const openapiFile = new URL('../../openapi.json', import.meta.url);

/** The document as it is committed. */
export const renderDocument = (): string => `${JSON.stringify(buildDocument(), null, 2)}\n`;
