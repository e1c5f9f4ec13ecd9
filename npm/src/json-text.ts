// JSON text of the caller's values. What JSON would silently change or leave out is refused.

import { describe } from './describe';
import { invalidArgument } from './errors';

/** Converts a value to JSON text. */
export function jsonText(name: string, value: unknown): string {
  // Where each object is, so that a message can name what is inside it.
  const paths = new Map<unknown, string>();
  const check = function (this: Record<string, unknown>, key: string, encoded: unknown): unknown {
    const given = this[key];
    const inside = paths.get(this);
    const path = inside ? `${inside}${Array.isArray(this) ? `[${key}]` : `.${key}`}` : key;
    if (isLost(given) || (given === undefined && Array.isArray(this))) {
      throw invalidArgument(path || name, `must be a value that JSON can hold, got ${describe(given)}`);
    }
    if (halfPair(key) || (typeof given === 'string' && halfPair(given))) {
      throw invalidArgument(
        halfPair(key) ? name : path || name,
        'must be valid Unicode, got a string with half of a surrogate pair',
      );
    }
    if (typeof encoded === 'object') paths.set(encoded, path);
    return encoded;
  };
  const refuse = (what: string) => invalidArgument(name, `must be a value that JSON can hold, got ${what}`);
  let text: string | undefined;
  try {
    if (isCircular(value, new Set())) throw refuse('an object that contains itself');
    text = JSON.stringify(value, check);
  } catch (error) {
    // The stack of the engine is used up.
    throw error instanceof RangeError ? refuse('an object that is nested too deeply') : error;
  }
  if (text === undefined) throw refuse(describe(value));
  return text;
}

/** Returns true for values that become null, `{}` or nothing. */
function isLost(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  if (typeof value !== 'object' || value === null)
    return ['bigint', 'function', 'symbol'].includes(typeof value);
  if (value instanceof Date) return Number.isNaN(value.getTime());
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return false;
  // Built-in types such as Map, Set and Promise have no properties that JSON would show.
  const tag = Object.prototype.toString.call(value);
  return !['Object', 'Array', 'Boolean', 'Number', 'String'].some((name) => tag === `[object ${name}]`);
}

function halfPair(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

function isCircular(value: unknown, above: Set<unknown>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return false;
  if (above.has(value)) return true;
  above.add(value);
  const found = Object.values(value).some((inner) => isCircular(inner, above));
  above.delete(value);
  return found;
}
