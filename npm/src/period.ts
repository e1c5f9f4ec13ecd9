// Periods of time for usage and billing.

import { optional, text } from './arguments';
import { isDate, isRevoked, memberOf, named } from './check';
import { describe } from './describe';
import { invalidArgument, unwrap } from './errors';
import { native, type PeriodData } from './native';

/** One end of a period: a `Date`, or a string with a moment (`2019-02-28T12:00:00Z`) or a whole day (`2019-02-28`). */
export type PeriodEnd = Date | string;

/**
 * A `Period`, or a string such as `2019-02`, `2019-02-28`, `2019`, `2019-02-01/2019-02-14` or, with a time zone,
 * `2019-02[Europe/Berlin]`.
 */
export type PeriodLike = Period | string;

/** The time zone of a period. */
export interface ZoneOptions {
  /**
   * The time zone that days and months begin in: an IANA name such as `Europe/Berlin`, or an offset such as `+02:00`.
   * Default: UTC.
   */
  timeZone?: string | undefined;
}

/** The current time, for tests. */
export interface NowOptions {
  /**
   * The current time, as a `Date` or a string such as `2019-03-15T12:00:00Z`. Default: that of the system's clock, which
   * fake timers do not change.
   */
  now?: Date | string | undefined;
}

/**
 * The key of a period's data. A symbol, because a private field cannot be read through a proxy such as Vue's; a
 * registered one, because two copies of this package can be loaded.
 */
const DATA = Symbol.for('crankwheel.Period');

/** The key of the exact string: two periods that differ by microseconds are not equal. */
const EXACT = Symbol('exact');

/** The data of a period, which the static methods hand to the constructor. */
class Checked {
  constructor(readonly data: PeriodData) {}
}

/**
 * A period of time, both ends included. If the end is a day or a month, it includes the last microsecond of it; a `Date`
 * is a moment.
 *
 * @example
 * await cw.reseller.billing(Period.month('2019-02'));
 * await cw.clients.usage(27084, new Period('2019-02-01', '2019-02-14'));
 */
export class Period {
  /** @internal */
  declare readonly [DATA]: PeriodData;

  /**
   * Creates a period from its ends.
   *
   * @param start The first moment or day.
   * @param end The last moment or day; a day is included to its end.
   * @param options The time zone of days.
   * @throws {InvalidRequestError} An end is not valid, or `end` is before `start`.
   */
  constructor(start: PeriodEnd, end: PeriodEnd, options?: ZoneOptions);
  /** @internal */
  constructor(checked: Checked);
  constructor(start: PeriodEnd | Checked, end?: PeriodEnd, options?: ZoneOptions) {
    const data =
      !isRevoked(start) && start instanceof Checked
        ? start.data
        : unwrap(native.periodBetween(bound('start', start), bound('end', end), zone(options)));
    Object.defineProperty(this, DATA, { value: data });
    // Own enumerable properties are what comparison and `structuredClone` see.
    Object.defineProperty(this, EXACT, { value: data.text, enumerable: true });
    if (isRelative(data)) Object.defineProperty(this, 'days', { value: data.days, enumerable: true });
    else {
      const own = (value: string) => ({ value, enumerable: true });
      Object.defineProperties(this, { label: own(data.label), timeZone: own(data.timeZone) });
      Object.defineProperties(this, { start: OWN_START, end: OWN_END });
    }
  }

  /**
   * Returns the period of one month.
   *
   * @param month The month, such as `2019-02`.
   * @param options The time zone of the month.
   *
   * @example
   * const february = Period.month('2019-02', { timeZone: 'Europe/Berlin' });
   */
  static month(month: string, options?: ZoneOptions): Period {
    return periodOf(native.periodMonth(text('month', month), zone(options)));
  }

  /**
   * Returns one period for each month from the first to the last, both included.
   *
   * @example
   * for (const month of Period.months('2019-01', '2019-03')) console.log(await cw.clients.billing(27084, month));
   */
  static months(first: string, last: string, options?: ZoneOptions): Period[] {
    const months = unwrap(native.periodMonths(text('first', first), text('last', last), zone(options)));
    return Array.from(months, periodOf);
  }

  /**
   * Returns the current month, from its first day to its last.
   *
   * @param options The time zone of the month, and the current time.
   *
   * @example
   * const month = Period.thisMonth({ timeZone: 'Europe/Berlin' });
   */
  static thisMonth(options?: ZoneOptions & NowOptions): Period {
    const { timeZone, now } = zoneAndNow(options);
    return periodOf(native.periodMonthOf(true, timeZone, now));
  }

