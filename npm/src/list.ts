// Lists that make a row when it is accessed. They read like arrays: `list[0]`, `length`, `for … of`, `map`, `filter`.

type Inspect = (value: unknown, options: object) => string;

const INDEX = /^(?:0|[1-9]\d*)$/;

/**
 * Gives `list[0]` its meaning. It stands behind all methods in the prototype chain, so that only names that nothing
 * else has come here, and methods stay as fast as any.
 */
const indexed: object = new Proxy(Object.create(Object.prototype), {
  get(target, key, receiver) {
    if (typeof key === 'string' && INDEX.test(key)) return (receiver as List<unknown>).at(Number(key));
    return Reflect.get(target, key, receiver);
  },
});

/** A read-only list whose rows are made anew at each access. For the whole as an array: `toArray()` or `[...list]`. */
export abstract class List<T> implements Iterable<T> {
  /** How many rows there are. */
  declare readonly length: number;
  readonly [index: number]: T;
  readonly #row: (index: number) => T;
  readonly #wire: () => string;

  /** @internal */
  constructor(length: number, row: (index: number) => T, wire: () => string) {
    Object.defineProperty(this, 'length', { value: length });
    this.#row = row;
    this.#wire = wire;
  }

  /** The row at `index`; a negative one counts from the end. `undefined` where there is none. */
  at(index: number): T | undefined {
    const whole = Math.trunc(index) || 0;
    const place = whole < 0 ? this.length + whole : whole;
    return place >= 0 && place < this.length ? this.#row(place) : undefined;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let index = 0; index < this.length; index += 1) yield this.#row(index);
  }

  /** The rows, one by one. */
  values(): IterableIterator<T> {
    return this[Symbol.iterator]();
  }

  /** The rows with their indexes. */
  *entries(): IterableIterator<[number, T]> {
    for (let index = 0; index < this.length; index += 1) yield [index, this.#row(index)];
  }

  /** Calls `callback` with every row. */
  forEach(callback: (row: T, index: number, list: this) => void): void {
    for (let index = 0; index < this.length; index += 1) callback(this.#row(index), index, this);
  }

  /** An array of what `callback` gives for every row. */
  map<U>(callback: (row: T, index: number, list: this) => U): U[] {
    const out: U[] = [];
    this.forEach((row, index) => {
      out.push(callback(row, index, this));
    });
    return out;
  }

  /** As `map`, with the results one after the other where they are arrays. */
  flatMap<U>(callback: (row: T, index: number, list: this) => U | readonly U[]): U[] {
    const out: U[] = [];
    this.forEach((row, index) => {
      const given = callback(row, index, this);
      if (Array.isArray(given)) out.push(...given);
      else out.push(given as U);
    });
    return out;
  }

  /** An array of the rows that `test` accepts. */
  filter<S extends T>(test: (row: T, index: number, list: this) => row is S): S[];
  filter(test: (row: T, index: number, list: this) => unknown): T[];
  filter(test: (row: T, index: number, list: this) => unknown): T[] {
    const out: T[] = [];
    this.forEach((row, index) => {
      if (test(row, index, this)) out.push(row);
    });
    return out;
  }

  /** The first row that `test` accepts. */
  find(test: (row: T, index: number, list: this) => unknown): T | undefined {
    for (let index = 0; index < this.length; index += 1) {
      const row = this.#row(index);
      if (test(row, index, this)) return row;
    }
    return undefined;
  }

  /** The index of the first row that `test` accepts, -1 if none. */
  findIndex(test: (row: T, index: number, list: this) => unknown): number {
    for (let index = 0; index < this.length; index += 1) {
      if (test(this.#row(index), index, this)) return index;
    }
    return -1;
  }

  /** Whether `test` accepts a row. */
  some(test: (row: T, index: number, list: this) => unknown): boolean {
    return this.findIndex(test) >= 0;
  }

  /** Whether `test` accepts every row. */
  every(test: (row: T, index: number, list: this) => unknown): boolean {
    return this.findIndex((row, index) => !test(row, index, this)) < 0;
  }

  /** One value of all rows. */
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

  /** An array of the rows from `start` to before `end`, both counted as in arrays. */
  slice(start = 0, end = this.length): T[] {
    const place = (index: number) =>
      index < 0 ? Math.max(this.length + index, 0) : Math.min(index, this.length);
    const out: T[] = [];
    for (let index = place(start); index < place(end); index += 1) out.push(this.#row(index));
    return out;
  }

  /** The index of the first row with the wire form of `row`, -1 if none. */
  indexOf(row: T): number {
    const text = JSON.stringify(row);
    return this.findIndex((own) => JSON.stringify(own) === text);
  }

  /** Whether a row has the wire form of `row`. */
  includes(row: T): boolean {
    return this.indexOf(row) >= 0;
  }

  /** All rows as an array. */
  toArray(): T[] {
    return [...this];
  }

  /** The wire rows: the API's own names and values, nothing dropped. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape, as `JSON.parse` gives it
  toJSON(): any[] {
    return JSON.parse(this.#wire());
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
