// What all models have in common: plain frozen objects, and the raw JSON that they came from.
//
// The native side decodes a response; here the decoded fields only become objects. The classes with
// their properties are in `models.ts`.

import { describe } from './describe';
import { invalidArgument } from './errors';
import { create, notConstructed } from './factories';
import { inspectFields } from './inspect';
import { parseExact } from './json-exact';
import { List, lookUp } from './list';
import { type NativeList, native } from './native';

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Members of a response that this version does not know, by the API's own names. */
export type Extra = { [key: string]: Json };

/** A model on its way from the addon: fields, raw JSON, unknown members (see the addon's `typed.rs`). */
export type Typed = [fields: Record<string, unknown>, json: string, extra: Extra | null];

/** Converts the value of a property that is more than a JSON value. */
export type Revive = (value: never) => unknown;

/** A class of models. */
export type ModelClass<T extends Model> = new (typed: Typed) => T;

/** Milliseconds since 1970 as a `Date`. */
export const date: Revive = (milliseconds: number) => new Date(milliseconds);

/** A nested model. The class is named by a function because it may be defined further below. */
export function one<T extends Model>(Class: () => ModelClass<T>): Revive {
  return (typed: Typed) => new (Class())(typed);
}

/** A list of nested models. */
export function list<T extends Model>(Class: () => ModelClass<T>): Revive {
  return (items: Typed[]) => Object.freeze(items.map((typed) => new (Class())(typed)));
}

/** A map of nested models by plan. It has no prototype because a plan can have any name. */
export function map<T extends Model>(Class: () => ModelClass<T>): Revive {
  return (entries: [string, Typed][]) => {
    const byName: Record<string, T> = Object.create(null);
    for (const [name, typed] of entries) byName[name] = new (Class())(typed);
    return Object.freeze(byName);
  };
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
  static readonly revive: Readonly<Record<string, Revive>> = {};
  /** @internal */
  static readonly kind: string = '';

  /** @internal */
  declare readonly [RAW]: string;
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
  constructor(typed: Typed) {
    if (!Array.isArray(typed)) throw notConstructed(new.target.name);
    const [fields, json, extra] = typed;
    Object.defineProperty(this, RAW, { value: json });
    for (const [property, revive] of Object.entries((new.target as typeof Model).revive)) {
      const value = fields[property];
      if (value !== undefined && value !== null) fields[property] = revive(value as never);
    }
    for (const [property, value] of Object.entries(fields)) {
      // An integer that a number cannot hold.
      const isLarge = Array.isArray(value) && value.length === 1 && typeof value[0] === 'string';
      if (isLarge) fields[property] = BigInt(value[0]);
    }
    Object.assign(this, fields);
    if (extra !== null) Object.defineProperty(this, 'extra', { value: extra, enumerable: true });
    Object.freeze(this);
  }

  /** The raw JSON as a string, exactly as received: every digit and every unknown member. */
  get wireText(): string {
    return this[RAW];
  }

  /** Returns the raw JSON: the API's own names and values, with nothing left out. */
  toJSON(): Json {
    return parseExact(this[RAW]) as Json;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](depth: number, options: object, inspect: never): string {
    return inspectFields(this.constructor.name, this, depth, options, inspect);
  }
}

/** A list of models; a row is created when it is accessed. */
export abstract class ModelList<T extends Model> extends List<T> {
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
    super(
      native.length,
      (index) => new Class(JSON.parse(native.row(index) as string) as Typed),
      () => native.json(),
      native,
    );
  }
}

/** Returns the first row of a list with this id. */
export function byId<T>(list: List<T>, argument: string, id: unknown): T | undefined {
  if (typeof id !== 'bigint' && !Number.isSafeInteger(id)) {
    throw invalidArgument(argument, `must be an exact integer or a bigint, got ${describe(id)}`);
  }
  return lookUp(list, (native) => native.positionOfId(String(id)));
}

/** Returns the first row of a list with this name. */
export function byName<T>(list: List<T>, argument: string, name: unknown): T | undefined {
  if (typeof name !== 'string') throw invalidArgument(argument, `must be a string, got ${describe(name)}`);
  return lookUp(list, (native) => native.positionOfName(name));
}

/** Reads a model from the text that the addon returns. */
export function model<T extends Model>(Class: ModelClass<T>): (value: unknown) => T {
  return (value) => new Class(JSON.parse(value as string) as Typed);
}
