// Lists that create a row when it is accessed. They are read-only arrays, whose elements are not stored.

import { describe } from './describe';
import { parseExact } from './json-exact';
import type { NativeList } from './native';
import type { Columns, Row, Table } from './table';

type Inspect = (value: unknown, options: object) => string;

/** The rows of a list. */
interface Rows<T> {
  readonly length: number;
  readonly row: (index: number) => T;
  readonly json: () => string;
  readonly table: Table;
  /** The list in the addon, if rows can be looked up. */
  readonly native?: NativeList | undefined;
}

/** The key of the rows. A symbol, because a private field cannot be read through a proxy such as Vue's. */
const ROWS = Symbol('rows');
const INDEX = /^(?:0|[1-9]\d*)$/;

/** Makes the rows of a list look like the elements of its array, which is empty. */
class Handler<T> implements ProxyHandler<T[]> {
  /** True if the rows were stored in the array, because it was frozen. */
  #stored = false;

  constructor(readonly rows: Rows<T>) {}

  get(target: T[], key: string | symbol, receiver: unknown): unknown {
    if (typeof key === 'symbol') return key === ROWS ? this.rows : Reflect.get(target, key, receiver);
    const first = key.charCodeAt(0);
    if (first >= 48 && first <= 57 && !this.#stored && INDEX.test(key)) {
      const index = Number(key);
      return index < this.rows.length ? this.rows.row(index) : undefined;
    }
    return key === 'length' ? this.rows.length : Reflect.get(target, key, receiver);
  }

  has(target: T[], key: string | symbol): boolean {
    return this.#index(key) >= 0 || Reflect.has(target, key);
  }

  ownKeys(target: T[]): (string | symbol)[] {
    if (this.#stored) return Reflect.ownKeys(target);
    return [...Array.from({ length: this.rows.length }, (_, index) => String(index)), 'length'];
  }

  getOwnPropertyDescriptor(target: T[], key: string | symbol): PropertyDescriptor | undefined {
    const index = this.#index(key);
    if (index < 0 || this.#stored) {
      const own = Reflect.getOwnPropertyDescriptor(target, key);
      return key === 'length' && own !== undefined ? { ...own, value: this.rows.length } : own;
    }
    return { value: this.rows.row(index), writable: false, enumerable: true, configurable: true };
  }

  set(_: T[], key: string | symbol): never {
    throw readOnly(key);
  }

  deleteProperty(_: T[], key: string | symbol): never {
    throw readOnly(key);
  }

  setPrototypeOf(): never {
    throw readOnly('prototype');
  }

  /** Accepts only what changes no value, as `Object.freeze` does after `preventExtensions`. */
  defineProperty(target: T[], key: string | symbol, descriptor: PropertyDescriptor): boolean {
    if (!this.#stored || 'value' in descriptor) throw readOnly(key);
    return Reflect.defineProperty(target, key, descriptor);
  }

  /** Stores all rows: a frozen array cannot have elements that it does not store. */
  preventExtensions(target: T[]): boolean {
    for (let index = target.length; index < this.rows.length; index += 1) target.push(this.rows.row(index));
    this.#stored = true;
    return Reflect.preventExtensions(target);
  }

  /** Returns the index that a key stands for, or -1. */
  #index(key: string | symbol): number {
    if (typeof key === 'symbol') return -1;
    const first = key.charCodeAt(0);
    if (first < 48 || first > 57 || !INDEX.test(key)) return -1;
    const index = Number(key);
    return index < this.rows.length ? index : -1;
  }
}

function readOnly(key: string | symbol): TypeError {
  return new TypeError(`${String(key)}: the list is read-only; copy it with toArray() to change it`);
}

/** An array without the methods that change it. */
const ReadonlyBase = Array as unknown as new <T>() => ReadonlyArray<T>;

/**
 * A read-only array. A row is created each time it is accessed; `toArray()` and `[...list]` return all rows as an
 * ordinary array. It has all methods of arrays; those that change an array throw a `TypeError`.
 *
 * @example
 * const clients = await cw.clients.list();
 * console.log(clients.length, clients[0]?.sname, clients.map((client) => client.id));
 */
export abstract class List<T, C = Columns, R = Row> extends ReadonlyBase<T> {
  /** The class of the arrays that methods return. */
  static get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** @internal */
  declare readonly [ROWS]: Rows<T>;

