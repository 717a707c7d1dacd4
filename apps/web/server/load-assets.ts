import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** A file in memory, ready to be sent. */
export interface Asset {
  readonly type: string;
  readonly cacheControl: string;
  readonly identity: Buffer;
  readonly br: Buffer;
  readonly gzip: Buffer;
}

/** What is written into the page in place of its marks. */
export interface PageSettings {
  readonly publicUrl: string;
  readonly appName: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};
const IMMUTABLE = 'public, max-age=31536000, immutable';

const compress = { br: promisify(brotliCompress), gzip: promisify(gzip) };
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

const escapeAttribute = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

const writeSettings = (html: string, { publicUrl, appName }: PageSettings): string =>
  html
    .replaceAll('__PUBLIC_URL__', () => escapeAttribute(publicUrl))
    .replaceAll('__APP_NAME__', () => escapeAttribute(appName));

const cachingOf = (path: string): string => {
  if (path.endsWith('.html')) return 'no-store';
  // The build puts the content's hash into the names under assets/.
  return path.startsWith('/assets/') ? IMMUTABLE : 'public, max-age=3600';
};

const load = async (folder: string, path: string, settings: PageSettings): Promise<Asset> => {
  const content = await readFile(join(folder, path));
  const identity = path.endsWith('.html') ? Buffer.from(writeSettings(content.toString('utf8'), settings)) : content;
  return {
    type: TYPES[extname(path)] ?? 'application/octet-stream',
    cacheControl: cachingOf(path),
    identity,
    br: await compress.br(identity, QUALITY),
    gzip: await compress.gzip(identity, { level: 9 }),
  };
};

/**
 * Reads a build into memory, by URL path. It is a few hundred kilobytes, and what is looked up in a map cannot be
 * walked out of with dots.
 */
export const loadAssets = async (folder: string, settings: PageSettings): Promise<ReadonlyMap<string, Asset>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => `/${relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/')}`);
  return new Map(await Promise.all(paths.map(async (path) => [path, await load(folder, path, settings)] as const)));
};
