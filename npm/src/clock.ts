// The sandbox's clock, and the conversion of times and durations for the sandbox.

import { checkTypes, named, typeError } from './check';
import { compareByIdentity } from './fingerprint';
import type { NativeSandbox } from './native';

/** A duration: milliseconds, or the sum of the given units. */
export type Duration =
  | number
  | Partial<Record<'days' | 'hours' | 'minutes' | 'seconds' | 'milliseconds', number | undefined>>;

/**
 * The clock of a sandbox. A test can stop, set and move it, to let a month or a year pass at once.
 *
 * @example
 * sandbox.clock.set('2019-02-01T00:00:00Z');
 * sandbox.clock.advance({ days: 14 });
 */
export class Clock {
  readonly #native: NativeSandbox;

  /** @internal */
  constructor(sandbox: NativeSandbox) {
    this.#native = sandbox;
    compareByIdentity(this);
  }

  /** The time that the clock shows. */
  get now(): Date {
    return new Date(this.#native.now());
  }

  /** Sets the clock to a `Date` or an RFC 3339 string. A frozen clock stays frozen. */
  set(time: Date | string): void {
    this.#native.setNow(momentText(time));
  }

  /** Moves the clock forward by a duration, or back if it is negative. */
  advance(by: Duration): void {
    this.#native.advance(milliseconds(by));
  }

  /** Stops the clock at the time that it shows. */
  freeze(): void {
    this.#native.freeze();
  }

  /** Lets the clock run from the time that it shows. */
  unfreeze(): void {
    this.#native.unfreeze();
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Clock { ${this.now.toISOString()} }`;
  }
}

/** Returns a time as an RFC 3339 string. The native side refuses other strings. */
export function momentText(time: Date | string): string {
  return time instanceof Date ? time.toISOString() : String(time);
}

/** Returns a duration in whole milliseconds. */
export function milliseconds(duration: Duration): number {
  if (typeof duration === 'number') return Math.round(duration);
  const units = ['days', 'hours', 'minutes', 'seconds', 'milliseconds'];
  const given = named('by', duration, units, typeError);
  checkTypes(given, Object.fromEntries(units.map((unit) => [unit, ['number']])), typeError);
  const { days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 } = given;
  return Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds);
}
