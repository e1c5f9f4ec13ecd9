// The usage history: sessions, which are stored as columns and read as rows, and totals.

import * as timers from 'node:timers/promises';
import { integer, methodOptions, optional } from './arguments';
import { isArray, memberOf, members, typeError } from './check';
import type { SessionColumns, SessionRow, UserStatsColumns, UserStatsRow } from './columns';
import { describe } from './describe';
import { invalidArgument } from './errors';
import { notConstructed, read } from './factories';
import { inspectFields } from './inspect';
import { List } from './list';
import type { Json } from './model';
import { type NativeHistory, native } from './native';
import { place, SessionRows, stringOf } from './session-rows';
import { table } from './table';

/** A screen-sharing session. Fields that the response did not have are null. */
export class Session {
  /** The presenter's e-mail address. */
  declare readonly email: string | null;
  /** The company's short name. */
  declare readonly sname: string | null;
  /** The company's human-readable name. */
  declare readonly lname: string | null;
  /** The time at which it began. */
  declare readonly startDate: Date | null;
  /** The time at which it ended. */
  declare readonly endDate: Date | null;
  /** The seconds between `startDate` and `endDate`. */
  declare readonly duration: number | null;
  /** The highest number of viewers at one time. */
  declare readonly maxViewerCount: number | null;
  /** The client's id; null unless the history has its clients (`history.withClients`). The API does not send it. */
  declare readonly clientId: number | null;
  readonly #rows: SessionRows;
  readonly #row: number;

  /** Creates a session for a test, from an object in the form of the raw JSON. */
  static fromJSON(json: object): Session {
    return UsageHistory.fromJSON({ sessions: [json] }).sessions[0] as Session;
  }

  /** @internal */
  constructor(rows: SessionRows, row: number) {
    if (rows === undefined) throw notConstructed('Session');
    this.#rows = rows;
    this.#row = row;
    const block = rows.block(row);
    const at = place(row);
    const company = block.sname.codes[at] as number;
    this.email = stringOf(rows.emails, block.email.codes[at] as number);
    this.sname = stringOf(rows.snames, company);
    this.lname = stringOf(rows.lnames, block.lname.codes[at] as number);
    this.startDate = date(block.start[at] as number);
    this.endDate = date(block.end[at] as number);
    this.duration = number(block.duration[at] as number);
    this.maxViewerCount = number(block.maxViewerCount[at] as number);
    this.clientId = rows.clientIds.length === 0 ? null : exactId(rows.clientIds[company]);
  }

  /** Returns the raw JSON; timestamps have six digits and `Z`. */
  toJSON(): Json {
    return JSON.parse(this.#rows.history.sessionJson(this.#row));
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](depth: number, options: object, inspect: never): string {
    return inspectFields('Session', this, depth, options, inspect);
  }
}

/** The totals of one user at one company. */
export class UserStats {
  /** The user's e-mail address. */
  declare readonly email: string;
  /** The company's short name. */
  declare readonly sname: string | null;
  /** The company's human-readable name. */
  declare readonly lname: string | null;
  /** The length of this user's sessions in seconds. */
  declare readonly totalSec: number;
  /** The number of this user's sessions. */
  declare readonly totalCount: number;
  /** The client's id; null unless the history has its clients (`history.withClients`). The API does not send it. */
  declare readonly clientId: number | null;

  /** Creates totals for a test, from an object in the form of the raw JSON, whose only key is the e-mail address. */
  static fromJSON(json: object): UserStats {
    return UserStatsList.fromJSON([json])[0] as UserStats;
  }

  /** @internal */
  constructor(totals: [string, string | null, string | null, number, number, string | null]) {
    if (totals === undefined) throw notConstructed('UserStats');
    const [email, sname, lname, totalSec, totalCount, id] = totals;
    Object.assign(this, { email, sname, lname, totalSec, totalCount, clientId: exactId(id) });
  }

  /** Returns the raw JSON: an object whose only key is the e-mail address. */
  toJSON(): Json {
    const { email, sname, lname, totalSec, totalCount } = this;
    return Object.fromEntries([[email, { total_sec: totalSec, total_count: totalCount, sname, lname }]]);
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](depth: number, options: object, inspect: never): string {
    return inspectFields('UserStats', this, depth, options, inspect);
  }
}

/** The options of `countMeetings`. */
export interface MeetingOptions {
  /** The shortest meeting in seconds. Default: 40. */
  readonly minSeconds?: number | undefined;
}

/** The largest number of seconds. */
const LARGEST = 4_294_967_295;

/** The number of rows that are created before the event loop goes on. It takes about a millisecond. */
const BATCH = 1_000;

/**
 * A list of screen-sharing sessions; a row is created when it is accessed.
 *
 * A loop over a million sessions blocks the event loop for seconds. With `for await`, or in batches, timers, requests and
 * other work of the program go on meanwhile.
 *
 * @example
 * for await (const session of history.sessions) console.log(session.duration);
 * for await (const sessions of history.sessions.batches(500)) console.log(sessions.length);
 */
export class SessionList extends List<Session, SessionColumns, SessionRow> {
  /** Creates a list for a test, from rows in the form of the raw JSON, or from sessions. */
  static fromJSON(rows: readonly object[]): SessionList {
    return UsageHistory.fromJSON({ sessions: array(rows) }).sessions;
  }

