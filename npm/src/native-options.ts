// Options of a client, checked and converted for the native side.

import { checkTypes, isArray, isRevoked, members, unknown } from './check';
import { describe } from './describe';
import { invalidOption } from './errors';
import { Keys } from './keys';
import type { native } from './native';
import { type ApiKeyFunction, type CrankWheelOptions, type HeadersOption, OPTION_TYPES } from './options';

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
  // Headers can also be a `Headers` or a `Map`.
  const { headers, ...others } = out;
  checkTypes(others, OPTION_TYPES, refuse);
  if (headers !== undefined) out.headers = headerChanges(headers as HeadersOption);
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

/** Returns headers as the native side takes them. No message shows a value, which can be a secret. */
function headerChanges(headers: HeadersOption): { name: string; value?: string }[] {
  const isList = !isRevoked(headers) && !isArray(headers) && typeof headers?.entries === 'function';
  const pairs: Iterable<readonly unknown[]> = isList
    ? (headers as Headers).entries()
    : Object.entries(members('headers', headers, refuse));
  return Array.from(pairs, ([name, value]) => {
    if (typeof name !== 'string') throw refuse('headers', `a name must be a string, got ${describe(name)}`);
    if (value === undefined || value === null) return { name };
    if (typeof value !== 'string')
      throw refuse('headers', `the value of "${name}" must be a string, got a value of type ${typeof value}`);
    return { name, value };
  });
}
