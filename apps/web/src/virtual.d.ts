declare module 'virtual:password-data' {
  import type { OptionsType } from '@zxcvbn-ts/core';

  /** Made by the plugin in vite-plugins.ts. */
  export const passwordData: Required<Pick<OptionsType, 'dictionary' | 'graphs'>>;
}
