import type { ProcedureDefinition } from '@moonlight/trpc';
import type { RestPath, Route } from '../route.ts';
import { swapKeysOut } from '../spelling.ts';
import { errorResponse, errorsByStatus, successResponse } from './responses.ts';
import { type DescribedSchema, describeSchema, exampleOf, type JsonSchema, toRestSchema } from './schemas.ts';

interface DescribedProcedure {
  /** The operation of each path, in the order of the route. */
  readonly operations: readonly { readonly path: RestPath; readonly operation: Readonly<Record<string, unknown>> }[];
  /** The schemas that the operations refer to, by name. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
}

const SECURITY = { required: [{ bearer: [] }], optional: [{ bearer: [] }, {}], none: [] };

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `AuthLogin` for `auth.login`. */
const pascalName = (procedurePath: string): string => procedurePath.split('.').map(capital).join('');

/** `authLogin` for the main path of a procedure, `postTokenRefresh` for an alias. */
const operationId = (name: string, [method, url]: RestPath, isAlias: boolean): string => {
  if (!isAlias) return name.charAt(0).toLowerCase() + name.slice(1);
  const words = url.split(/\W+/).filter((word) => word !== '');
  return [method.toLowerCase(), ...words.map(capital)].join('');
};

const describeAlias = ({ description, paths: [[method, url]] }: Route): string =>
  `Alias of \`${method} ${url}\`.${description === undefined ? '' : ` ${description}`}`;

const parameterNames = ([, url]: RestPath): string[] => [...url.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');

const describeParameter = (name: string, { properties }: JsonSchema) => {
  const property = properties?.[name];
  if (property === undefined || typeof property === 'boolean')
    throw new Error(`the path has the parameter ${name}, but the input has no such field`);
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

/** The input without the parameters of the path; undefined if no field is left for the body. */
const bodySchema = (input: DescribedSchema, parameters: readonly string[]): DescribedSchema | undefined => {
  const isInBody = (name: string) => !parameters.includes(name);
  const properties = Object.entries(input.schema.properties ?? {}).filter(([name]) => isInBody(name));
  if (properties.length === 0) return undefined;
  const required = (input.schema.required ?? []).filter(isInBody);
  const { required: _all, ...schema } = input.schema;
  return {
    schema: { ...schema, properties: Object.fromEntries(properties), ...(required.length === 0 ? {} : { required }) },
    definitions: input.definitions,
  };
};

/** The request body, which refers to its schema by name, with each of the route's examples. */
const requestBody = (name: string, { schema, definitions }: DescribedSchema, { bodies }: Route) => {
  const required = schema.required ?? [];
  const examples = Object.entries(bodies ?? { usual: [] }).map(([title, optional]) => {
    const value = exampleOf({ schema: { ...schema, required: [...required, ...optional] }, definitions });
    return [title, { value: swapKeysOut(value) }] as const;
  });
  return {
    required: required.length > 0,
    content: {
      'application/json': {
        schema: { $ref: `#/components/schemas/${name}` },
        examples: Object.fromEntries(examples),
      },
    },
  };
};

/** Describes a procedure as one OpenAPI operation for each path of its route. */
export const describeProcedure = (
  procedurePath: string,
  route: Route,
  procedure: ProcedureDefinition,
): DescribedProcedure => {
  const { authentication } = procedure;
  const input = describeSchema(procedure.input, 'input');
  const output = describeSchema(procedure.output, 'output');
  const parameters = parameterNames(route.paths[0]);
  const body = bodySchema(input, parameters);
  const name = pascalName(procedurePath);

  const operations = route.paths.map((path, index) => {
    const takesBody = path[0] !== 'GET';
    const takes = { bearer: authentication !== 'none', body: takesBody, parameters: parameters.length > 0 };
    const errors = [...errorsByStatus(route, takes)].map(
      ([status, codes]) => [status, errorResponse(status, codes, route)] as const,
    );
    const operation = {
      operationId: operationId(name, path, index > 0),
      tags: [route.tag],
      summary: route.summary,
      description: index === 0 ? (route.description ?? route.summary) : describeAlias(route),
      security: SECURITY[authentication],
      ...(takes.parameters ? { parameters: parameters.map((each) => describeParameter(each, input.schema)) } : {}),
      ...(takesBody && body !== undefined ? { requestBody: requestBody(`${name}Input`, body, route) } : {}),
      responses: { [route.status ?? 200]: successResponse(route, output), ...Object.fromEntries(errors) },
    };
    return { path, operation };
  });
  const definitions = Object.entries({
    ...input.definitions,
    ...output.definitions,
    ...(body && { [`${name}Input`]: body.schema }),
  });
  return { operations, schemas: Object.fromEntries(definitions.map(([key, schema]) => [key, toRestSchema(schema)])) };
};
