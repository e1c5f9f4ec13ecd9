// The data of an error from the native side, as the constructor of its class needs it.

import type { Header } from './native';

/** Returns the option `cause` of the constructor of `Error`, if there is a cause. */
export function cause(messages: string[]): [] | [{ cause: Error }] {
  const [first, ...rest] = messages;
  return first === undefined ? [] : [{ cause: new Error(first, ...cause(rest)) }];
}

/** Defines the properties that have a value, read-only and enumerable. */
export function show(target: object, values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null)
      Object.defineProperty(target, name, { value, enumerable: true });
  }
}

/** Returns headers as an object; a header that came more than once has its values joined. */
export function headerRecord(headers: Header[]): Record<string, string> {
  const record = new Map<string, string>();
  for (const { name, value } of headers) {
    const before = record.get(name);
    record.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(record);
}
