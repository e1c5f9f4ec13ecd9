// The function that returns the API key: called when the core needs a key, in the async context of the call.

import { runIn } from './call-context';
import { describe } from './describe';
import { type NativeKeys, native } from './native';
import type { ApiKeyFunction } from './options';

/** The most errors of the function that are kept for the calls that failed by them. */
const MAX_FAILURES = 100;

/** The function that returns the key of a client, and the requests for it. */
export class Keys {
  readonly native: NativeKeys;
  readonly function: ApiKeyFunction;
  /** The errors that the function threw, by the number of the request. */
  readonly #failures = new Map<number, unknown>();

  constructor(key: ApiKeyFunction) {
    this.function = key;
    // Weak: the native side must not keep the function, and what it refers to, from being collected.
    const self = new WeakRef<Keys>(this);
    this.native = new native.NativeKeys(() => self.deref()?.serve());
  }

  /** Returns what the function threw for a request. */
  failure(number: number): unknown {
    return this.#failures.get(number);
  }

  /** Calls the function for each new request. */
  serve(): void {
    for (const { callId, number } of this.native.take()) {
      // An async function, so that a function that throws is like one that rejects.
      runIn(callId, async () => this.function()).then(
        (key: unknown) => {
          if (typeof key === 'string') this.native.returned(number, key);
          else this.native.failed(number, `the function must return a string, got ${describe(key)}`);
        },
        (error) => this.#failed(number, error),
      );
    }
  }

  /** An error of the function may quote the key: the message has only its class, and the error is the cause. */
  #failed(number: number, error: unknown): void {
    this.#failures.set(number, error);
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MAX_FAILURES && oldest !== undefined) this.#failures.delete(oldest);
    const kind = error instanceof Error ? error.constructor.name : typeof error;
    this.native.failed(number, `the function that returns the key failed (${kind})`);
  }
}
