import document from '@moonlight/rest/openapi.json' with { type: 'json' };
import { z } from 'zod';

const examples = z.record(z.string(), z.unknown());
const media = z.object({ 'application/json': z.object({ examples }).optional() });
const operationSchema = z.object({
  security: z.array(z.record(z.string(), z.unknown())),
  requestBody: z.object({ content: media }).optional(),
  responses: z.record(z.string(), z.object({ content: media })),
});

/** An operation of the REST API as the OpenAPI document describes it, as far as tests need it. */
export interface DescribedOperation {
  readonly method: string;
  readonly path: string;
  readonly isBearer: boolean;
  /** Examples of valid bodies. */
  readonly bodies: readonly Readonly<Record<string, unknown>>[];
  /** Success statuses such as `200`, and errors such as `400 VALIDATION_FAILED`. */
  readonly outcomes: ReadonlySet<string>;
}

const outcomesOf = ([status, { content }]: [
  string,
  z.infer<typeof operationSchema>['responses'][string],
]): string[] => {
  if (Number(status) < 400) return [status];
  return Object.keys(content['application/json']?.examples ?? {}).map((error) => `${status} ${error}`);
};

const exampleBody = z.object({ value: z.record(z.string(), z.unknown()) });

/** Every operation below the prefix, from the committed document. */
export const describedOperations: readonly DescribedOperation[] = Object.entries(document.paths)
  .filter(([path]) => path.startsWith('/api/v1/auth/'))
  .flatMap(([path, item]) =>
    Object.entries(item).map(([method, described]) => {
      const { security, requestBody, responses } = operationSchema.parse(described);
      const bodies = Object.values(requestBody?.content['application/json']?.examples ?? {});
      return {
        method: method.toUpperCase(),
        path,
        isBearer: security.some((scheme) => 'bearer' in scheme),
        bodies: bodies.map((body) => exampleBody.parse(body).value),
        outcomes: new Set(Object.entries(responses).flatMap(outcomesOf)),
      };
    }),
  );
