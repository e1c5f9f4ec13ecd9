// Models and lists that tests create.

import { isArray, memberOf, members, typeError } from './check';
import { describe } from './describe';
import { CrankWheelError } from './error-classes';
import { unwrap } from './errors';
import { jsonText } from './json-text';
import { type ErrorData, native } from './native';
import { passOnWarnings } from './warnings';

/** Reads an object, or an array of objects, as a response. What is not valid is refused with a `TypeError`. */
export function read<T>(kind: string, json: unknown, parse: (text: string) => T | ErrorData): T {
  if (isArray(json)) for (const [index, row] of json.entries()) checkNames(kind, `[${index}]`, row);
  else if (/List$/.test(kind)) throw typeError('rows', `must be an array, got ${describe(json)}`);
  else checkNames(kind, 'json', json);
  try {
    const read = parse(jsonText('json', json));
    passOnWarnings(native.takeWarnings());
    return typeof read === 'string' ? read : unwrap(read as object as T & object);
  } catch (error) {
    if (!(error instanceof CrankWheelError)) throw error;
    throw new TypeError(`${kind}.fromJSON: ${error.message.replace(/; the response body begins.*$/s, '')}`);
  }
}

/** Creates an object of a class from raw JSON, by a function of the native side. */
export function create<C, R, T>(
  Class: C,
  json: unknown,
  parse: (kind: string, text: string) => R | ErrorData,
  decode: (Class: C) => (read: R) => T,
): T {
  const { kind } = Class as { kind: string };
  return decode(Class)(read(kind, json, (text) => parse(kind, text)));
}

/** Refuses the names of properties, which would become unknown members, and what lacks a required member. */
function checkNames(kind: string, what: string, json: unknown): void {
  // A model has the names of properties, and its raw JSON is read.
  if (typeof memberOf(json, 'toJSON') === 'function') return;
  const given = members(what, json, typeError);
  for (const { name, jsonName, nullable } of fieldsOf(kind.replace(/List$/, ''))) {
    if (name !== jsonName && name in given) {
      throw typeError(name, `not a name of the raw JSON; pass \`${jsonName}\``);
    }
    const value = given[jsonName];
    if (!nullable && (value === undefined || value === null)) {
      throw typeError(jsonName, `required in the raw JSON of ${kind}, got ${describe(value)}`);
    }
  }
  if (/^Client(List)?$/.test(kind)) checkNames('Settings', 'settings', given.settings);
}

type Schema = ReturnType<typeof native.schema>[number];

let schema: Map<string, Schema['fields']> | undefined;

/** Returns the fields of a model; none for tables, which the API documents in another way. */
function fieldsOf(kind: string): Schema['fields'] {
  schema ??= new Map(native.schema().map(({ name, fields }) => [name, fields]));
  return schema.get(kind) ?? [];
}

/** Returns the error of `new Client()`: objects come from the API, or from `fromJSON` in a test. */
export function notConstructed(name: string): TypeError {
  return new TypeError(
    `${name}: created by the operations of a client; in a test, use ${name}.fromJSON(…) with the raw JSON`,
  );
}
