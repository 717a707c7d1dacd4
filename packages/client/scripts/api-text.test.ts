import { readFileSync } from 'node:fs';
import { type ErrorCode as CatalogueCode, errorCatalogue } from '@moonlight/contracts';
import type { AppRouter, ErrorData as ServiceErrorData } from '@moonlight/trpc';
import { extraProcedures } from '@moonlight/trpc/testing';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { expect, expectTypeOf, test } from 'vitest';
import { type ErrorCode, errorStatuses, type ErrorData, type MoonlightApi } from '../src/index.ts';
import { apiText } from './api-text.ts';

interface Call<Input, Output> {
  readonly input: Input;
  readonly output: Output;
}
type Procedure = Readonly<Record<string, (input: never, ...rest: never[]) => Promise<unknown>>>;
type Calls<Api> = {
  readonly [Router in keyof Api]: {
    readonly [Name in keyof Api[Router]]: Api[Router][Name] extends Procedure
      ? Call<
          Parameters<Api[Router][Name][keyof Api[Router][Name]]>[0],
          Awaited<ReturnType<Api[Router][Name][keyof Api[Router][Name]]>>
        >
      : never;
  };
};

type Inputs = inferRouterInputs<AppRouter>;
type Outputs = inferRouterOutputs<AppRouter>;
/** What takes nothing is `{}` or nothing to the service; the client leaves it out. */
type AsClient<Input> = Input extends void | Record<string, never> ? undefined : Input;
type ServiceCalls = {
  readonly [Router in keyof Inputs]: {
    readonly [Name in keyof Inputs[Router]]: Call<
      AsClient<Inputs[Router][Name]>,
      Name extends keyof Outputs[Router] ? Outputs[Router][Name] : never
    >;
  };
};

test('the generated client is that of the service as it is now', () => {
  const committed = readFileSync(new URL('../src/api.gen.ts', import.meta.url), 'utf8');
  expect(committed, 'run `npm run generate`').toBe(apiText());
});

test('a protected procedure of the service is protected in the client as well', () => {
  expect(apiText(extraProcedures)).toContain(
    "protectedProcedures: ReadonlySet<string> = new Set([\n  'extra.protected',\n]);",
  );
});

test('every procedure takes and answers what the service says', () => {
  expectTypeOf<Calls<MoonlightApi>>().toEqualTypeOf<ServiceCalls>();
});

test('errors say what the service says', () => {
  expectTypeOf<ErrorCode>().toEqualTypeOf<CatalogueCode>();
  expectTypeOf<ErrorData>().toEqualTypeOf<ServiceErrorData>();
  expect(errorStatuses).toEqual(
    Object.fromEntries(Object.entries(errorCatalogue).map(([code, { status }]) => [code, status])),
  );
});