  /**
   * Returns the month before the current one.
   *
   * @param options The time zone of the month, and the current time.
   *
   * @example
   * const bill = await cw.reseller.billing(Period.lastMonth({ timeZone: 'Europe/Berlin' }));
   */
  static lastMonth(options?: ZoneOptions & NowOptions): Period {
    const { timeZone, now } = zoneAndNow(options);
    return periodOf(native.periodMonthOf(false, timeZone, now));
  }

  /**
   * Returns the last `days` days of 24 hours each. They end at the moment of the call that takes the period, by the clock
   * of the client: that of the sandbox for a sandbox's client.
   *
   * @param days The number of days.
   * @param options The end, if it is not the moment of the call.
   *
   * @example
   * const history = await cw.reseller.usage(Period.lastDays(28));
   */
  static lastDays(days: number, options?: NowOptions): Period {
    if (!Number.isInteger(days) || days < 0 || days > 0xffff_ffff) {
      throw invalidArgument('days', `must be a whole number of days, got ${describe(days)}`);
    }
    return periodOf(native.periodLastDays(days, moment(named('options', options, ['now'], invalidArgument))));
  }

  /**
   * Parses a string as every method that takes a period does.
   *
   * @param period The string.
   * @param options The time zone of days.
   * @throws {InvalidRequestError} The string is not a valid period.
   *
   * @example
   * const year = Period.parse('2019');
   */
  static parse(period: string, options?: ZoneOptions): Period {
    return periodOf(native.periodParse(text('period', period), zone(options)));
  }

  /**
   * The shortest name of the period: `2019-02`, `2019`, `2019-02-28`, `2019-02-01/2019-02-14`, or both ends in the
   * period's time zone.
   */
  get label(): string {
    return this[DATA].label;
  }

  /** The name of the time zone: an IANA name, `UTC`, or an offset such as `+02:00`. */
  get timeZone(): string {
    return this[DATA].timeZone;
  }

  /** The number of days, of a period that `lastDays` created. */
  declare readonly days?: number | undefined;

  /** The first moment, truncated to milliseconds; the `start` of `lastDays` is computed now. */
  get start(): Date {
    return new Date(current(this[DATA]).start);
  }

  /** The last moment, truncated to milliseconds; the `end` of `lastDays` is now. */
  get end(): Date {
    return new Date(current(this[DATA]).end);
  }

  /**
   * Returns a string such as `2019-02-01T00:00:00Z/2019-02-28T23:59:59.999999Z` or `last 28 days`; with a time zone
   * `2019-02[Europe/Berlin]`. `parse` reads it, except for the last days.
   */
  toString(): string {
    return this[DATA].text;
  }

  /** Returns the string of `toString()`. */
  toJSON(): string {
    return this[DATA].text;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Period { ${this[DATA].text} }`;
  }
}

function isRelative(data: PeriodData): data is PeriodData & { days: number } {
  return data.days !== undefined && data.days !== null;
}

function current(data: PeriodData): PeriodData {
  return isRelative(data) ? unwrap(native.periodLastDays(data.days)) : data;
}

const ends = Object.getOwnPropertyDescriptors(Period.prototype);
const OWN_START = { ...ends.start, enumerable: true };
const OWN_END = { ...ends.end, enumerable: true };

/** Converts a period argument for the native side. */
export function periodArgument(period: PeriodLike | null | undefined): string | number | undefined {
  if (period === undefined || period === null) return undefined;
  if (typeof period === 'string') return text('period', period);
  const data = memberOf(period, DATA) as PeriodData | undefined;
  if (data === undefined) {
    throw invalidArgument(
      'period',
      `must be a Period or a string such as '2019-02', got ${describe(period)}`,
    );
  }
  return data.days ?? data.text;
}

function periodOf(result: Parameters<typeof unwrap<PeriodData>>[0]): Period {
  return new Period(new Checked(unwrap(result)));
}

function bound(name: string, end: unknown): string {
  if (typeof end === 'string') return text(name, end);
  if (isDate(end)) return end.toISOString();
  throw invalidArgument(name, `must be a Date or a string, got ${describe(end)}`);
}

function zone(options: ZoneOptions | null | undefined): string | undefined {
  return zoneName(named('options', options, ['timeZone'], invalidArgument));
}

function zoneName({ timeZone }: ZoneOptions): string | undefined {
  return optional(timeZone, (name) => text('timeZone', name));
}

function zoneAndNow(options: (ZoneOptions & NowOptions) | null | undefined) {
  const given = named('options', options, ['timeZone', 'now'], invalidArgument);
  return { timeZone: zoneName(given), now: moment(given) };
}

function moment({ now }: Partial<NowOptions>): string | undefined {
  return optional(now, (now) => bound('now', now));
}
