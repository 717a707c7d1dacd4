import { defineConfig } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';

export default defineConfig({
  input: 'src/index.ts',
  platform: 'neutral',
  external: /^@trpc\//,
  // Declarations come from the sources as they are written, one file for all: nobody needs the service's own types.
  plugins: [dts({ oxc: true })],
  output: { dir: 'dist', cleanDir: true },
});
