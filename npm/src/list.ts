// Lists that create a row when it is accessed. They read like arrays: `list[0]`, `length`, `for … of`, `map`, `filter`.

type Inspect = (value: unknown, options: object) => string;

const INDEX = /^(?:0|[1-9]\d*)$/;

/**
 * Implements `list[0]`. It is the last object in the prototype chain, so that only names that nothing else has reach the
 * proxy, and methods are not slower than usual.
 */
const indexed: object = new Proxy(Object.create(Object.prototype), {
  get(target, key, receiver) {
    if (typeof key === 'string' && INDEX.test(key)) return (receiver as List<unknown>).at(Number(key));
    return Reflect.get(target, key, receiver);
  },
});

/**
 * A read-only list that reads like an array. A row is created each time it is accessed; `toArray()` and `[...list]` return
 * all rows as an array.
 *
 * @example
 * const clients = await cw.clients.list();
 * console.log(clients.length, clients[0]?.sname, clients.map((client) => client.id));
 */
export abstract class List<T> implements Iterable<T> {
  /** The number of rows. */
  declare readonly length: number;
  readonly [index: number]: T;
  readonly #row: (index: number) => T;
  readonly #json: () => string;

  /** @internal */
  constructor(length: number, row: (index: number) => T, json: () => string) {
    Object.defineProperty(this, 'length', { value: length });
    this.#row = row;
    this.#json = json;
  }

  /** Returns the row at `index`, or `undefined` if there is none. A negative index counts from the end. */
  at(index: number): T | undefined {
    const whole = Math.trunc(index) || 0;
    const position = whole < 0 ? this.length + whole : whole;
    return position >= 0 && position < this.length ? this.#row(position) : undefined;
  }

  /** Iterates over the rows. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let index = 0; index < this.length; index += 1) yield this.#row(index);
  }

  /** Iterates over the rows. */
  values(): IterableIterator<T> {
    return this[Symbol.iterator]();
  }

  /** Iterates over pairs of index and row. */
  *entries(): IterableIterator<[number, T]> {
    for (let index = 0; index < this.length; index += 1) yield [index, this.#row(index)];
  }

  /** Calls `callback` with every row. */
  forEach(callback: (row: T, index: number, list: this) => void): void {
    for (let index = 0; index < this.length; index += 1) callback(this.#row(index), index, this);
  }

  /** Returns an array of the results of `callback` for every row. */
  map<U>(callback: (row: T, index: number, list: this) => U): U[] {
    const out: U[] = [];
    this.forEach((row, index) => {
      out.push(callback(row, index, this));
    });
    return out;
  }

  /** Returns an array like `map`, with results that are arrays replaced by their elements. */
  flatMap<U>(callback: (row: T, index: number, list: this) => U | readonly U[]): U[] {
    const out: U[] = [];
    this.forEach((row, index) => {
      const result = callback(row, index, this);
      if (Array.isArray(result)) out.push(...result);
      else out.push(result as U);
    });
    return out;
  }

  /** Returns an array of the rows that `test` accepts. */
  filter<S extends T>(test: (row: T, index: number, list: this) => row is S): S[];
  filter(test: (row: T, index: number, list: this) => unknown): T[];
  filter(test: (row: T, index: number, list: this) => unknown): T[] {
    const out: T[] = [];
    this.forEach((row, index) => {
      if (test(row, index, this)) out.push(row);
    });
    return out;
  }

  /** Returns the first row that `test` accepts, or `undefined`. */
  find(test: (row: T, index: number, list: this) => unknown): T | undefined {
    for (let index = 0; index < this.length; index += 1) {
      const row = this.#row(index);
      if (test(row, index, this)) return row;
    }
    return undefined;
  }

  /** Returns the index of the first row that `test` accepts, or -1. */
  findIndex(test: (row: T, index: number, list: this) => unknown): number {
    for (let index = 0; index < this.length; index += 1) {
      if (test(this.#row(index), index, this)) return index;
    }
    return -1;
  }

  /** Returns true if `test` accepts at least one row. */
  some(test: (row: T, index: number, list: this) => unknown): boolean {
    return this.findIndex(test) >= 0;
  }

  /** Returns true if `test` accepts every row. */
  every(test: (row: T, index: number, list: this) => unknown): boolean {
    return this.findIndex((row, index) => !test(row, index, this)) < 0;
  }

  /** Combines all rows into one value, as the method of arrays does. */
  reduce(callback: (all: T, row: T, index: number, list: this) => T): T;
  reduce<U>(callback: (all: U, row: T, index: number, list: this) => U, start: U): U;
  reduce(
    ...args: [callback: (all: never, row: T, index: number, list: this) => unknown, start?: unknown]
  ): unknown {
    const [callback] = args;
    if (args.length < 2 && this.length === 0) throw new TypeError('start: required to reduce an empty list');
    let all = args.length < 2 ? this.#row(0) : args[1];
    for (let index = args.length < 2 ? 1 : 0; index < this.length; index += 1) {
      all = callback(all as never, this.#row(index), index, this);
    }
    return all;
  }

  /** Returns an array of the rows from `start` up to, but without, `end`; negative indexes count from the end. */
  slice(start = 0, end = this.length): T[] {
    const position = (index: number) =>
      index < 0 ? Math.max(this.length + index, 0) : Math.min(index, this.length);
    const out: T[] = [];
    for (let index = position(start); index < position(end); index += 1) out.push(this.#row(index));
    return out;
  }

  /** Returns the index of the first row with the same raw JSON as `row`, or -1. */
  indexOf(row: T): number {
    const text = JSON.stringify(row);
    return this.findIndex((own) => JSON.stringify(own) === text);
  }

  /** Returns true if a row has the same raw JSON as `row`. */
  includes(row: T): boolean {
    return this.indexOf(row) >= 0;
  }

  /** Returns all rows as an array. */
  toArray(): T[] {
    return [...this];
  }

  /** Returns the raw JSON of all rows: the API's own names and values, with nothing left out. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape, as `JSON.parse` returns it
  toJSON(): any[] {
    return JSON.parse(this.#json());
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

Object.setPrototypeOf(List.prototype, indexed);
