import type { RolldownOptions } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';

const options: RolldownOptions = {
  input: ['src/index.ts', 'src/express.ts', 'src/fastify.ts'],
  platform: 'neutral',
  external: 'jose',
  plugins: [dts({ oxc: true })],
  output: { dir: 'dist', cleanDir: true },
};

export default options;
