// Says why the addon could not be loaded, and what to do about it.

import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PLATFORMS } from './addons';

/** The reason why the addon could not be loaded: the `code` of the error. */
export type AddonErrorCode =
  | 'ERR_ADDON_BLOCKED'
  | 'ERR_ADDON_NOT_INSTALLED'
  | 'ERR_ADDON_NOT_LOADABLE'
  | 'ERR_ADDON_VERSION'
  | 'ERR_ADDON_WRONG_PLATFORM';

const BUNDLERS = 'the section "Bundlers" of the README';
const HERE = `${process.platform}-${process.arch}`;

/** Returns the error for these failed attempts to require the addon. */
export function notLoaded(attempts: readonly unknown[]): Error {
  const failure = attempts.find((error) => !isMissing(error));
  if (failure !== undefined) return blocked(failure) ?? notLoadable(failure);
  const cause = attempts.at(-1);
  const packages = PLATFORMS[HERE];
  if (packages === undefined) {
    const supported = Object.values(PLATFORMS).flat().join(', ');
    return addonError(
      'ERR_ADDON_WRONG_PLATFORM',
      `crankwheel: there is no addon for ${HERE}; supported platforms are ${supported}`,
      cause,
    );
  }
  const needed = packages[packages.length > 1 && libc() === 'musl' ? 1 : 0];
  const others = installed().filter((name) => !packages.some((suffix) => name === `crankwheel-${suffix}`));
  if (others.length > 0) {
    return addonError(
      'ERR_ADDON_WRONG_PLATFORM',
      `crankwheel: the addon for this platform is not installed (crankwheel-${needed}), found ${others.join(', ')}; install again on the ` +
        'platform that the program runs on, or for it (`npm install --os=… --cpu=… --libc=…`)',
      cause,
    );
  }
  return addonError(
    'ERR_ADDON_NOT_INSTALLED',
    `crankwheel: the addon is not installed (the optional package crankwheel-${needed}); install crankwheel ` +
      `again without --omit=optional. If a bundler made this program, see ${BUNDLERS}`,
    cause,
  );
}

/** Returns the error for an addon that `CRANKWHEEL_ADDON` names and that could not be loaded. */
export function notLoadedFrom(path: string, failure: unknown): Error {
  return (
    blocked(failure) ??
    addonError(
      'ERR_ADDON_NOT_LOADABLE',
      `CRANKWHEEL_ADDON: must be the path of crankwheel's addon for this platform, got ${JSON.stringify(path)} ` +
        `(${messageOf(failure)}); use the .node file of the package crankwheel-${PLATFORMS[HERE]?.[0] ?? HERE}`,
      failure,
    )
  );
}

/** Returns the error for an addon of another version than the package. */
export function otherVersion(expected: string, found: string): Error {
  return addonError(
    'ERR_ADDON_VERSION',
    `crankwheel: the addon must be of the package's version ${expected}, got ${found}; install crankwheel again, ` +
      'and build or bundle the program again',
  );
}

function blocked(failure: unknown): Error | undefined {
  const code = codeOf(failure);
  const denied = ['NotCapable', 'PermissionDenied'].includes((failure as Error | undefined)?.name ?? '');
  if (code !== 'ERR_DLOPEN_DISABLED' && code !== 'ERR_ACCESS_DENIED' && !denied) return undefined;
  const cure = denied
    ? 'run Deno with --allow-ffi, --allow-read and --allow-env'
    : code === 'ERR_ACCESS_DENIED'
      ? `run Node with --allow-addons and --allow-fs-read=${join(__dirname, '..')}`
      : 'run Node without --no-addons, and with --allow-addons if you use --permission';
  return addonError(
    'ERR_ADDON_BLOCKED',
    `crankwheel: this process may not load the addon (${messageOf(failure)}); ${cure}`,
    failure,
  );
}

function notLoadable(failure: unknown): Error {
  const reason = messageOf(failure);
  const install = 'install crankwheel again on the platform that the program runs on';
  // Messages of the loaders of Linux (of musl and glibc), macOS and Windows.
  if (/libc\.musl|ld-linux|GLIBC_|symbol not found|Error relocating/.test(reason)) {
    return addonError(
      'ERR_ADDON_WRONG_PLATFORM',
      `crankwheel: the addon is for another C library, or another version of it, than this system's ` +
        `${libc()} (${reason}); ${install}`,
      failure,
    );
  }
  if (/invalid ELF|wrong ELF|Exec format|mach-o|incompatible arch|not a valid Win32/i.test(reason)) {
    return addonError(
      'ERR_ADDON_WRONG_PLATFORM',
      `crankwheel: the addon is for another platform than ${HERE} (${reason}); ${install}`,
      failure,
    );
  }
  return addonError(
    'ERR_ADDON_NOT_LOADABLE',
    `crankwheel: the addon could not be loaded (${reason}); ${install}`,
    failure,
  );
}

/** Returns true for an attempt that found no file. A bundle has other errors for that than `require` itself. */
function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return ['MODULE_NOT_FOUND', 'ERR_UNKNOWN_BUILTIN_MODULE'].includes(code);
  return /Cannot find (module|package)|Dynamic require|No such built-in module/.test(messageOf(error));
}

/** Returns the names of the installed packages with addons. */
function installed(): string[] {
  const known = Object.values(PLATFORMS).flatMap((names) => names.map((name) => `crankwheel-${name}`));
  try {
    return readdirSync(dirname(dirname(__dirname))).filter((name) => known.includes(name));
  } catch {
    return [];
  }
}

/** Returns the C library of a Linux system. Slow: only for messages. */
function libc(): 'glibc' | 'musl' {
  try {
    const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
    return header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
  } catch {
    return 'glibc';
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0] ?? message;
}

function addonError(code: AddonErrorCode, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, cause === undefined ? undefined : { cause }), { code });
}
