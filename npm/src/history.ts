// The usage history: sessions as columns, given out as rows on demand, and the totals.

import { inspectFields } from './inspect';
import { List } from './list';
import type { Json } from './model';
import type { NativeHistory, SessionColumns, TextColumn } from './native';

/** One screen sharing session. */
export class Session {
  /** The presenter's e-mail address. */
  declare readonly email: string | null;
  /** The company's short name. */
  declare readonly sname: string | null;
  /** The company's human-readable name. */
  declare readonly lname: string | null;
  /** When it began. */
  declare readonly startDate: Date | null;
  /** When it ended. */
  declare readonly endDate: Date | null;
  /** `endDate` less `startDate`, in seconds. */
  declare readonly duration: number | null;
  /** The most viewers at one time. */
  declare readonly maxViewerCount: number | null;
  readonly #history: NativeHistory;
  readonly #row: number;

  /** @internal */
  constructor(history: NativeHistory, columns: SessionColumns, row: number) {
    this.#history = history;
    this.#row = row;
    const own = this as { -readonly [Key in keyof Session]: Session[Key] };
    own.email = text(columns.email, row);
    own.sname = text(columns.sname, row);
    own.lname = text(columns.lname, row);
    own.startDate = date(columns.start, row);
    own.endDate = date(columns.end, row);
    own.duration = number(columns.duration, row);
    own.maxViewerCount = number(columns.maxViewerCount, row);
  }

  /** The wire form; timestamps with six digits and `Z`. */
  toJSON(): Json {
    return JSON.parse(this.#history.sessionWire(this.#row));
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](depth: number, options: object, inspect: never): string {
    return inspectFields('Session', this, depth, options, inspect);
  }
}

/** One user's totals at one company. */
export class UserStats {
  /** The user's e-mail address. */
  declare readonly email: string;
  /** The company's short name. */
  declare readonly sname: string | null;
  /** The company's human-readable name. */
  declare readonly lname: string | null;
  /** Seconds of this user's sessions. */
  declare readonly totalSec: number;
  /** Number of this user's sessions. */
  declare readonly totalCount: number;

  /** @internal */
  constructor([email, sname, lname, totalSec, totalCount]: [
    string,
    string | null,
    string | null,
    number,
    number,
  ]) {
    Object.assign(this, { email, sname, lname, totalSec, totalCount });
  }

  /** The wire form: an object whose one key is the e-mail address. */
  toJSON(): Json {
    const { email, sname, lname, totalSec, totalCount } = this;
    return Object.fromEntries([[email, { total_sec: totalSec, total_count: totalCount, sname, lname }]]);
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](depth: number, options: object, inspect: never): string {
    return inspectFields('UserStats', this, depth, options, inspect);
  }
}

/** Screen sharing sessions; a row is made when it is accessed. */
export class SessionList extends List<Session> {
  /** @internal */
  constructor(history: NativeHistory) {
    let columns: SessionColumns | undefined;
    const row = (index: number) => {
      columns ??= history.columns();
      return new Session(history, columns, index);
    };
    super(history.sessionCount, row, () => history.sessionsWire());
  }
}

/** Totals by user and company; one e-mail address can appear for several companies. */
export class UserStatsList extends List<UserStats> {
  /** @internal */
  constructor(history: NativeHistory, length: number, wire: string) {
    const row = (index: number) => new UserStats(JSON.parse(history.user(index) as string));
    super(length, row, () => JSON.stringify(JSON.parse(wire)?.user_stats ?? null));
  }
}

/** Totals of a usage history. */
export class UsageStats {
  /** Seconds of all sessions together. */
  declare readonly totalSec: number | null;
  /** Number of sessions. */
  declare readonly totalCount: number | null;
  /** Totals by user and company. */
  declare readonly userStats: UserStatsList;
  readonly #wire: string;

  /** @internal */
  constructor(history: NativeHistory) {
    const { totalSec, totalCount, users, wire } = history.stats();
    this.#wire = wire;
    const userStats = new UserStatsList(history, users, wire);
    Object.assign(this, { totalSec: totalSec ?? null, totalCount: totalCount ?? null, userStats });
  }

  /** The wire form, as it came. */
  toJSON(): Json {
    return JSON.parse(this.#wire);
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](depth: number, options: object, inspect: never): string {
    return inspectFields('UsageStats', this, depth, options, inspect);
  }
}

/** Every screen share of a period, and the totals. */
export class UsageHistory {
  /** Totals, as the API adds them up. */
  declare readonly stats: UsageStats;
  /** The sessions; a row is made when it is accessed. */
  declare readonly sessions: SessionList;
  readonly #history: NativeHistory;

  /** @internal */
  constructor(history: NativeHistory) {
    this.#history = history;
    Object.assign(this, { stats: new UsageStats(history), sessions: new SessionList(history) });
  }

  /** The wire form; timestamps with six digits and `Z`. */
  toJSON(): Json {
    return JSON.parse(this.#history.wire());
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](depth: number, options: object, inspect: never): string {
    return inspectFields('UsageHistory', this, depth, options, inspect);
  }
}

function text(column: TextColumn, row: number): string | null {
  return column.values[column.codes[row] as number] ?? null;
}

function number(column: Float64Array, row: number): number | null {
  const value = column[row] as number;
  return Number.isNaN(value) ? null : value;
}

function date(column: Float64Array, row: number): Date | null {
  const micros = column[row] as number;
  return Number.isNaN(micros) ? null : new Date(Math.floor(micros / 1000));
}
