import { registerHooks } from 'node:module';

// Preloaded into the API. Its password hasher gets functions that do no work; the stored text has the form of a real hash,
// so that a login does not replace it.
const stored = ['', 'argon2id', 'v=19', 'm=19456,t=2,p=1', 'bm8gc2FsdA', 'bm8gaGFzaA'.repeat(4)].join('$');
const source = `export const hash = async () => ${JSON.stringify(stored)}; export const verify = async () => true;`;

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === '@node-rs/argon2'
      ? { url: `data:text/javascript,${encodeURIComponent(source)}`, shortCircuit: true }
      : nextResolve(specifier, context),
});
