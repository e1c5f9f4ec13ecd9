import { fileURLToPath } from 'node:url';

// The tools are installed in a folder above the project.
const root = fileURLToPath(new URL('../../', import.meta.url));

export default {
  output: 'standalone',
  outputFileTracingRoot: root,
  turbopack: { root },
  serverExternalPackages: ['crankwheel'],
};
