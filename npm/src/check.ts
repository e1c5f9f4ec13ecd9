// Checks objects with named members: the options of methods, of a client and of the sandbox, and the attributes of errors.

import { describe } from './describe';

/** Returns the error for an argument or a member that is not valid. */
export type Refuse = (name: string, problem: string) => Error;

/** Refuses with a `TypeError`, where no request is involved. */
export const typeError: Refuse = (name, problem) => new TypeError(`${name}: ${problem}`);

/** Names that other libraries use. */
const ALIASES: Readonly<Record<string, string>> = {
  abortsignal: 'signal',
  base: 'baseUrl',
  data: 'json',
  endpoint: 'baseUrl',
  key: 'apiKey',
  params: 'query',
  retries: 'maxRetries',
  statuscode: 'status',
  token: 'apiKey',
  tz: 'timeZone',
  zone: 'timeZone',
};

/** Returns the members of an object by their names. Refuses values of other types, which have no members to read. */
export function members(what: string, given: unknown, refuse: Refuse): Record<string, unknown> {
  const tag = tagOf(given);
  const found: Record<string, unknown> = {};
  if (typeof given === 'object' && given !== null && tag === '[object Object]') {
    // Inherited ones, too: options can be based on a common object.
    for (const name in given) found[name] = (given as Record<string, unknown>)[name];
    const parent = Object.getPrototypeOf(given);
    const plain = parent === null || Object.getPrototypeOf(parent) === null;
    if (plain || Object.keys(found).length > 0) return found;
  }
  throw refuse(what, `must be an object with named members, got ${describe(given)}`);
}

/** Returns true for a proxy that was revoked: every use of it throws an error of the engine. */
export function isRevoked(value: unknown): boolean {
  try {
    Array.isArray(value);
    return false;
  } catch {
    return true;
  }
}

/** Returns a member of an object; undefined if `value` is not an object, or a revoked proxy. */
export function memberOf(value: unknown, name: PropertyKey): unknown {
  const isObject = typeof value === 'object' && value !== null && !isRevoked(value);
  return isObject ? (value as Record<PropertyKey, unknown>)[name] : undefined;
}

/** Returns true for an array; false for a revoked proxy, too. */
export function isArray(value: unknown): value is unknown[] {
  return !isRevoked(value) && Array.isArray(value);
}

/** Returns true for a `Date` with a time. */
export function isDate(value: unknown): value is Date {
  return !isRevoked(value) && value instanceof Date && !Number.isNaN(value.getTime());
}

/** Returns the name of a built-in type, as in `[object Map]`; of a revoked proxy there is none. */
export function tagOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value);
  } catch {
    return '';
  }
}

/** Returns the members of an optional object that have a value. Refuses names that are not in `names`. */
export function named<T extends object>(
  what: string,
  given: T | null | undefined,
  names: readonly string[],
  refuse: Refuse,
): Partial<T> {
  if (given === undefined || given === null) return {};
  const found = members(what, given, refuse);
  for (const [name, value] of Object.entries(found)) {
    if (!names.includes(name)) throw refuse(name, unknown(name, names));
    if (value === undefined) delete found[name];
  }
  return found as Partial<T>;
}

/** Returns the problem of an unknown name. */
export function unknown(name: string, names: readonly string[]): string {
  const valid = `alid options are ${names.join(', ')}`;
  const meant = similar(name, names);
  return meant === undefined
    ? `unknown option; v${valid}`
    : `unknown option; did you mean \`${meant}\`? V${valid}`;
}

/** Types of members as `typeof` names them, and in addition `integer` (0 or more) and `any`. */
export type MemberType = 'string' | 'boolean' | 'number' | 'integer' | 'function' | 'object' | 'any';

/** Refuses members that do not have one of the types of their name. */
export function checkTypes(
  found: object,
  types: Readonly<Record<string, readonly MemberType[]>>,
  refuse: Refuse,
): void {
  for (const [name, value] of Object.entries(found)) {
    const allowed = types[name] ?? [];
    const fits = allowed.some((type) =>
      type === 'integer' ? Number.isSafeInteger(value) && value >= 0 : type === 'any' || isA(type, value),
    );
    const words = allowed.map((type) => (type === 'integer' ? 'an integer of 0 or more' : article(type)));
    if (!fits) throw refuse(name, `must be ${words.join(' or ')}, got ${describe(value)}`);
  }
}

function isA(type: MemberType, value: unknown): boolean {
  if (type === 'object') return typeof value === 'object' && tagOf(value) === '[object Object]';
  return typeof value === type && !Number.isNaN(value);
}

function article(type: MemberType): string {
  return type === 'object' ? 'an object' : `a ${type}`;
}

/** Returns the valid name that a misspelt one was probably meant to be. */
function similar(name: string, names: readonly string[]): string | undefined {
  const plain = (text: string) => text.replace(/[_-]/g, '').toLowerCase();
  const given = plain(name);
  const alias = ALIASES[given];
  if (alias !== undefined && names.includes(alias)) return alias;
  const limit = given.length < 4 ? 1 : 2;
  const ranked = names
    .map((valid) => ({ valid, distance: distance(given, plain(valid), limit) }))
    .filter((one) => one.distance <= limit)
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.valid;
}

/** Returns the number of edits between two words, or more than `limit` if there are more. */
function distance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) > limit) return limit + 1;
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
