// The data of an error from the native side, as the constructor of its class needs it.

import type { ErrorData, Header } from './native';
import { OPTION_TYPES } from './options';

/** Options that messages of the core name, as they are called here. */
const NAMES = new Map(
  [...Object.keys(OPTION_TYPES), 'createIn'].map((name) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    name,
  ]),
);

/** Returns the message, with names as they are spelled here. */
export function message(data: ErrorData): string {
  return data.message.replace(/`([a-z_]+)`|\bget_or_create\b/g, (_, option?: string) =>
    option === undefined ? 'getOrCreate' : `\`${NAMES.get(option) ?? option}\``,
  );
}

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
