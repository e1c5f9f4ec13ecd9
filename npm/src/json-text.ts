// JSON text of the caller's values. What JSON would silently change or leave out is refused.

import { isArray, isRevoked, memberOf, type Refuse, tagOf } from './check';
import { describe } from './describe';
import { invalidArgument } from './errors';

/** The deepest nesting that is sent. */
const MOST_LEVELS = 100;

/**
 * Converts a value to JSON text.
 *
 * @param name The argument.
 * @param value Its value.
 * @param refuse Returns the error.
 * @param root The argument in the path to a part of it; empty if its members are arguments themselves.
 */
export function jsonText(
  name: string,
  value: unknown,
  refuse: Refuse = invalidArgument,
  root: string = name === 'fields' ? '' : name,
): string {
  // Where each object is, so that a message can name what is inside it.
  const paths = new Map<unknown, string>();
  const check = function (this: Record<string, unknown>, key: string, encoded: unknown): unknown {
    const given = this[key];
    const inside = paths.get(this);
    const item = inside !== undefined && Array.isArray(this);
    const path = inside === undefined ? root : item ? `${inside}[${key}]` : inside ? `${inside}.${key}` : key;
    if (isLost(given) || (given === undefined && item)) {
      throw refuse(path || name, `must be a value that JSON can hold, got ${describe(given)}`);
    }
    if (halfPair(key) || (typeof given === 'string' && halfPair(given))) {
      throw refuse(
        halfPair(key) ? name : path || name,
        'must be valid Unicode, got a string with half of a surrogate pair',
      );
    }
    if (typeof encoded === 'object') paths.set(encoded, path);
    return encoded;
  };
  const lost = (what: string, path = name) => refuse(path, `must be a value that JSON can hold, got ${what}`);
  let text: string | undefined;
  try {
    const problem = unreadable(value, root);
    if (problem !== undefined) throw lost(problem.what, problem.path || name);
    text = JSON.stringify(value, check);
  } catch (error) {
    // The stack of the engine is used up.
    throw error instanceof RangeError ? lost('an object that is nested too deeply') : error;
  }
  if (text === undefined) throw lost(describe(value));
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
  const tag = tagOf(value);
  return !['Object', 'Array', 'Boolean', 'Number', 'String'].some((name) => tag === `[object ${name}]`);
}

function halfPair(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

/** A part of a value that cannot be read to its end. */
interface Unreadable {
  readonly path: string;
  readonly what: string;
}

/** Returns the first part that cannot be read. Its path has at most two members. */
function unreadable(value: unknown, path: string, above = new Set<unknown>()): Unreadable | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isRevoked(value)) return { path, what: 'a revoked proxy' };
  if (typeof memberOf(value, 'toJSON') === 'function') return undefined;
  if (above.has(value)) return { path, what: 'an object that contains itself' };
  if (above.size >= MOST_LEVELS) {
    return { path, what: `an object that is nested more than ${MOST_LEVELS} levels deep` };
  }
  above.add(value);
  for (const [key, inner] of Object.entries(value)) {
    const own = isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key;
    const problem = unreadable(inner, above.size > 2 ? path : own, above);
    if (problem !== undefined) return problem;
  }
  above.delete(value);
  return undefined;
}