  /** @internal */
  constructor(history: NativeHistory) {
    if (history === undefined) throw notConstructed('SessionList');
    const rows = new SessionRows(history);
    super(
      history.sessionCount,
      (index) => new Session(rows, index),
      () => history.sessionsJson(),
      table(() => history.table()),
    );
  }

  /**
   * Returns the sessions in arrays of `size`, and lets the event loop go on before each.
   *
   * @param size The number of sessions in each array but the last. Default: 1,000.
   */
  batches(size: number = BATCH): AsyncGenerator<Session[], void, undefined> {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(`size: must be an integer of 1 or more, got ${describe(size)}`);
    }
    return slices(this, size);
  }

  /** Returns the sessions one by one, and lets the event loop go on after each 1,000. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Session, void, undefined> {
    for await (const batch of slices(this, BATCH)) {
      for (const session of batch) yield session;
    }
  }
}

// Taken when the module is loaded, so that fake timers of a test do not stop the loops.
const { setImmediate } = timers;

async function* slices(list: SessionList, size: number): AsyncGenerator<Session[], void, undefined> {
  for (let start = 0; start < list.length; start += size) {
    await setImmediate();
    yield list.slice(start, start + size);
  }
}

/** A list of totals by user and company. An e-mail address can appear for several companies. */
export class UserStatsList extends List<UserStats, UserStatsColumns, UserStatsRow> {
  /** Creates a list for a test, from rows in the form of the raw JSON, or from totals. */
  static fromJSON(rows: readonly object[]): UserStatsList {
    return UsageStats.fromJSON({ user_stats: array(rows) }).userStats;
  }

  /** @internal */
  constructor(history: NativeHistory, length: number, json: string) {
    if (history === undefined) throw notConstructed('UserStatsList');
    const row = (index: number) => new UserStats(JSON.parse(history.user(index) as string));
    const users = table(() => history.userTable());
    super(length, row, () => JSON.stringify(JSON.parse(json)?.user_stats ?? null), users);
  }
}

/** The totals of a usage history. */
export class UsageStats {
  /** The length of all sessions in seconds. */
  declare readonly totalSec: number | null;
  /** The number of sessions. */
  declare readonly totalCount: number | null;
  /** The totals by user and company. */
  declare readonly userStats: UserStatsList;
  readonly #json: string;

  /** Creates totals for a test, from an object in the form of the raw JSON. */
  static fromJSON(json: object): UsageStats {
    return UsageHistory.fromJSON({ stats: json }).stats;
  }

  /** @internal */
  constructor(history: NativeHistory) {
    if (history === undefined) throw notConstructed('UsageStats');
    const { totalSec, totalCount, users, json } = history.stats();
    this.#json = json;
    const userStats = new UserStatsList(history, users, json);
    Object.assign(this, { totalSec: totalSec ?? null, totalCount: totalCount ?? null, userStats });
  }

  /** Returns the raw JSON. */
  toJSON(): Json {
    return JSON.parse(this.#json);
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](depth: number, options: object, inspect: never): string {
    return inspectFields('UsageStats', this, depth, options, inspect);
  }
}

/**
 * Every screen-sharing session of a period, and the totals.
 *
 * @example
 * const history = await cw.reseller.usage('2019-02');
 * for (const { email, duration } of history.sessions) console.log(email, duration);
 * console.log(history.stats.totalCount);
 */
export class UsageHistory {
  /** The totals as the API computed them. */
  declare readonly stats: UsageStats;
  /** The sessions; a row is created when it is accessed. */
  declare readonly sessions: SessionList;
  readonly #history: NativeHistory;

  /**
   * Creates a history for a test, from an object in the form of the raw JSON. Sessions may be `Session`s; what is left
   * out is empty.
   *
   * @throws {TypeError} A value has another type than the API documents.
   *
   * @example
   * const history = UsageHistory.fromJSON({ sessions: [{ email: 'agent@acme.example', duration: 600 }] });
   */
  static fromJSON(json: object): UsageHistory {
    const whole = { stats: {}, sessions: [], ...members('json', json, typeError) };
    return new UsageHistory(read('UsageHistory', whole, native.historyFromJson));
  }

