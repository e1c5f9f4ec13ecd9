// Loads the native addon: the file that the environment variable `CRANKWHEEL_ADDON` names, else the one that
// `addons.ts` finds.

import { resolve } from 'node:path';
import { startupSnapshot } from 'node:v8';
import type * as Binding from '../native/binding';
import { notLoaded, notLoadedFrom, otherVersion } from './addon-errors';
import { requireAddon } from './addons';
import { VERSION } from './version';

export type {
  CallResult,
  ClientArgument,
  DryRunData,
  ErrorData,
  Header,
  NativeClient,
  NativeEvents,
  NativeHistory,
  NativeKeys,
  NativeLink,
  NativeList,
  NativeOverview,
  NativeQueue,
  NativeSandbox,
  NativeSecret,
  NativeTable,
  PeriodData,
  SessionBlock,
  Started,
} from '../native/binding';

type Addon = typeof Binding;

function load(): Addon {
  const path = process.env.CRANKWHEEL_ADDON;
  const addon = path ? open(path) : find();
  const version = addon.version();
  if (version !== VERSION) throw otherVersion(VERSION, version);
  return addon;
}

/** Opens the addon without `require`, which finds no files in a single executable or a start-up snapshot. */
function open(path: string): Addon {
  const module = { exports: {} };
  try {
    process.dlopen(module, resolve(path));
  } catch (error) {
    throw notLoadedFrom(path, error);
  }
  const addon = module.exports as Addon;
  if (typeof addon.version !== 'function') throw notLoadedFrom(path, 'it is another addon');
  return addon;
}

function find(): Addon {
  const errors: unknown[] = [];
  const addon = requireAddon((error) => errors.push(error));
  if (addon === undefined) throw notLoaded(errors);
  return addon as Addon;
}

/** Loads the addon at its first use: a start-up snapshot cannot contain it. */
function loadLater(): Addon {
  let addon: Addon | undefined;
  return new Proxy({} as Addon, {
    get(_, name) {
      addon ??= load();
      return Reflect.get(addon, name);
    },
  });
}

/** The native addon. */
// Other runtimes than Node lack `startupSnapshot`.
export const native: Addon = startupSnapshot?.isBuildingSnapshot?.() ? loadLater() : load();
