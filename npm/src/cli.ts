#!/usr/bin/env node
// The command `crankwheel`: `npx crankwheel sandbox --port 8080`.

import { native } from './native';

const USAGE = `Usage: crankwheel sandbox [options]

Runs the CrankWheel reseller API in memory, for development and tests.
\`crankwheel sandbox --help\` lists the options.
`;

const [command, ...rest] = process.argv.slice(2);

if (command === 'sandbox') {
  // Blocks until Ctrl-C, SIGTERM or SIGHUP, which the native side waits for. Node's own handlers would raise the first
  // two again and again as long as they are there; a listener puts another one in their place. Node has none for
  // SIGHUP, which the native side leaves ignored under `nohup`.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
  process.exitCode = native.runSandbox(['crankwheel sandbox', ...rest]);
} else if (command === undefined || command === '--help' || command === '-h' || command === 'help') {
  process.stdout.write(USAGE);
} else if (command === '--version') {
  process.stdout.write(`${native.version()}\n`);
} else {
  process.stderr.write(`crankwheel: unknown command \`${command}\`\n\n${USAGE}`);
  process.exitCode = 2;
}
