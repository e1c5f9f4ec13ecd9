// The parts of errors and responses that the native side returns in another form.

import type { Header } from './native';

/** Defines the properties that have a value, read-only and enumerable. */
export function show(target: object, values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null)
      Object.defineProperty(target, name, { value, enumerable: true });
  }
}

/**
 * Returns the cause of an error as a structured log needs it. One behind a getter is not shown: it may quote the key.
 */
export function causeJson(error: Error): unknown {
  const cause: unknown = Object.getOwnPropertyDescriptor(error, 'cause')?.value;
  if (!(cause instanceof Error)) return cause;
  const { name, message, code } = cause as { name: string; message: string; code?: unknown };
  return { name, message, ...(code !== undefined && { code }) };
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
