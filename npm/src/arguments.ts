// Checks the arguments of operations and converts them for the native side; objects become JSON text.

import { isArray, isRevoked, memberOf, members, named } from './check';
import { describe } from './describe';
import { invalidArgument, makeError } from './errors';
import type { ClientFields } from './fields';
import { jsonText } from './json-text';
import { Model } from './model';
import type { Client, Plan } from './models';
import { type ClientArgument, native } from './native';

/** A client: its id as a number, bigint or string of digits, or a `Client`. */
export type ClientLike = number | bigint | string | Client | { readonly id: number; readonly sname: string };

/** A plan: its API name, or a `Plan`. */
export type PlanLike = string | Plan | { readonly apiName: string };

/** Converts a client argument. The native side refuses strings and numbers that are not an id. */
export function clientArgument(client: ClientLike, name = 'client'): ClientArgument {
  if (typeof client === 'number' && Number.isInteger(client) && !Number.isSafeInteger(client)) {
    throw invalidArgument(
      name,
      `must be an exact id, got ${client}, which is rounded; pass a bigint or a string`,
    );
  }
  if (['number', 'bigint', 'string'].includes(typeof client)) return { id: text(name, String(client)) };
  if (typeof client === 'object' && client !== null && !isRevoked(client)) {
    // A client that was spread, or comes from JSON or from another copy of this package, is not an instance.
    const { id, sname } = client as { id?: unknown; sname?: unknown };
    const isId = ['number', 'bigint', 'string'].includes(typeof id);
    if (isId && typeof sname === 'string') {
      if (client instanceof Model) return { id: String(id), json: client.wireText };
      return clientArgument(id as number, name);
    }
    if (isId) {
      throw invalidArgument(name, 'must be an id or a Client, got another object; pass client.id');
    }
  }
  throw makeError(native.refuseClient(name, describe(client)));
}

/** Returns the API name of a plan. */
export function planArgument(plan: PlanLike): string {
  if (typeof plan === 'string') return text('plan', plan);
  const name = memberOf(plan, 'apiName') ?? memberOf(plan, 'api_name');
  if (typeof name === 'string') return text('plan', name);
  throw invalidArgument('plan', `must be the API name of a plan, or a Plan, got ${describe(plan)}`);
}

/** Returns a string, and refuses everything else. */
export function text(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalidArgument(name, `must be a string, got ${describe(value)}`);
  // Half of a pair would be replaced on the way to the native side.
  if (/\p{Surrogate}/u.test(value)) {
    throw invalidArgument(name, 'must be valid Unicode, got a string with half of a surrogate pair');
  }
  return value;
}

/** Returns an integer, and refuses everything else. */
export function integer(name: string, value: unknown): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw invalidArgument(name, `must be an integer, got ${describe(value)}`);
}

/** Returns a boolean, and refuses everything else. */
export function boolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalidArgument(name, `must be true or false, got ${describe(value)}`);
}

/** Converts an argument that can be left out. */
export function optional<T, R>(value: T | null | undefined, convert: (value: T) => R): R | undefined {
  return value === undefined || value === null ? undefined : convert(value);
}

/** Converts the fields of a client to JSON text, with the names that they have in this package. */
export function clientFields(fields: ClientFields): string {
  const given = members('fields', fields, invalidArgument);
  for (const name of ['settings', 'extra']) {
    const value = given[name];
    // Copied, because `toJSON` of a model returns the raw JSON, with the API's names. The core refuses other types.
    if (typeof value === 'object' && value !== null && !isArray(value)) {
      given[name] = members(name, value, invalidArgument);
    }
  }
  return jsonText('fields', given);
}

/** Checks the options of a method: an object with no other names than these. */
export function methodOptions<T extends object>(
  given: T | undefined | null,
  names: readonly string[],
): Partial<T> {
  return named('options', given, names, invalidArgument);
}
