// Loads the native addon: the one built in this checkout if there is one, else the package for this platform.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type * as Binding from '../native/binding';

export type {
  ClientArgument,
  ErrorData,
  Header,
  NativeClient,
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

/** The platform's name as the packages with the addon carry it. */
function triple(): string {
  const { platform, arch } = process;
  if (platform === 'linux') return `linux-${arch}-${usesMusl() ? 'musl' : 'gnu'}`;
  return platform === 'win32' ? `win32-${arch}-msvc` : `${platform}-${arch}`;
}

function usesMusl(): boolean {
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  return report?.header !== undefined && report.header.glibcVersionRuntime === undefined;
}

function load(): typeof Binding {
  const name = triple();
  const built = join(__dirname, '..', 'native', `crankwheel.${name}.node`);
  if (existsSync(built)) return require(built);
  try {
    return require(`crankwheel-${name}`);
  } catch (cause) {
    throw new Error(
      `crankwheel has no native part for ${name} here: the optional package crankwheel-${name} is not installed. ` +
        'Install again without --no-optional (or --omit=optional), on the platform that the program runs on.',
      { cause },
    );
  }
}

export const native: typeof Binding = load();
