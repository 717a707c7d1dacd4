import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startTestServer, type TestServer } from '@moonlight/api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConsumerProject, createConsumerProject } from '../src/consumer-project.ts';

let server: TestServer;
let project: ConsumerProject;
const cleanUp: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  server = await startTestServer();
  cleanUp.push(() => server.close());
  project = await createConsumerProject();
  cleanUp.push(() => project.remove());
  await project.run('tsc', []);
  await project.run('tsc', ['-p', 'tsconfig.examples.json']);
}, 120_000);
afterAll(() => Promise.all(cleanUp.map((each) => each())));

test('the packages have one declaration file for each entry point, and none of the code of the service', async () => {
  const installed = join(project.folder, 'node_modules', '@moonlight');
  expect(await readdir(installed)).toEqual(['client', 'verify']);
  const files = await readdir(join(installed, 'client', 'dist'));
  expect(files.toSorted()).toEqual(['index.d.ts', 'index.js']);
  const declarations = await readFile(join(installed, 'client', 'dist', 'index.d.ts'), 'utf8');
  expect(declarations).not.toMatch(/\b(?:import|require)\b|zod|drizzle/);
});

test('types inferred from the client have short names in the declarations of a project', async () => {
  const declarations = await readFile(join(project.folder, 'out', 'src', 'declarations.d.ts'), 'utf8');
  expect(declarations).toContain('export declare const moonlight: import("@moonlight/client").MoonlightClient;');
  expect(declarations).toContain('=> Promise<import("@moonlight/client").AuthLoginOutput>;');
  expect(declarations.length).toBeLessThan(3000);
});

test('all examples of the READMEs compile', async () => {
  expect((await readdir(join(project.folder, 'out', 'examples'))).filter((name) => name.endsWith('.js'))).toHaveLength(
    project.examples,
  );
  expect(project.examples).toBeGreaterThan(8);
});

test.each([20, 24] as const)('all flows of the consumer project run on Node %i', async (version) => {
  const username = `consumer_${version}`;
  const script = join(project.folder, 'out', 'src', 'all-flows.js');
  const child = fork(script, [server.url, username], {
    cwd: project.folder,
    env: {},
    execArgv: [],
    execPath: project.nodes[version],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const messages: unknown[] = [];
  child.on('message', (message) => {
    messages.push(message);
    if (message === 'done') return;
    void server
      .lastMail('verification-link', `${username}@example.com`)
      .then(({ url }) => child.send(String(new URL(url).searchParams.get('token'))));
  });
  const [code] = await once(child, 'close');
  expect({ code, output, messages }).toEqual({ code: 0, output: '', messages: [`${username}@example.com`, 'done'] });
});
