// Loads the native addon: the one built in this checkout if there is one, else the package for this platform.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type * as Binding from '../native/binding';

export type {
  CallResult,
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
  PeriodData,
  PreparedCall,
  SessionColumns,
  TextColumn,
} from '../native/binding';

/** Returns the names of this platform in the packages with the addon, the likeliest first. */
function triples(): string[] {
  const { platform, arch } = process;
  // Package managers install the package that fits the C library; detecting the C library would take longer.
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
      // The reason for the likeliest one is more useful than that another one is missing.
      cause ??= error;
    }
  }
  throw new Error(
    `the optional package crankwheel-${names[0]} is missing or could not be loaded; install crankwheel again without ` +
      '--omit=optional, on the platform that the program runs on',
    { cause },
  );
}

/** The native addon. */
export const native: typeof Binding = load();
