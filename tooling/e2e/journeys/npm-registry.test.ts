import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type LoopbackServer, startLoopbackServer } from '../src/loopback-server.ts';
import { npmInstall, outsideEnv, WORKSPACE } from '../src/run-outside.ts';

const VERSION = { name: 'sample', version: '1.0.0' };

let folder: string;
let registry: LoopbackServer;
let requests: string[] = [];
/** An environment whose npm is configured by nothing, and has an empty cache. */
let blank: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'moonlight-registry-'));
  await mkdir(join(folder, 'sample', 'package'), { recursive: true });
  await writeFile(join(folder, 'sample', 'package', 'package.json'), JSON.stringify(VERSION));
  await promisify(execFile)('tar', ['-czf', 'sample.tgz', 'package'], { cwd: join(folder, 'sample') });
  const tarball = await readFile(join(folder, 'sample', 'sample.tgz'));
  registry = await startLoopbackServer((request, response) => {
    requests.push(request.url ?? '');
    if (request.url === '/sample.tgz') return void response.end(tarball);
    const versions = { '1.0.0': { ...VERSION, dist: { tarball: `${registry.url}/sample.tgz` } } };
    response.setHeader('content-type', 'application/json');
    return void response.end(JSON.stringify({ name: 'sample', 'dist-tags': { latest: '1.0.0' }, versions }));
  });
});
afterAll(async () => {
  await registry.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  requests = [];
  const home = await mkdtemp(join(folder, 'home-'));
  const inherited = Object.entries(process.env).filter(([name]) => !/^(?:npm|PREFIX$)/i.test(name));
  blank = { ...Object.fromEntries(inherited), HOME: home };
});

/** Installs the sample package in a new project, and returns its manifest. */
const install = async (env: NodeJS.ProcessEnv): Promise<unknown> => {
  const project = await mkdtemp(join(folder, 'project-'));
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, dependencies: { sample: '1.0.0' } }));
  await npmInstall(project, env);
  return JSON.parse(await readFile(join(project, 'node_modules', 'sample', 'package.json'), 'utf8'));
};

/** A Node installation with a global npmrc beside it, as npm expects it. */
const installNode = async (npmrc: string): Promise<string> => {
  const prefix = join(folder, 'prefix');
  await Promise.all(['bin', 'etc'].map((name) => mkdir(join(prefix, name), { recursive: true })));
  await Promise.all([
    cp(process.execPath, join(prefix, 'bin', 'node')),
    writeFile(join(prefix, 'etc', 'npmrc'), npmrc),
  ]);
  return join(prefix, 'bin');
};

describe('a project outside the workspace installs from the registry that is configured only in', () => {
  test('the environment', async () => {
    expect(await install({ ...blank, npm_config_registry: registry.url })).toEqual(VERSION);
    expect(requests).toEqual(['/sample', '/sample.tgz']);
  });

  test("the user's npmrc", async () => {
    await writeFile(join(String(blank['HOME']), '.npmrc'), `registry=${registry.url}\n`);
    expect(await install(blank)).toEqual(VERSION);
    expect(requests).toEqual(['/sample', '/sample.tgz']);
  });

  test("the global npmrc of the machine's Node, although the workspace has a Node of its own", async () => {
    const machine = await installNode(`registry=${registry.url}\n`);
    const workspace = join(WORKSPACE, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin');
    expect(await install({ ...blank, PATH: [workspace, machine, blank['PATH']].join(delimiter) })).toEqual(VERSION);
    expect(requests).toEqual(['/sample', '/sample.tgz']);
  });

  test('the global npmrc that the environment names', async () => {
    const npmrc = join(folder, 'globalrc');
    await writeFile(npmrc, `registry=${registry.url}\n`);
    expect(await install({ ...blank, NPM_CONFIG_GLOBALCONFIG: npmrc })).toEqual(VERSION);
    expect(requests).toEqual(['/sample', '/sample.tgz']);
  });
});

test("if the registry is unreachable, the installation fails within seconds with npm's own error", async () => {
  const { url: dead, close } = await startLoopbackServer(() => undefined);
  await close();
  const startedAt = Date.now();
  const failed = install({ ...blank, npm_config_registry: dead });
  await expect(failed).rejects.toThrow(`request to ${dead}/sample failed`);
  await expect(failed).rejects.toThrow('ECONNREFUSED');
  expect(Date.now() - startedAt).toBeLessThan(20_000);
});

test('the settings of the workspace do not leave it, those of the registry do', () => {
  const registrySettings = {
    npm_config_registry: registry.url,
    'npm_config_@scope:registry': registry.url,
    'npm_config_//127.0.0.1/:_authToken': 'token',
    NPM_CONFIG_USERCONFIG: '/home/user/npmrc',
    npm_config_globalconfig: '/etc/npmrc',
    npm_config_https_proxy: registry.url,
    'npm_config_strict-ssl': 'true',
    npm_config_cafile: '/etc/ca.pem',
    NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
  };
  const workspaceSettings = {
    npm_config_local_prefix: WORKSPACE,
    npm_config_ignore_scripts: 'true',
    npm_config_user_agent: 'pnpm',
    npm_package_json: join(WORKSPACE, 'package.json'),
    pnpm_config_verify_deps_before_run: 'false',
    NODE_PATH: join(WORKSPACE, 'node_modules'),
    NODE_OPTIONS: '--conditions=test',
    VITEST: 'true',
  };
  const PATH = [join(WORKSPACE, 'node_modules', '.bin'), WORKSPACE, '/usr/bin'].join(delimiter);
  expect(outsideEnv({ ...registrySettings, ...workspaceSettings, HOME: '/home/user', PATH })).toEqual({
    ...registrySettings,
    HOME: '/home/user',
    PATH: '/usr/bin',
  });
});
