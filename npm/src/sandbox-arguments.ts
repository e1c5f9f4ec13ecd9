// The arguments of the sandbox's methods. Each is checked before the native side reads it, and an error names it.

import { isArray, isDate, isRevoked, memberOf, members, typeError, unknown } from './check';
import { describe } from './describe';

/** A duration: milliseconds, or the sum of the given units. */
export type Duration =
  | number
  | Partial<Record<'days' | 'hours' | 'minutes' | 'seconds' | 'milliseconds', number | undefined>>;

/** The length of each unit in milliseconds. */
const UNITS = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1_000, milliseconds: 1 };
/** The longest duration that JavaScript counts exactly. */
const LONGEST = Number.MAX_SAFE_INTEGER;

function refuse(name: string, expected: string, value: unknown): TypeError {
  return new TypeError(`${name}: must be ${expected}, got ${describe(value)}`);
}

/** Takes a string. */
export function text(name: string, value: unknown): string {
  if (typeof value !== 'string') throw refuse(name, 'a string', value);
  if (/\p{Surrogate}/u.test(value)) throw refuse(name, 'a string without lone surrogates', value);
  return value;
}

/** Takes a boolean. */
export function flag(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw refuse(name, 'a boolean', value);
  return value;
}

/** Takes an integer within these bounds. */
export function integer(name: string, value: unknown, least: number, most: number): number {
  if (typeof value !== 'number') throw refuse(name, `an integer between ${least} and ${most}`, value);
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    throw new RangeError(`${name}: must be an integer between ${least} and ${most}, got ${value}`);
  }
  return value;
}

/** Takes a client: its id, a string of digits, or an object with an `id`. */
export function clientId(client: unknown): number {
  const id = typeof client === 'object' ? memberOf(client, 'id') : client;
  const number = typeof id === 'string' && /^\d+$/.test(id) ? Number(id) : id;
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  throw refuse('client', 'an id, a string of digits, or a client with such an id', client);
}

/** Takes a plan: its API name, or an object with an `apiName`. */
export function planName(name: string, plan: unknown): string {
  const found = typeof plan === 'object' ? memberOf(plan, 'apiName') : plan;
  if (typeof found !== 'string') throw refuse(name, 'the API name of a plan, or a plan', plan);
  return text(name, found);
}

/** Takes a time, and returns it as an RFC 3339 string. The native side refuses other strings. */
export function moment(name: string, time: unknown): string {
  if (isDate(time)) return time.toISOString();
  if (typeof time === 'string') return text(name, time);
  throw refuse(name, 'a Date, or an RFC 3339 time such as 2019-03-01T12:00:00Z', time);
}

/** Takes a duration, and returns it in whole milliseconds. */
export function milliseconds(name: string, duration: unknown): number {
  if (typeof duration === 'number') return inRange(name, duration);
  if (typeof duration !== 'object' || duration === null) {
    throw refuse(
      name,
      `a number of milliseconds, or an object with ${Object.keys(UNITS).join(', ')}`,
      duration,
    );
  }
  let sum = 0;
  for (const [unit, value] of Object.entries(members(name, duration, typeError))) {
    const length = Object.hasOwn(UNITS, unit) ? UNITS[unit as keyof typeof UNITS] : undefined;
    if (length === undefined) {
      throw typeError(unit, unknown(unit, Object.keys(UNITS)));
    }
    if (value === undefined) continue;
    if (typeof value !== 'number') throw refuse(unit, 'a number', value);
    sum += inRange(unit, value * length, value);
  }
  return inRange(name, sum);
}

function inRange(name: string, length: number, given = length): number {
  if (Math.abs(length) <= LONGEST) return Math.round(length);
  throw new RangeError(`${name}: must be a number of at most ${LONGEST} milliseconds, got ${given}`);
}

/** Takes response headers. */
export function headerPairs(name: string, headers: unknown): [string, string][] {
  const expected = 'an object whose values are strings';
  if (typeof headers !== 'object' || headers === null || isRevoked(headers) || isArray(headers)) {
    throw refuse(name, expected, headers);
  }
  // `Headers` and `Map` are their own lists of pairs.
  const isList = Symbol.iterator in headers;
  const pairs = isList
    ? [...(headers as Iterable<unknown>)]
    : Object.entries(members(name, headers, typeError));
  return pairs.map((pair) => {
    const [key, value] = Array.isArray(pair) ? pair : [undefined, pair];
    if (typeof key !== 'string' || typeof value !== 'string') {
      throw refuse(typeof key === 'string' ? `${name}.${key}` : name, 'a string', value);
    }
    return [key, value];
  });
}

/**
 * Calls the native side. Its errors have the names of the control path: they are spelled as here, and thrown as
 * ordinary errors.
 */
export function inWords<T>(call: () => T, names: Readonly<Record<string, string>> = {}): T {
  try {
    return call();
  } catch (error) {
    const refused = new Error(spelled((error as Error).message, names));
    Error.captureStackTrace?.(refused, inWords);
    throw refused;
  }
}

/** Spells the names in a message of the sandbox as JavaScript does: before a colon, and in lists of valid ones. */
export function spelled(message: string, names: Readonly<Record<string, string>> = {}): string {
  const camel = (text: string) => text.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
  return message
    .replace(/^(\[\d+\]\.)?([a-z0-9_.]+)(?=: )/gm, (_, at = '', name) => `${at}${names[name] ?? camel(name)}`)
    .replace(/(?<=valid (?:fields|options) are )[a-z0-9_, ]+/g, camel);
}