  /** @internal */
  constructor(
    length: number,
    row: (index: number) => T,
    json: () => string,
    table: Table,
    native?: NativeList,
  ) {
    super();
    // biome-ignore lint/correctness/noConstructorReturn: the list is the proxy
    return new Proxy(
      this as unknown as T[],
      new Handler({ length, row, json, table, native }),
    ) as unknown as this;
  }

  /** Returns the index of the first row with the same raw JSON as `row`, or -1. */
  override indexOf(row: T, fromIndex = 0): number {
    const text = JSON.stringify(row);
    const start = fromIndex < 0 ? Math.max(this.length + fromIndex, 0) : fromIndex;
    return this.findIndex((own, index) => index >= start && JSON.stringify(own) === text);
  }

  /** Returns the index of the last row with the same raw JSON as `row`, or -1. */
  override lastIndexOf(row: T, fromIndex = this.length - 1): number {
    const text = JSON.stringify(row);
    const start = fromIndex < 0 ? this.length + fromIndex : fromIndex;
    return this.findLastIndex((own, index) => index <= start && JSON.stringify(own) === text);
  }

  /** Returns true if a row has the same raw JSON as `row`. */
  override includes(row: T, fromIndex?: number): boolean {
    return this.indexOf(row, fromIndex) >= 0;
  }

  /** Returns all rows as an array. */
  toArray(): T[] {
    return [...this];
  }

  /** Returns the raw JSON of all rows: the API's own names and values, with nothing left out. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape, as `JSON.parse` returns it
  toJSON(): any[] {
    return parseExact(this[ROWS].json()) as unknown[];
  }

  /**
   * The columns of all rows as typed arrays, by the names of the properties. They are created once.
   *
   * Numbers and times are `Float64Array`s, in which NaN is a missing value and a time is in microseconds since 1970;
   * integers of more than 53 bits are rounded. Booleans are `Uint8Array`s of 0, 1 and 255 for a missing value. Strings
   * are indices of their distinct values. Bills have a row for each sub-period, and the settings of clients are columns
   * such as `settings.auditLog`.
   *
   * @example
   * const { duration, sname } = (await cw.reseller.usage('2019-02')).sessions.columns;
   * console.log(duration.reduce((sum, seconds) => sum + seconds, 0), sname.values);
   */
  get columns(): C {
    return this[ROWS].table.columns() as C;
  }

  /**
   * Returns the rows of the table of `columns` as plain objects. A missing value is null, and a time a `Date`.
   *
   * @example
   * console.table((await cw.clients.list()).toRows());
   */
  toRows(): R[] {
    return this[ROWS].table.rows() as R[];
  }

  /**
   * Returns the table as bytes of the Arrow IPC stream format, which apache-arrow, polars, DuckDB and others read. It
   * has the names of the columns, and exact integers and microseconds.
   *
   * @example
   * await fs.promises.writeFile('clients.arrows', (await cw.clients.list()).toArrowIPC());
   */
  toArrowIPC(): Uint8Array {
    return this[ROWS].table.ipc();
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](depth: number, options: object, inspect?: Inspect): string {
    const name = `${this.constructor.name}(${this.length})`;
    if (depth < 0 || inspect === undefined) return `[${name}]`;
    const shown: unknown[] = this.slice(0, 3);
    const rest = this.length - shown.length;
    const text = inspect(shown, { ...options, depth: 0 });
    return rest > 0 ? `${name} ${text.replace(/\s*\]$/, `, … ${rest} more ]`)}` : `${name} ${text}`;
  }
}

/** Returns the table of a list. */
export function tableOf(list: List<unknown, unknown, unknown>): Table {
  return list[ROWS].table;
}

/** Returns the row whose position `find` returns, or undefined. */
export function lookUp<T>(
  list: List<T, unknown, unknown>,
  find: (native: NativeList) => number | null | undefined,
): T | undefined {
  const { native, row } = list[ROWS];
  const position = native === undefined ? undefined : find(native);
  return typeof position === 'number' ? row(position) : undefined;
}

type Self = List<unknown>;
type Callback = (row: unknown, index: number, list: Self) => unknown;

/** Returns the position that an index argument stands for, as the methods of arrays read it. */
function position(index: unknown, length: number, missing: number): number {
  const whole = index === undefined ? missing : Math.trunc(Number(index)) || 0;
  return whole < 0 ? Math.max(length + whole, 0) : Math.min(whole, length);
}

function callable(callback: unknown): void {
  if (typeof callback !== 'function') {
    throw new TypeError(`callback: must be a function, got ${describe(callback)}`);
  }
}

/** A row that was found. */
interface Found {
  readonly index: number;
  readonly row: unknown;
}

