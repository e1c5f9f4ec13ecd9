// The calls in flight of this thread, and the queue through which their results arrive.

import { type CallResult, type NativeQueue, native } from './native';

/**
 * The result of a call: the value of an operation with nothing to say about it (the raw JSON of a model, or undefined),
 * or more.
 */
export type Ended = string | undefined | CallResult;

/** Resolves the promise of a call, by its id. */
const WAITING = new Map<number, (ended: Ended) => void>();

let created: NativeQueue | undefined;

/** Returns the queue of this thread. */
export function queue(): NativeQueue {
  created ??= new native.NativeQueue(deliver);
  return created;
}

/** Returns a promise of the result of a call that was started. It is never rejected. */
export function ended(id: number): Promise<Ended> {
  return new Promise((resolve) => {
    WAITING.set(id, resolve);
  });
}

/** Resolves the promises of the calls that have ended since the last time. */
function deliver(): void {
  const batch = queue().take();
  for (let index = 0; index < batch.length; index += 2) {
    const id = batch[index] as number;
    const resolve = WAITING.get(id);
    WAITING.delete(id);
    resolve?.(batch[index + 1] as Ended);
  }
}
