// Keeps all that a run of the tests shows of the package's objects, so that somebody can look through it for secrets.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { serialize } from 'node:v8';

/** Adds what a value shows, in every way it can be shown; only with `CRANKWHEEL_KEEP_SHOWN=folder` in the environment. */
export function keep(name, value) {
  const folder = process.env.CRANKWHEEL_KEEP_SHOWN;
  if (folder === undefined || value === undefined) return;
  const file = join(folder, name);
  const shown = [inspect(value, { depth: 10, showHidden: true, getters: true }), String(value), value?.stack];
  appendFileSync(file, `${shown.join('\n')}\n${JSON.stringify(value)}\n`);
  try {
    appendFileSync(file, serialize(value));
  } catch {
    // What cannot be cloned cannot leave the process that way.
  }
}
