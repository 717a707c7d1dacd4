import type { ProcedureDefinition } from '@moonlight/trpc';
import type { Door, Route } from '../route.ts';
import { errorsByStatus } from './errors.ts';
import { exampleOf } from './example-of.ts';
import { describeSchema, inDoorSpelling, type JsonSchema } from './json-schema.ts';
import { operationId, parametersOf, pascalName } from './names.ts';
import { bodySchema, requestBody } from './request-body.ts';
import { errorResponse, successResponse } from './responses.ts';

interface DescribedProcedure {
  /** The operation of each door, in the order of the table. */
  readonly operations: readonly { readonly door: Door; readonly operation: Readonly<Record<string, unknown>> }[];
  /** The schemas its operations refer to, by name. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
}

const SECURITY = { required: [{ bearer: [] }], optional: [{ bearer: [] }, {}], none: [] };

const describeAlias = ({ description, doors: [[method, url]] }: Route): string =>
  `Answers exactly as \`${method} ${url}\` does.${description === undefined ? '' : ` ${description}`}`;

/** Describes a procedure at each of its doors. */
export const describeProcedure = (path: string, route: Route, procedure: ProcedureDefinition): DescribedProcedure => {
  const { authentication } = procedure;
  const input = describeSchema(procedure.input, 'input');
  const output = describeSchema(procedure.output, 'output');
  const parameters = parametersOf(route.doors[0]);
  const body = bodySchema(input, parameters);
  const name = `${pascalName(path)}Input`;

  const operations = route.doors.map((door, index) => {
    const takesBody = door[0] !== 'GET';
    const errors = errorsByStatus(route, {
      bearer: authentication !== 'none',
      body: takesBody,
      parameters: parameters.length > 0,
    });
    const responses = [...errors].map(([status, codes]) => [status, errorResponse(status, codes, route)] as const);
    const operation = {
      operationId: operationId(path, door, index > 0),
      tags: [route.tag],
      summary: route.summary,
      description: index === 0 ? (route.description ?? route.summary) : describeAlias(route),
      security: SECURITY[authentication],
      ...(parameters.length === 0
        ? {}
        : { parameters: parameters.map((each) => describeParameter(each, input.schema)) }),
      ...(takesBody && body !== undefined ? { requestBody: requestBody(name, body, route) } : {}),
      responses: { [route.status ?? 200]: successResponse(route, output), ...Object.fromEntries(responses) },
    };
    return { door, operation };
  });
  const definitions = Object.entries({
    ...input.definitions,
    ...output.definitions,
    ...(body && { [name]: body.schema }),
  });
  return { operations, schemas: Object.fromEntries(definitions.map(([key, schema]) => [key, inDoorSpelling(schema)])) };
};

const describeParameter = (name: string, { properties }: JsonSchema) => {
  const property = properties?.[name];
  if (property === undefined || typeof property === 'boolean')
    throw new Error(`the path names ${name}, the input does not`);
  const { description, ...schema } = property;
  return {
    name,
    in: 'path',
    required: true,
    ...(description === undefined ? {} : { description }),
    schema,
    example: exampleOf({ schema: property, definitions: {} }),
  };
};
