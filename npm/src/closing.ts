// Closing a client: the option of `close`, and the calls that it waits for.

import { methodOptions } from './arguments';
import { describe } from './describe';
import { invalidArgument } from './errors';

/** The options of `close`. */
export interface CloseOptions {
  /**
   * The time in milliseconds that the calls in flight have to end. Those that have not ended then are dropped, and their
   * promises are rejected with an `APITimeoutError`. 0 drops them at once. Default: the time that the own `timeout` of
   * each call leaves.
   */
  timeout?: number | undefined;
}

/** The longest time to wait, 30 days in milliseconds. */
const LONGEST = 2_592_000_000;

/** Returns the time that the calls in flight have to end; `undefined` if there is no such limit. */
export function closingTime(options: CloseOptions | null | undefined): number | undefined {
  const { timeout } = methodOptions(options, ['timeout']);
  if (timeout === undefined || timeout === null) return undefined;
  if (typeof timeout === 'number' && timeout >= 0 && timeout <= LONGEST) return timeout;
  const words = `must be a number of milliseconds from 0 to ${LONGEST} (30 days), got ${describe(timeout)}`;
  throw invalidArgument('timeout', `${words}; leave it out to wait for all calls`);
}

/** Counts the calls of a client and its copies whose promises are not settled. */
export class CallsInFlight {
  #count = 0;
  #closed = false;
  #waiting: (() => void)[] = [];

  /** Counts a call, and returns the function to call when it ends. Calls after `close` are not counted. */
  begin(): () => void {
    if (this.#closed) return () => {};
    this.#count += 1;
    return () => {
      this.#count -= 1;
      if (this.#count > 0) return;
      for (const resume of this.#waiting.splice(0)) resume();
    };
  }

  /** Counts no further calls. */
  close(): void {
    this.#closed = true;
  }

  /** True if no call is in flight. */
  get none(): boolean {
    return this.#count === 0;
  }

  /** Waits until no call is in flight. */
  async ended(): Promise<void> {
    if (!this.none) await new Promise<void>((resume) => this.#waiting.push(resume));
  }
}