  /** @internal */
  constructor(history: NativeHistory) {
    if (history === undefined) throw notConstructed('UsageHistory');
    this.#history = history;
    Object.assign(this, { stats: new UsageStats(history), sessions: new SessionList(history) });
  }

  /**
   * Returns the history with the ids of these clients on its rows: `clientId` of sessions and of `stats.userStats`. A row
   * finds its client by `sname`; without one it keeps null. It copies no session, and `toJSON()` stays the response
   * without the ids.
   *
   * @param clients The clients: a `ClientList`, or any iterable of objects with `id` and `sname`.
   *
   * @throws {TypeError} It is not an iterable of clients.
   *
   * @example
   * const history = (await cw.reseller.usage('2019-02')).withClients(await cw.clients.list());
   * console.log(history.sessions[0]?.clientId);
   */
  withClients(clients: Iterable<{ readonly id: number; readonly sname: string }>): UsageHistory {
    const iterable = typeof memberOf(clients, Symbol.iterator) === 'function';
    if (!iterable)
      throw typeError('clients', `must be a ClientList or an array of Client, got ${describe(clients)}`);
    const given = [...clients].map((client: unknown, index) => {
      const { id, sname } = (client ?? {}) as { id?: unknown; sname?: unknown };
      const isId = Number.isSafeInteger(id) || typeof id === 'bigint';
      if (isId && typeof sname === 'string') return { id: String(id), sname };
      throw typeError(`clients[${index}]`, `must be a Client, got ${describe(client)}`);
    });
    const snames = given.map((client) => client.sname);
    const ids = given.map((client) => client.id);
    return new UsageHistory(this.#history.withClients(snames, ids));
  }

  /**
   * Counts the meetings of each company, by `sname`, as `cw.clients.usage` does for one client, without a request for each.
   *
   * The history has every session; a meeting is one of at least `minSeconds` with at least one viewer (the API document,
   * Get Client Usage). That is why the history has more sessions than the API counts meetings. A session without a
   * duration, a viewer count or a company is not counted.
   *
   * If the history has its clients, they come first, in their order, and clients without a meeting have the count 0. Other
   * companies follow in the order of their first sessions.
   *
   * The API also counts Instant Demo requests that led to a phone call. Those without a screen share are not in the history,
   * so for clients that use Instant Demo its count can be higher.
   *
   * @param options.minSeconds The shortest meeting in seconds. Default: 40.
   *
   * @throws {InvalidRequestError} `minSeconds` is not an integer from 0 to 4294967295.
   *
   * @example
   * const history = await cw.reseller.usage('2019-02');
   * for (const [sname, meetings] of history.countMeetings()) console.log(sname, meetings);
   */
  countMeetings(options?: MeetingOptions): Map<string, number> {
    const { minSeconds } = methodOptions(options, ['minSeconds']);
    const least = optional(minSeconds, (value) => integer('minSeconds', value));
    if (least !== undefined && (least < 0 || least > LARGEST)) {
      throw invalidArgument('minSeconds', `must be an integer from 0 to ${LARGEST}, got ${least}`);
    }
    const counts = this.#history.countMeetings(least);
    return new Map(counts.map(({ sname, numSessions }) => [sname, numSessions]));
  }

  /** The columns of the sessions as typed arrays: `sessions.columns`. */
  get columns(): SessionColumns {
    return this.sessions.columns;
  }

  /** Returns the sessions as plain objects: `sessions.toRows()`. */
  toRows(): SessionRow[] {
    return this.sessions.toRows();
  }

  /** Returns the sessions as bytes of the Arrow IPC stream format: `sessions.toArrowIPC()`. */
  toArrowIPC(): Uint8Array {
    return this.sessions.toArrowIPC();
  }

  /** Returns the raw JSON; timestamps have six digits and `Z`. */
  toJSON(): Json {
    return JSON.parse(this.#history.json());
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](depth: number, options: object, inspect: never): string {
    return inspectFields('UsageHistory', this, depth, options, inspect);
  }
}

/** Returns the rows of a list for a test. */
function array(rows: unknown): unknown[] {
  if (!isArray(rows)) throw typeError('rows', `must be an array, got ${describe(rows)}`);
  return rows;
}

/** Returns an id as a number, or as a bigint if a number cannot hold it. */
function exactId(text: string | null | undefined): number | null {
  if (text === null || text === undefined) return null;
  const id = Number(text);
  return Number.isSafeInteger(id) ? id : (BigInt(text) as unknown as number);
}

function number(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function date(milliseconds: number): Date | null {
  return Number.isNaN(milliseconds) ? null : new Date(milliseconds);
}
