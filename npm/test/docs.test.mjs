// The README's examples run, and so does the demo.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Sandbox } from 'crankwheel/sandbox';
import { withProject } from './support/consumer.mjs';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const DEMO = fileURLToPath(new URL('../examples/demo.mjs', import.meta.url));

/** Runs a program to its end and gives what it printed. */
async function output(args, options) {
  const program = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
  let out = '';
  program.stdout.on('data', (chunk) => {
    out += chunk;
  });
  assert.equal(await new Promise((resolve) => program.once('close', resolve)), 0, args.join(' '));
  return out;
}

test('the examples of the README', async () => {
  const examples = [...README.matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code);
  assert.ok(examples.length >= 6);
  const files = examples.map((code, index) => [`example${index}.mjs`, code]);
  const sandbox = await Sandbox.start({ clients: 5, days: 60 });
  try {
    const env = { ...process.env, CRANKWHEEL_API_KEY: sandbox.apiKey, CRANKWHEEL_BASE_URL: sandbox.url };
    await withProject({ 'package.json': '{}', ...Object.fromEntries(files) }, async (folder) => {
      for (const [name] of files) await output([join(folder, name)], { cwd: folder, env });
    });
    assert.ok(await sandbox.client().clients.find('acmecorp'));
  } finally {
    await sandbox.stop();
  }
});

test('the demo prints its tables and no token', async () => {
  const printed = await output([DEMO, '--today', '2026-11-15']);
  assert.match(printed, /Billing overview of 2026-10/);
  assert.match(printed, /plan_2 +Example Plan 2 +\d+\.\d{3}/);
  assert.match(printed, /Usage from 2025-10-01 to 2026-10-31/);
  assert.match(printed, /url: '\*\*\*'/);
  assert.ok(!printed.includes('rlogin'));
});
