import type { RolldownOptions } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';

const options: RolldownOptions = {
  input: 'src/index.ts',
  platform: 'neutral',
  external: /^@trpc\//,
  // Declarations come from the sources as they are written, one file for all: nobody needs the service's own types.
  plugins: [dts({ oxc: true })],
  output: { dir: 'dist', cleanDir: true },
};

export default options;
