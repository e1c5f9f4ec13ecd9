// The sandbox's clock.

import { compareByIdentity } from './fingerprint';
import { refuseUnbound } from './methods';
import type { NativeSandbox } from './native';
import { type Duration, inWords, milliseconds, moment } from './sandbox-arguments';

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

  static {
    refuseUnbound(Clock, 'sandbox.clock', (target) => #native in target);
  }

  /** The time that the clock shows. */
  get now(): Date {
    return new Date(this.#native.now());
  }

  /** Sets the clock to a `Date` or an RFC 3339 string. A frozen clock stays frozen. */
  set(time: Date | string): void {
    inWords(() => this.#native.setNow(moment('time', time)));
  }

  /** Moves the clock forward by a duration, or back if it is negative. */
  advance(by: Duration): void {
    this.#native.advance(milliseconds('by', by));
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
