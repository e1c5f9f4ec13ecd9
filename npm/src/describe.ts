// Values as error messages show them.

/** Describes a value. A string is not shown: in the wrong place, it may be a key. */
export function describe(value: unknown): string {
  try {
    return described(value);
  } catch {
    // A revoked proxy, or a proxy whose functions throw.
    return `a value of the type ${typeof value}`;
  }
}

function described(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : 'a Date';
  if (typeof value === 'object' && value !== null) {
    // The name of a built-in type says what is wrong: a Map, a Promise, an AbortSignal.
    const [, tag = 'Object'] = /^\[object (\w+)\]$/.exec(Object.prototype.toString.call(value)) ?? [];
    return tag === 'Object' ? 'an object' : `${/^[AEIO]/.test(tag) ? 'an' : 'a'} ${tag}`;
  }
  if (['function', 'string', 'symbol'].includes(typeof value)) return `a ${typeof value}`;
  const text = String(value);
  return text.length > 100 ? `${text.slice(0, 100)}… (${text.length} characters)` : text;
}
