// Options of a client, checked and converted for the native side.

import { describe } from './describe';
import { invalidOption } from './errors';
import type { native } from './native';
import { type ApiKeyFunction, type CrankWheelOptions, OPTION_TYPES } from './options';

type NativeOptions = Parameters<typeof native.NativeClient.create>[0];

/** Returns the options as the native side takes them, and the function that returns the key, if there is one. */
export function nativeOptions(options: CrankWheelOptions): [NativeOptions, ApiKeyFunction | undefined] {
  if (typeof options !== 'object' || options === null) {
    throw invalidOption('options: must be an object, as in new CrankWheel({ apiKey: … })');
  }
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    const types = OPTION_TYPES[name as keyof CrankWheelOptions];
    if (types === undefined) {
      throw invalidOption(
        `${name}: unknown option; valid options are ${Object.keys(OPTION_TYPES).join(', ')}`,
      );
    }
    if (value === undefined) continue;
    if (!types.includes(typeof value)) {
      throw invalidOption(`${name}: must be a ${types.join(' or a ')}, got ${describe(value)}`);
    }
    // Functions (a key that rotates, hooks) are called on this side.
    if (typeof value !== 'function') out[name] = value;
  }
  const key = options.apiKey;
  if (typeof key !== 'function') return [out as NativeOptions, undefined];
  out.keyPerCall = true;
  return [out as NativeOptions, key];
}
