// Checks the arguments of operations and converts them for the native side; objects become JSON text.

import { describe } from './describe';
import { invalidArgument, makeError } from './errors';
import type { ClientFields } from './fields';
import { Client, Plan } from './models';
import { type ClientArgument, native } from './native';

/** A client: its id as a number, bigint or string of digits, or a `Client`. */
export type ClientLike = number | bigint | string | Client;

/** A plan: its API name, or a `Plan`. */
export type PlanLike = string | Plan;

/** Converts a client argument. The native side refuses strings and numbers that are not an id. */
export function clientArgument(client: ClientLike): ClientArgument {
  if (client instanceof Client) return { id: String(client.id), json: client.wireText };
  if (!['number', 'bigint', 'string'].includes(typeof client)) {
    throw makeError(native.refuseClient(describe(client)));
  }
  return { id: String(client) };
}

/** Returns the API name of a plan. */
export function planArgument(plan: PlanLike): string {
  if (plan instanceof Plan) return plan.apiName;
  if (typeof plan === 'string') return plan;
  throw invalidArgument('plan', `must be the API name of a plan, or a Plan, got ${describe(plan)}`);
}

/** Returns a string, and refuses everything else. */
export function text(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw invalidArgument(name, `must be a string, got ${describe(value)}`);
}

/** Returns an integer, and refuses everything else. */
export function integer(name: string, value: unknown): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw invalidArgument(name, `must be an integer, got ${describe(value)}`);
}

/** Converts an argument that can be left out. */
export function optional<T, R>(value: T | null | undefined, convert: (value: T) => R): R | undefined {
  return value === undefined || value === null ? undefined : convert(value);
}

/** Converts the fields of a client to JSON text, with the names that they have in this package. */
export function clientFields(fields: ClientFields): string {
  if (typeof fields !== 'object' || fields === null) {
    throw invalidArgument('fields', `must be an object, got ${describe(fields)}`);
  }
  // Copied, because `toJSON` of a model returns the raw JSON, with the API's names.
  const { settings } = fields;
  const copied = typeof settings === 'object' && settings !== null ? { ...settings } : settings;
  return jsonText('fields', { ...fields, settings: copied });
}

/** Converts a value to JSON text. Refuses values that JSON would silently turn into null or leave out. */
export function jsonText(name: string, value: unknown): string {
  // Where each object is, so that a message can name what is inside it.
  const paths = new Map<unknown, string>();
  const check = function (this: Record<string, unknown>, key: string, encoded: unknown): unknown {
    const given = this[key];
    const inside = paths.get(this);
    const path = inside ? `${inside}${Array.isArray(this) ? `[${key}]` : `.${key}`}` : key;
    const lost =
      (typeof given === 'number' && !Number.isFinite(given)) ||
      (given instanceof Date && Number.isNaN(given.getTime())) ||
      ['bigint', 'function', 'symbol'].includes(typeof given);
    if (lost) {
      throw invalidArgument(path || name, `must be a value that JSON can hold, got ${describe(given)}`);
    }
    if (typeof encoded === 'object') paths.set(encoded, path);
    return encoded;
  };
  const text = JSON.stringify(value, check);
  if (text === undefined) throw invalidArgument(name, 'must be a value that JSON can hold, got undefined');
  return text;
}

/** Checks the options of a method: an object with no other names than these. */
export function methodOptions<T extends object>(
  given: T | undefined | null,
  names: readonly string[],
): Partial<T> {
  if (given === undefined || given === null) return {};
  if (typeof given !== 'object') {
    throw invalidArgument('options', `must be an object, got ${describe(given)}`);
  }
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) {
      throw invalidArgument(name, `unknown option; valid options are ${names.join(', ')}`);
    }
  }
  return given;
}
