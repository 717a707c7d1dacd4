import document from '@moonlight/rest/openapi.json' with { type: 'json' };
import { Ajv2020 } from 'ajv/dist/2020.js';

const pointer = (...names: readonly string[]): string =>
  names.map((name) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');

// OpenAPI 3.1 speaks JSON Schema 2020-12, and knows words of its own beside it.
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(document, 'openapi');

/** What is wrong with an answer by the document: nothing, or a sentence for each deviation. */
export const answerProblems = (
  { method, path, status }: { method: string; path: string; status: number },
  body: unknown,
): string[] => {
  const at = pointer('paths', path, method.toLowerCase(), 'responses', String(status), 'content', 'application/json');
  const name = `${method} ${path} ${status}`;
  try {
    const isValid = ajv.validate({ $ref: `openapi#/${at}/schema` }, body);
    return isValid ? [] : [`${name}: ${ajv.errorsText()}`];
  } catch (error) {
    return [`${name}: ${String(error)}`];
  }
};
