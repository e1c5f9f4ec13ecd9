// Loads the native addon: the one built in this checkout if there is one, else the package for this platform.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type * as Binding from '../native/binding';

export type {
  ClientArgument,
  DryRunData,
  ErrorData,
  Header,
  NativeClient,
  NativeEvents,
  NativeHistory,
  NativeLink,
  NativeList,
  NativeOverview,
  NativeSandbox,
  NativeSecret,
  Outcome,
  PeriodData,
  PreparedCall,
  SessionColumns,
  TextColumn,
} from '../native/binding';

/** The platform's names as the packages with the addon carry them, the likeliest first. */
function triples(): string[] {
  const { platform, arch } = process;
  // Package managers install the one that fits the C library; asking Node which that is would take longer.
  if (platform === 'linux') return [`linux-${arch}-gnu`, `linux-${arch}-musl`];
  return [platform === 'win32' ? `win32-${arch}-msvc` : `${platform}-${arch}`];
}

function load(): typeof Binding {
  const names = triples();
  const built = names
    .map((name) => join(__dirname, '..', 'native', `crankwheel.${name}.node`))
    .filter(existsSync);
  let cause: unknown;
  for (const candidate of [...built, ...names.map((name) => `crankwheel-${name}`)]) {
    try {
      return require(candidate);
    } catch (error) {
      // Why the likeliest one did not load says more than that another one is not there.
      cause ??= error;
    }
  }
  throw new Error(
    `the optional package crankwheel-${names[0]} is missing or could not be loaded; install crankwheel again without ` +
      '--omit=optional, on the platform that the program runs on',
    { cause },
  );
}

export const native: typeof Binding = load();
