// Options of a client, checked and converted for the native side.

import { checkTypes, members, unknown } from './check';
import { invalidOption } from './errors';
import { Keys } from './keys';
import type { native } from './native';
import { type ApiKeyFunction, type CrankWheelOptions, OPTION_TYPES } from './options';

type NativeOptions = Parameters<typeof native.NativeClient.create>[0];

const refuse = (name: string, problem: string) => invalidOption(`${name}: ${problem}`);

/** Returns the options as the native side takes them, and the function that returns the key, if there is one. */
export function nativeOptions(options: CrankWheelOptions): [NativeOptions, Keys | undefined] {
  const out = members('options', options, refuse);
  const names = Object.keys(OPTION_TYPES);
  for (const [name, value] of Object.entries(out)) {
    if (!names.includes(name)) throw refuse(name, unknown(name, names));
    if (value === undefined) delete out[name];
  }
  checkTypes(out, OPTION_TYPES, refuse);
  const { apiKey } = out;
  for (const [name, value] of Object.entries(out)) {
    // Functions (a key that rotates, hooks) are called on this side.
    if (typeof value === 'function') delete out[name];
  }
  return [
    out as NativeOptions,
    typeof apiKey === 'function' ? new Keys(apiKey as ApiKeyFunction) : undefined,
  ];
}
