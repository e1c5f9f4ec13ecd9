// Periods of time for usage and billing.

import { text } from './arguments';
import { describe } from './describe';
import { invalidArgument, unwrap } from './errors';
import { native, type PeriodData } from './native';

/** One end of a period: a moment, or the text of one (`2019-02-28T12:00:00Z`) or of a whole day (`2019-02-28`). */
export type PeriodEnd = Date | string;

/** A period, or the text of one: `2019-02`, `2019-02-28`, `2019`, `2019-02-01/2019-02-14`. */
export type PeriodLike = Period | string;

/** How the days of a period are counted. */
export interface ZoneOptions {
  /** An IANA name such as `Europe/Berlin`; UTC if left out. */
  timeZone?: string;
}

/** Reads what a period keeps to itself; set by the class. */
let dataOf: (period: Period) => PeriodData;

/** Handed to the constructor by the static methods. */
class Made {
  constructor(readonly data: PeriodData) {}
}

/**
 * A period of time, both ends included. A day or month as the end is meant to its last microsecond; a `Date` is a
 * moment.
 *
 * @example
 * await cw.reseller.billing(Period.month('2019-02'));
 * await cw.clients.usage(27084, new Period('2019-02-01', '2019-02-14'));
 */
export class Period {
  readonly #data: PeriodData;

  /** A period between two moments or days. */
  constructor(start: PeriodEnd, end: PeriodEnd, options?: ZoneOptions);
  /** @internal */
  constructor(made: Made);
  constructor(start: PeriodEnd | Made, end?: PeriodEnd, options?: ZoneOptions) {
    this.#data =
      start instanceof Made
        ? start.data
        : unwrap(native.periodBetween(bound('start', start), bound('end', end), zone(options)));
  }

  /** One month, written `2019-02`. */
  static month(month: string, options?: ZoneOptions): Period {
    return made(native.periodMonth(text('month', month), zone(options)));
  }

  /** Every month from the first to the last, both included, one period each. */
  static months(first: string, last: string, options?: ZoneOptions): Period[] {
    return unwrap(native.periodMonths(text('first', first), text('last', last), zone(options))).map(made);
  }

  /** The last `days` days, of 24 hours each, counted back from the moment of the call. */
  static lastDays(days: number): Period {
    if (!Number.isInteger(days) || days < 0 || days > 0xffff_ffff) {
      throw invalidArgument('period', `must be a whole number of days, got ${describe(days)}`);
    }
    return made(native.periodLastDays(days));
  }

  /** Reads the text of a period, as every method that takes a period does. */
  static parse(period: string): Period {
    return made(native.periodParse(text('period', period)));
  }

  /** The first moment, cut to milliseconds; for `lastDays` as of now. */
  get start(): Date {
    return new Date(this.#current().start);
  }

  /** The last moment, cut to milliseconds; for `lastDays` it is now. */
  get end(): Date {
    return new Date(this.#current().end);
  }

  /** `2019-02-01T00:00:00Z/2019-02-28T23:59:59.999999Z`, or `last 28 days`. */
  toString(): string {
    return this.#data.text;
  }

  toJSON(): string {
    return this.#data.text;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Period { ${this.#data.text} }`;
  }

  #current(): PeriodData {
    const { days } = this.#data;
    return days === undefined || days === null ? this.#data : unwrap(native.periodLastDays(days));
  }

  static {
    dataOf = (period) => period.#data;
  }
}

/** A period argument as the native side takes it. */
export function periodArgument(period: PeriodLike | null | undefined): string | number | undefined {
  if (period === undefined || period === null) return undefined;
  if (typeof period === 'string') return period;
  if (!(period instanceof Period)) {
    throw invalidArgument(
      'period',
      `must be a Period or a string such as '2019-02', got ${describe(period)}`,
    );
  }
  const { days, text } = dataOf(period);
  return days ?? text;
}

function made(result: Parameters<typeof unwrap<PeriodData>>[0]): Period {
  return new Period(new Made(unwrap(result)));
}

function bound(name: string, end: unknown): string {
  if (typeof end === 'string') return end;
  if (end instanceof Date && !Number.isNaN(end.getTime())) return end.toISOString();
  throw invalidArgument(name, `must be a Date or a string, got ${describe(end)}`);
}

function zone(options: ZoneOptions | undefined): string | undefined {
  const zone = options?.timeZone;
  return zone === undefined || zone === null ? undefined : text('timeZone', zone);
}