/** Returns the first row that `test` accepts, from the first on, or from the last on in steps of -1. */
function search(list: Self, test: Callback, self: unknown, step: 1 | -1 = 1): Found {
  callable(test);
  const { length, row } = list[ROWS];
  for (let index = step > 0 ? 0 : length - 1; index >= 0 && index < length; index += step) {
    const each = row(index);
    if (test.call(self, each, index, list)) return { index, row: each };
  }
  return { index: -1, row: undefined };
}

/** The prototype that iterators of arrays inherit. */
const IteratorBase = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));

/** Iterates over the rows of a list. It is faster than a generator. */
class RowIterator {
  readonly #rows: Rows<unknown>;
  #next = 0;

  constructor(rows: Rows<unknown>) {
    this.#rows = rows;
  }

  next(): IteratorResult<unknown> {
    const index = this.#next;
    const { length, row } = this.#rows;
    if (index >= length) return { value: undefined, done: true };
    this.#next = index + 1;
    return { value: row(index), done: false };
  }

  declare [Symbol.iterator]: () => this;
}

Object.setPrototypeOf(RowIterator.prototype, IteratorBase);

/** Methods of arrays that are called often: they read a row without the proxy. All others are those of arrays. */
const FAST = {
  [Symbol.iterator](this: Self): IterableIterator<unknown> {
    return new RowIterator(this[ROWS]);
  },

  *entries(this: Self): Generator<[number, unknown]> {
    const { length, row } = this[ROWS];
    for (let index = 0; index < length; index += 1) yield [index, row(index)];
  },

  values(this: Self): Iterator<unknown> {
    return this[Symbol.iterator]();
  },

  at(this: Self, index: number): unknown {
    const { length, row } = this[ROWS];
    const whole = Math.trunc(index) || 0;
    const position = whole < 0 ? length + whole : whole;
    return position >= 0 && position < length ? row(position) : undefined;
  },

  forEach(this: Self, callback: Callback, self?: unknown): void {
    callable(callback);
    const { length, row } = this[ROWS];
    for (let index = 0; index < length; index += 1) callback.call(self, row(index), index, this);
  },

  map(this: Self, callback: Callback, self?: unknown): unknown[] {
    callable(callback);
    const { length, row } = this[ROWS];
    const out: unknown[] = [];
    for (let index = 0; index < length; index += 1) out.push(callback.call(self, row(index), index, this));
    return out;
  },

  filter(this: Self, test: Callback, self?: unknown): unknown[] {
    callable(test);
    const { length, row } = this[ROWS];
    const out: unknown[] = [];
    for (let index = 0; index < length; index += 1) {
      const each = row(index);
      if (test.call(self, each, index, this)) out.push(each);
    }
    return out;
  },

  find(this: Self, test: Callback, self?: unknown): unknown {
    return search(this, test, self).row;
  },

  findLast(this: Self, test: Callback, self?: unknown): unknown {
    return search(this, test, self, -1).row;
  },

  findIndex(this: Self, test: Callback, self?: unknown): number {
    return search(this, test, self).index;
  },

  findLastIndex(this: Self, test: Callback, self?: unknown): number {
    return search(this, test, self, -1).index;
  },

  some(this: Self, test: Callback, self?: unknown): boolean {
    return search(this, test, self).index >= 0;
  },

  every(this: Self, test: Callback, self?: unknown): boolean {
    callable(test);
    return search(this, (row, index, list) => !test.call(self, row, index, list), undefined).index < 0;
  },

  reduce(this: Self, ...args: [callback: (...values: unknown[]) => unknown, start?: unknown]): unknown {
    const [callback, start] = args;
    callable(callback);
    const { length, row } = this[ROWS];
    if (args.length < 2 && length === 0) throw new TypeError('start: required to reduce an empty list');
    let all = args.length < 2 ? row(0) : start;
    for (let index = args.length < 2 ? 1 : 0; index < length; index += 1) {
      all = callback(all, row(index), index, this);
    }
    return all;
  },

  slice(this: Self, start?: number, end?: number): unknown[] {
    const { length, row } = this[ROWS];
    const out: unknown[] = [];
    const last = position(end, length, length);
    for (let index = position(start, length, 0); index < last; index += 1) out.push(row(index));
    return out;
  },
};

for (const key of Reflect.ownKeys(FAST)) {
  const value = FAST[key as keyof typeof FAST];
  Object.defineProperty(List.prototype, key, { value, configurable: true, writable: true });
}
