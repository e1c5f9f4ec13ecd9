#!/usr/bin/env node
// The command `crankwheel`: `npx crankwheel sandbox --port 8080`.

import { native } from './native';

const USAGE = `Usage: crankwheel sandbox [options]

Runs the CrankWheel reseller API in memory, for development and tests.
\`crankwheel sandbox --help\` lists the options.
`;

const [command, ...rest] = process.argv.slice(2);

if (command === 'sandbox') {
  // Blocks until Ctrl-C, which the native side waits for. Node's own handler would raise the signal again and again as
  // long as it is there; a listener puts another one in its place.
  process.on('SIGINT', () => {});
  process.exitCode = native.runSandbox(['crankwheel sandbox', ...rest]) ? 0 : 1;
} else if (command === undefined || command === '--help' || command === '-h' || command === 'help') {
  process.stdout.write(USAGE);
} else if (command === '--version') {
  process.stdout.write(`${native.version()}\n`);
} else {
  process.stderr.write(`crankwheel: unknown command \`${command}\`\n\n${USAGE}`);
  process.exitCode = 2;
}
