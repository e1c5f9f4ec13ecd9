// The columns of the sessions in the addon, which are passed in blocks when their rows are accessed.

import type { NativeHistory, SessionBlock } from './native';

/** The number of rows of a block. Converting it takes about a millisecond. */
const SIZE = 1 << 14;

/** The code of a string that is missing. */
const NULL_CODE = 4_294_967_295;

/** The columns of the sessions of a history. */
export class SessionRows {
  readonly history: NativeHistory;
  /** The distinct strings that the blocks so far need. */
  readonly emails: string[] = [];
  readonly snames: string[] = [];
  readonly lnames: string[] = [];
  /** The client's id for each of `snames`; empty without clients. */
  readonly clientIds: (string | null | undefined)[] = [];
  readonly #length: number;
  readonly #blocks: SessionBlock[] = [];

  constructor(history: NativeHistory) {
    this.history = history;
    this.#length = history.sessionCount;
  }

  /** Returns the block with a row. The row is in its columns at `place(row)`. */
  block(row: number): SessionBlock {
    return this.#blocks[row >>> 14] ?? this.#load(row >>> 14);
  }

  #load(number: number): SessionBlock {
    const start = number * SIZE;
    const { emails, snames, lnames } = this;
    const passed: [number, number, number] = [emails.length, snames.length, lnames.length];
    const block = this.history.sessions(start, Math.min(start + SIZE, this.#length), passed);
    append(emails, block.email.strings);
    append(snames, block.sname.strings);
    append(lnames, block.lname.strings);
    for (const id of block.clientIds) this.clientIds.push(id);
    this.#blocks[number] = block;
    return block;
  }
}

/** Returns the place of a row in its block. */
export function place(row: number): number {
  return row & (SIZE - 1);
}

/** Returns a string by its code. */
export function stringOf(strings: readonly string[], code: number): string | null {
  return code === NULL_CODE ? null : (strings[code] as string);
}

function append(strings: string[], json: string): void {
  for (const string of JSON.parse(json) as string[]) strings.push(string);
}
