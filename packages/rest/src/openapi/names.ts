import type { Door } from '../route.ts';

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `AuthLogin` for `auth.login`. */
export const pascalName = (path: string): string => path.split('.').map(capital).join('');

/** The operation's id: `authLogin` for a procedure's own door, `postTokenRefresh` for an alias. */
export const operationId = (path: string, [method, url]: Door, isAlias: boolean): string => {
  const name = pascalName(path);
  if (!isAlias) return name.charAt(0).toLowerCase() + name.slice(1);
  const words = url.split(/\W+/).filter((word) => word !== '');
  return [method.toLowerCase(), ...words.map(capital)].join('');
};

/** The parameters a path holds. */
export const parametersOf = ([, url]: Door): string[] => [...url.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
