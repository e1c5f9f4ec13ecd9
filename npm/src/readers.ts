// Reads the fields of a model from raw JSON that `JSON.parse` has parsed. The core has checked the response: here a
// value only gets its type. `undefined` stands for a field that is missing or has an unexpected type.

import { native } from './native';

/** The members of an object of raw JSON. */
export type Members = Readonly<Record<string, unknown>>;

/** Thrown if the raw JSON has a number that `JSON.parse` rounds: the exact form is needed. */
const INEXACT = new Error('the raw JSON has a number that JavaScript cannot hold');

/** Escapes of surrogates. The core does not read half of a pair as a character. */
const SURROGATE = /\\u[dD]/;

/** True while an exact form is read, whose large integers are lists with their digits. */
let exact = false;

/** Reads a model from raw JSON, or from its exact form if `JSON.parse` reads it in another way than the core. */
export function readExactly<T>(kind: string, json: string, create: (members: Members) => T): T {
  if (!json.includes('\\u') || !SURROGATE.test(json)) {
    try {
      return create(JSON.parse(json) as Members);
    } catch (error) {
      if (error !== INEXACT) throw error;
    }
  }
  return readExactForm(native.exactJson(kind, json), create);
}

/** Reads a model from its exact form. */
export function readExactForm<T>(json: string, create: (members: Members) => T): T {
  exact = true;
  try {
    return create(JSON.parse(json) as Members);
  } finally {
    exact = false;
  }
}

/** Returns the value of a field that has two names: of the other name, if the own one has none. */
export function either(own: unknown, other: unknown): unknown {
  return own ?? (other === undefined ? own : other);
}

/** Reads a string. */
export function string(value: unknown): string | null | undefined {
  return typeof value === 'string' || value === null ? value : undefined;
}

/** Reads a boolean. */
export function boolean(value: unknown): boolean | null | undefined {
  return typeof value === 'boolean' || value === null ? value : undefined;
}

/** Reads an integer: a bigint, if a number cannot hold it. */
export function integer(value: unknown): number | null | undefined {
  if (Number.isSafeInteger(value)) return (value as number) + 0; // Not -0, which is another value.
  if (value === null) return null;
  if (exact && Array.isArray(value)) return BigInt(value[0]) as unknown as number;
  if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER) throw INEXACT;
  return undefined;
}

/** Reads an id: an integer, or its digits as a string. */
export function id(value: unknown): number {
  if (typeof value !== 'string') return integer(value) as number;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : (BigInt(value) as unknown as number);
}

/** Reads a timestamp. */
export function time(value: unknown): Date | null | undefined {
  if (typeof value !== 'string') return value === null ? null : undefined;
  const milliseconds = usual(value) ?? native.timestamp(value);
  return typeof milliseconds === 'number' ? new Date(milliseconds) : undefined;
}

/** Reads the members of a part; none if it is not an object. */
export function members(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads a timestamp in the form that the API usually sends, such as `2020-04-23T09:56:02.000001Z`, with up to six digits
 * and with or without the `Z`. Other forms are left to the core.
 */
function usual(text: string): number | undefined {
  const last = text.length - 1;
  const end = text.charCodeAt(last) === 90 ? last : last + 1;
  if (end < 19 || end > 26 || end === 20) return undefined;
  if (text[4] !== '-' || text[7] !== '-' || text[10] !== 'T' || text[13] !== ':' || text[16] !== ':')
    return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const [hour, minute, second] = [digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2)];
  // Fractions of milliseconds are cut off, which goes down only after 1970.
  const isUsual =
    year >= 1970 && month >= 1 && month <= 12 && day >= 1 && hour < 24 && minute < 60 && second < 60;
  if (!isUsual || hour < 0 || minute < 0 || second < 0) return undefined;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day > (DAYS[month - 1] as number) + (leap ? 1 : 0)) return undefined;
  let fraction = 0;
  if (end > 19) {
    if (text[19] !== '.') return undefined;
    const count = end - 20;
    fraction = digits(text, 20, count);
    if (fraction < 0) return undefined;
    fraction = count < 3 ? fraction * 10 ** (3 - count) : Math.floor(fraction / 10 ** (count - 3));
  }
  return Date.UTC(year, month - 1, day, hour, minute, second, fraction);
}

/** Returns the number that digits stand for; a negative number if there are other characters. */
function digits(text: string, start: number, count: number): number {
  let number = 0;
  for (let index = start; index < start + count; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = number * 10 + digit;
  }
  return number;
}
