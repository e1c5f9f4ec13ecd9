// What all models have in common: plain frozen objects, and the raw JSON that they came from.
//
// The native side checks a response; `JSON.parse` parses it again, and the constructors in `models.ts` read the fields.

import type { ClientBillingColumns, ClientBillingRow } from './columns';
import { describe } from './describe';
import { invalidArgument } from './errors';
import { create, notConstructed } from './factories';
import { inspectFields } from './inspect';
import { parseExact } from './json-exact';
import { List, lookUp, tableOf } from './list';
import { type NativeList, native } from './native';
import { type Members, members, readExactly } from './readers';
import { type Columns, type Row, type Table, table } from './table';

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Members of a response that this version does not know, by the API's own names. */
export type Extra = { [key: string]: Json };

/** The raw JSON of a model, or a function that returns it. */
export type Source = string | (() => string);

/** A class of models. Its constructor takes the parsed raw JSON or its exact form, and the raw JSON. */
export type ModelClass<T extends Model> = new (members: Members, source: Source) => T;

/** The raw JSON of the parts of a field, which is computed when that of the first part is read. */
function jsonOfParts(kind: string, source: Source, field: string): () => string[] {
  let found: string[] | undefined;
  return () => {
    found ??= native.jsonOfParts(kind, textOf(source), field);
    return found;
  };
}

/** Reads a part: the settings of a client. They are empty if the client has none. */
export function one<T extends Model>(
  Class: ModelClass<T>,
  value: unknown,
  kind: string,
  source: Source,
  field: string,
): T {
  return new Class(members(value), () => native.jsonOfParts(kind, textOf(source), field)[0] as string);
}

/** Reads a list of parts. */
export function list<T extends Model>(
  Class: ModelClass<T>,
  value: unknown,
  kind: string,
  source: Source,
  field: string,
): readonly T[] {
  const texts = jsonOfParts(kind, source, field);
  const items = Array.isArray(value) ? value : [];
  return Object.freeze(items.map((item, index) => new Class(item, () => texts()[index] as string)));
}

/** Reads parts by plan. The map has no prototype because a plan can have any name. */
export function map<T extends Model>(
  Class: ModelClass<T>,
  value: unknown,
  kind: string,
  source: Source,
  field: string,
): Readonly<Record<string, T>> {
  const texts = jsonOfParts(kind, source, field);
  const byName: Record<string, T> = Object.create(null);
  for (const [name, item] of Object.entries(members(value))) {
    // Each text comes after its name.
    const text = () => texts()[texts().findIndex((each, at) => at % 2 === 0 && each === name) + 1] as string;
    byName[name] = new Class(item as Members, text);
  }
  return Object.freeze(byName);
}

/** Defines `extra` if there are unknown members, and freezes the model. */
export function complete(model: Model, own: Members, names: ReadonlySet<string>): void {
  let extra: Extra | undefined;
  for (const name of Object.keys(own)) {
    if (names.has(name)) continue;
    extra ??= {};
    // A member can have any name, even `__proto__`.
    const descriptor = { value: own[name], enumerable: true, writable: true, configurable: true };
    Object.defineProperty(extra, name, descriptor);
  }
  if (extra !== undefined) Object.defineProperty(model, 'extra', { value: extra, enumerable: true });
  Object.freeze(model);
}

function textOf(source: Source): string {
  return typeof source === 'string' ? source : source();
}

/** The key of the raw JSON. A symbol, because a private field cannot be read through a proxy such as Vue's. */
const RAW = Symbol('raw JSON');

/**
 * The base class of all models. Models are frozen objects with own, enumerable properties.
 *
 * @example
 * const client = await cw.clients.get(27084);
 * console.log({ ...client.settings }, client.toJSON(), client.extra);
 */
export abstract class Model {
  /** @internal */
  static readonly kind: string = '';

  /** @internal */
  declare readonly [RAW]: Source;
  /** Members that this version of the package does not know, as sent; missing if there are none. */
  declare readonly extra?: Extra | undefined;

