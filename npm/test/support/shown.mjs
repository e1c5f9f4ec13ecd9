// Records how the package's objects print during the tests. `cargo xtask` searches the files for secrets.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { serialize } from 'node:v8';

/** Appends every printed form of a value to a file in the folder `CRANKWHEEL_KEEP_SHOWN`, if that is set. */
export function recordShown(name, value) {
  const folder = process.env.CRANKWHEEL_KEEP_SHOWN;
  if (folder === undefined || value === undefined) return;
  const file = join(folder, name);
  // Getters are not called, as by default: the `cause` of an error is that of the caller's key function, which may quote
  // its key.
  const shown = [inspect(value, { depth: 10, showHidden: true }), String(value), value?.stack];
  appendFileSync(file, `${shown.join('\n')}\n${JSON.stringify(value)}\n`);
  try {
    appendFileSync(file, serialize(value));
  } catch {
    // A value that cannot be cloned cannot leave the process that way.
  }
}
