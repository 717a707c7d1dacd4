import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english } from '@zxcvbn-ts/language-en';
import type { Plugin } from 'vite';
import type { PasswordData } from './src/forms/estimate-strength.ts';

const POLICY = /<meta\s+http-equiv="Content-Security-Policy"[^>]*>/;

interface Placeholders {
  readonly publicUrl: string;
  readonly appName: string;
}

/** Does in `vite dev` what the web server does: fills in the placeholders. Drops the policy, which forbids Vite's inline script. */
export const fillInPlaceholders = ({ publicUrl, appName }: Placeholders): Plugin => ({
  name: 'moonlight-placeholders',
  apply: 'serve',
  transformIndexHtml: (html) =>
    html.replace(POLICY, '').replaceAll('__PUBLIC_URL__', publicUrl).replaceAll('__APP_NAME__', appName),
});

/** Nothing is painted before the script has set the theme. */
export const blockRendering: Plugin = {
  name: 'moonlight-block-rendering',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
  },
};

const COMPRESSIBLE = /\.(?:css|js|svg)$/;
const COMPRESS = [
  ['br', promisify(brotliCompress)],
  ['gz', promisify(gzip)],
] as const;

/** Writes `.br` and `.gz` files beside the assets, so that the web server need not compress. */
export const compressAssets: Plugin = {
  name: 'moonlight-compress-assets',
  apply: 'build',
  generateBundle: {
    order: 'post',
    async handler(_, bundle) {
      const assets = Object.values(bundle).filter(({ fileName }) => COMPRESSIBLE.test(fileName));
      const files = assets.flatMap((asset) =>
        COMPRESS.map(async ([ending, compress]) => ({
          fileName: `${asset.fileName}.${ending}`,
          source: await compress(asset.type === 'chunk' ? asset.code : asset.source),
        })),
      );
      for (const file of await Promise.all(files)) this.emitFile({ type: 'asset', ...file });
    },
  },
};

// The packages hold 49,000 passwords and 56,000 English words, 840 kB compressed. The most frequent ones catch most of the
// passwords that are easy to guess; the API checks the longer list.
const PASSWORDS = 3000;
const WORDS = 2000;
// As frequent where people speak Chinese, but not among them.
const CHINESE_PASSWORDS = ['woaini', '5201314', '1314520', '1314'];

/** What the estimate of a password's strength is based on. */
export const passwordData = (): PasswordData => ({
  dictionary: {
    passwords: [...CHINESE_PASSWORDS, ...common['passwords-common'].slice(0, PASSWORDS)],
    words: english['commonWords-en'].slice(0, WORDS),
  },
  graphs: { qwerty: adjacencyGraphs.qwerty, keypad: adjacencyGraphs.keypad },
});

const PASSWORD_DATA = 'virtual:password-data';

/** The module `virtual:password-data`. It is made at build time, so that browsers load only what is used. */
export const passwordDataModule: Plugin = {
  name: 'moonlight-password-data',
  resolveId: (id) => (id === PASSWORD_DATA ? `\0${PASSWORD_DATA}` : undefined),
  load: (id) =>
    id === `\0${PASSWORD_DATA}` ? `export const passwordData = ${JSON.stringify(passwordData())};` : undefined,
};
