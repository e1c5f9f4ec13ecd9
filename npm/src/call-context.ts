// The async contexts of the calls in flight, in which their hooks and the function that returns the key run.

import { AsyncResource } from 'node:async_hooks';

/** By the id of the call. */
const CONTEXTS = new Map<number, AsyncResource>();

/** Keeps the current async context for a call, until `leave`. */
export function enter(callId: number): void {
  CONTEXTS.set(callId, new AsyncResource('CrankWheelCall', { requireManualDestroy: true }));
}

/** Forgets the context of a call. */
export function leave(callId: number): void {
  CONTEXTS.get(callId)?.emitDestroy();
  CONTEXTS.delete(callId);
}

/** Calls a function in the context of a call, if the call is in flight. */
export function runIn<A extends unknown[], R>(callId: number, call: (...args: A) => R, ...args: A): R {
  const context = CONTEXTS.get(callId);
  return context === undefined ? call(...args) : context.runInAsyncScope(call, undefined, ...args);
}
