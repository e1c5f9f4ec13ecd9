// Results as tables: columns as typed arrays, plain rows, and bytes for Arrow.

import { unwrap } from './errors';
import type { ErrorData, NativeTable } from './native';

/**
 * A column of strings. Each distinct string is stored once: the string of a row is `values[codes[row]]`, and a missing
 * one has the code 4294967295.
 */
export interface StringColumn {
  /** The distinct strings, in the order of their first rows. */
  readonly values: readonly string[];
  /** The index of each row's string. */
  readonly codes: Uint32Array;
}

/**
 * A column: numbers and times (microseconds since 1970), of which a missing one is NaN; booleans (0, 1, and 255 for a
 * missing one); or strings.
 */
export type Column = Float64Array | Uint8Array | StringColumn;

/** The columns of a table by their names. */
export interface Columns {
  readonly [name: string]: Column | undefined;
}

/** A row of a table as a plain object. */
export interface Row {
  [name: string]: string | number | boolean | Date | null;
}

/** The table of a result. */
export interface Table {
  readonly columns: () => object;
  readonly rows: () => object[];
  readonly ipc: () => Uint8Array;
}

/** Returns the table that a function of the addon creates. Its columns are created once. */
export function table(create: () => NativeTable | ErrorData): Table {
  let columns: Columns | undefined;
  const native = () => unwrap(create());
  return {
    columns: () => {
      columns ??= columnsOf(native());
      return columns;
    },
    rows: () => rowsOf(native()),
    ipc: () => unwrap(native().ipc()),
  };
}

function columnsOf(table: NativeTable): Columns {
  const columns = table.columns().map(({ name, numbers, booleans, strings }) => {
    return [name, numbers ?? booleans ?? strings] as [string, Column];
  });
  return Object.fromEntries(columns);
}

/** Returns the rows. Their objects have the same names in the same order. */
function rowsOf(table: NativeTable): Row[] {
  const columns = table.columns();
  const length = lengthOf(columns[0]?.numbers ?? columns[0]?.strings?.codes);
  const rows: Row[] = Array.from({ length }, () => ({}));
  for (const { name, numbers, booleans, strings, isTime } of columns) {
    for (let at = 0; at < length; at += 1) {
      const row = rows[at] as Row;
      if (strings) row[name] = strings.values[strings.codes[at] as number] ?? null;
      else if (booleans) row[name] = booleans[at] === NULL_BOOLEAN ? null : booleans[at] === 1;
      else row[name] = number(numbers?.[at] as number, isTime);
    }
  }
  return rows;
}

const NULL_BOOLEAN = 255;

function lengthOf(column: { readonly length: number } | undefined): number {
  return column?.length ?? 0;
}

function number(value: number, isTime: boolean): number | Date | null {
  if (Number.isNaN(value)) return null;
  return isTime ? new Date(Math.floor(value / 1000)) : value;
}
