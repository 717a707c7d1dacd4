import { readFileSync } from 'node:fs';
import { type ErrorCode as CatalogueCode, errorCatalogue } from '@moonlight/contracts';
import { type AppRouter, appRouter, type ErrorData as ServiceErrorData, readProcedures } from '@moonlight/trpc';
import { extraProcedures } from '@moonlight/trpc/testing';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { expect, expectTypeOf, test } from 'vitest';
import { type ErrorCode, errorStatuses, type ErrorData, type MoonlightApi } from '../src/index.ts';
import { generateApi, generateProtectedProcedures } from './generate-api.ts';

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
/** A procedure without input takes `{}` or nothing in the service; in the client it takes undefined. */
type AsClient<Input> = Input extends void | Record<string, never> ? undefined : Input;
type ServiceCalls = {
  readonly [Router in keyof Inputs]: {
    readonly [Name in keyof Inputs[Router]]: Call<
      AsClient<Inputs[Router][Name]>,
      Name extends keyof Outputs[Router] ? Outputs[Router][Name] : never
    >;
  };
};

const read = (name: string): string => readFileSync(new URL(`../src/${name}`, import.meta.url), 'utf8');

test('the committed files are the ones generated from the service', () => {
  const procedures = readProcedures(appRouter);
  expect(read('api.gen.ts'), 'run `npm run generate`').toBe(generateApi(procedures));
  expect(read('protected-procedures.gen.ts'), 'run `npm run generate`').toBe(generateProtectedProcedures(procedures));
});

test('a protected procedure of the service is listed as protected in the client', () => {
  expect(generateProtectedProcedures(extraProcedures)).toContain(
    "protectedProcedures: ReadonlySet<string> = new Set([\n  'extra.protected',\n]);",
  );
});

test('every procedure has the input and output types of the service', () => {
  expectTypeOf<Calls<MoonlightApi>>().toEqualTypeOf<ServiceCalls>();
});

test('the error codes, statuses and error data are those of the service', () => {
  expectTypeOf<ErrorCode>().toEqualTypeOf<CatalogueCode>();
  expectTypeOf<ErrorData>().toEqualTypeOf<ServiceErrorData>();
  expect(errorStatuses).toEqual(
    Object.fromEntries(Object.entries(errorCatalogue).map(([code, { status }]) => [code, status])),
  );
});
