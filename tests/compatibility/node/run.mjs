// Runs programs and compares what they print.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LIMIT = 300_000;

/** Returns the environment of a user's program: nothing of this package or of npm is set. */
export function environment(more = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(CRANKWHEEL_|npm_|NODE_)/.test(name));
  return {
    ...Object.fromEntries(kept),
    CI: 'true',
    NO_COLOR: '1',
    NEXT_TELEMETRY_DISABLED: '1',
    DENO_NO_UPDATE_CHECK: '1',
    ...more,
  };
}

/** Runs a program to its end and returns its output; fails unless it succeeds. */
export function run(program, args, { cwd, env, fails = false } = {}) {
  const result = spawnSync(program, args, { cwd, env: environment(env), encoding: 'utf8', timeout: LIMIT });
  const output = shortened(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  if (result.error || (result.status !== 0) !== fails) {
    const reason = result.error?.message ?? `exit code ${result.status ?? result.signal}`;
    throw new Error(`${[program, ...args].join(' ')}: ${reason}\n${output}`);
  }
  return { stdout: result.stdout, output };
}

/** Cuts long lines, such as those of bundles, and leaves out all but the last lines. */
function shortened(text) {
  return text
    .split(/\r?\n/)
    .slice(-60)
    .map((line) => (line.length > 300 ? `${line.slice(0, 300)} …` : line))
    .join('\n');
}

/** Runs a program that prints "ok" for each time that it did the work. */
export function expectOk(program, args, { times = 1, ...options } = {}) {
  const { stdout, output } = run(program, args, options);
  const found = stdout.split(/\r?\n/).filter((line) => line === 'ok').length;
  if (found !== times)
    throw new Error(`${[program, ...args].join(' ')}: expected "ok" ${times} times\n${output}`);
}

/** Runs a program that must fail with an output that has this part. */
export function expectFailure(part, program, args, options = {}) {
  const { output } = run(program, args, { ...options, fails: true });
  if (!output.includes(part)) throw new Error(`${[program, ...args].join(' ')}: expected ${part}\n${output}`);
}

/** Copies a folder or file to a place from which no installed package can be seen, and calls `use` with it. */
export async function away(from, use) {
  const folder = mkdtempSync(join(tmpdir(), 'crankwheel-away-'));
  const copy = join(folder, 'copy');
  try {
    cpSync(from, copy, { recursive: true, verbatimSymlinks: true });
    return await use(copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