  /**
   * Creates a model for a test, from an object in the form of the raw JSON, as `toJSON()` returns it. Times may be
   * `Date`s, and parts may be models.
   *
   * @throws {TypeError} A required member is missing, or a value has another type than the API documents.
   *
   * @example
   * const client = Client.fromJSON({ id: 27084, sname: 'acmecorp', settings: { id: '7' } });
   */
  static fromJSON<T extends Model>(this: ModelClass<T>, json: object): T {
    // biome-ignore lint/complexity/noThisInStatic: the class that it is called on
    return create(this, json, native.modelFromJson, model);
  }

  /** @internal */
  constructor(source: Source) {
    if (source === undefined) throw notConstructed(new.target.name);
    Object.defineProperty(this, RAW, { value: source });
  }

  /** The raw JSON as a string, exactly as received: every digit and every unknown member. */
  get wireText(): string {
    return textOf(this[RAW]);
  }

  /** Returns the raw JSON: the API's own names and values, with nothing left out. */
  toJSON(): Json {
    return parseExact(this.wireText) as Json;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](depth: number, options: object, inspect: never): string {
    return inspectFields(this.constructor.name, this, depth, options, inspect);
  }
}

/** The tables of bills, whose columns are created once. */
const TABLES = new WeakMap<object, Table>();

/** Returns the table of a bill. */
function tableOfBill(bill: Bill): Table {
  const { perCompany } = bill as { readonly perCompany?: List<unknown, unknown, unknown> };
  if (perCompany) return tableOf(perCompany);
  const own = TABLES.get(bill) ?? table(() => native.billTable(bill.wireText));
  TABLES.set(bill, own);
  return own;
}

/** A bill, which is a table with a row for each sub-period of each company. */
export abstract class Bill extends Model {
  /** The columns as typed arrays, as those of lists are: a row for each sub-period of each company. */
  get columns(): ClientBillingColumns {
    return tableOfBill(this).columns() as ClientBillingColumns;
  }

  /** Returns the rows of the table of `columns` as plain objects. A missing value is null, and a time a `Date`. */
  toRows(): ClientBillingRow[] {
    return tableOfBill(this).rows() as ClientBillingRow[];
  }

  /** Returns the table as bytes of the Arrow IPC stream format. */
  toArrowIPC(): Uint8Array {
    return tableOfBill(this).ipc();
  }
}

/** A list of models; a row is created when it is accessed. */
export abstract class ModelList<T extends Model, C = Columns, R = Row> extends List<T, C, R> {
  /** @internal */
  static readonly kind: string = '';

  /**
   * Creates a list for a test, from rows in the form of the raw JSON, as `toJSON()` returns them, or from models.
   *
   * @throws {TypeError} A row is not valid.
   *
   * @example
   * const clients = ClientList.fromJSON([{ id: 27084, sname: 'acmecorp', settings: { id: '7' } }]);
   */
  static fromJSON<L>(this: new (native: NativeList) => L, rows: readonly object[]): L {
    // biome-ignore lint/complexity/noThisInStatic: the class that it is called on
    return create(this, rows, native.listFromJson, (Class) => (list) => new Class(list));
  }

  /** @internal */
  constructor(native: NativeList, Class: ModelClass<T>) {
    if (native === undefined) throw notConstructed(new.target.name);
    const read = model(Class);
    super(
      native.length,
      (index) => read(native.row(index)),
      () => native.json(),
      table(() => native.table()),
      native,
    );
  }
}

/** Returns the first row of a list with this id. */
export function byId<T>(list: List<T, unknown, unknown>, argument: string, id: unknown): T | undefined {
  if (typeof id !== 'bigint' && !Number.isSafeInteger(id)) {
    throw invalidArgument(argument, `must be an exact integer or a bigint, got ${describe(id)}`);
  }
  return lookUp(list, (native) => native.positionOfId(String(id)));
}

/** Returns the first row of a list with this name. */
export function byName<T>(list: List<T, unknown, unknown>, argument: string, name: unknown): T | undefined {
  if (typeof name !== 'string') throw invalidArgument(argument, `must be a string, got ${describe(name)}`);
  return lookUp(list, (native) => native.positionOfName(name));
}

/** Reads a model from its raw JSON, which the native side has checked. */
export function model<T extends Model>(Class: ModelClass<T>): (json: unknown) => T {
  const { kind } = Class as unknown as typeof Model;
  return (json) => readExactly(kind, json as string, (own) => new Class(own, json as string));
}
