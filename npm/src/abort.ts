// Signals: one listener for each, whatever the number of calls that wait for it.

import { memberOf } from './check';
import { describe } from './describe';
import { invalidArgument } from './errors';

/** The functions to call when a signal is aborted, and the listener that calls them. */
interface Waiting {
  readonly cancels: Set<() => void>;
  readonly listener: () => void;
}

const WAITING = new WeakMap<AbortSignal, Waiting>();

/** Returns the signal among the options of a call, if there is one. */
export function signalOf(value: unknown): AbortSignal | undefined {
  if (value === undefined || value === null) return undefined;
  if (isSignal(value)) return value;
  const controller = isSignal(memberOf(value, 'signal'));
  const got = controller ? 'an AbortController; pass its `signal`' : describe(value);
  throw invalidArgument('signal', `must be an AbortSignal, got ${got}`);
}

/** Throws the reason of a signal that is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  // Signals of old packages have no reason.
  throw signal.reason ?? new DOMException('This operation was aborted', 'AbortError');
}

/** Calls `cancel` when the signal is aborted, until the function that this returns is called. */
export function onAbort(signal: AbortSignal | undefined, cancel: () => void): () => void {
  if (signal === undefined) return () => {};
  const waiting = WAITING.get(signal) ?? listen(signal);
  waiting.cancels.add(cancel);
  return () => {
    waiting.cancels.delete(cancel);
    if (waiting.cancels.size > 0 || WAITING.get(signal) !== waiting) return;
    WAITING.delete(signal);
    signal.removeEventListener('abort', waiting.listener);
  };
}

function listen(signal: AbortSignal): Waiting {
  const cancels = new Set<() => void>();
  const listener = () => {
    for (const cancel of cancels) cancel();
  };
  const waiting = { cancels, listener };
  WAITING.set(signal, waiting);
  signal.addEventListener('abort', listener, { once: true });
  return waiting;
}

/** Tells by its members, because a signal can be of another realm, or of a package for old programs. */
function isSignal(value: unknown): value is AbortSignal {
  return (
    typeof memberOf(value, 'aborted') === 'boolean' &&
    typeof memberOf(value, 'addEventListener') === 'function' &&
    typeof memberOf(value, 'removeEventListener') === 'function'
  );
}
