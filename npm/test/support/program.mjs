// Programs that tests run.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';

/** Runs a Node program to its end and returns what it printed. It must succeed. */
export async function output(args, options) {
  const program = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
  let out = '';
  program.stdout.on('data', (chunk) => {
    out += chunk;
  });
  assert.equal(await new Promise((resolve) => program.once('close', resolve)), 0, args.join(' '));
  return out;
}
