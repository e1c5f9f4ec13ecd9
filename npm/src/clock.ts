// The sandbox's clock, and times and durations as the sandbox takes them.

import type { NativeSandbox } from './native';

/** A length of time: milliseconds, or the sum of these. */
export type Duration =
  | number
  | { days?: number; hours?: number; minutes?: number; seconds?: number; milliseconds?: number };

/** The sandbox's clock: it can be stopped, set and moved, so that a test can live through a year. */
export class Clock {
  readonly #native: NativeSandbox;

  /** @internal */
  constructor(sandbox: NativeSandbox) {
    this.#native = sandbox;
  }

  /** What the clock shows. */
  get now(): Date {
    return new Date(this.#native.now());
  }

  /** Sets it to a `Date` or to an RFC 3339 string; a frozen one stays frozen. */
  set(time: Date | string): void {
    this.#native.setNow(momentText(time));
  }

  /** Moves it on by a duration, back if that is negative. */
  advance(by: Duration): void {
    this.#native.advance(milliseconds(by));
  }

  /** Stops it where it is. */
  freeze(): void {
    this.#native.freeze();
  }

  /** Lets it run on from where it is. */
  unfreeze(): void {
    this.#native.unfreeze();
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Clock { ${this.now.toISOString()} }`;
  }
}

/** A time as an RFC 3339 string; the native side refuses what is not one. */
export function momentText(time: Date | string): string {
  return time instanceof Date ? time.toISOString() : String(time);
}

/** A duration in whole milliseconds. */
export function milliseconds(duration: Duration): number {
  if (typeof duration === 'number') return Math.round(duration);
  const { days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 } = duration;
  return Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds);
}
