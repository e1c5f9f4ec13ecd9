// The progress of a call whose response is read while it arrives.

import * as timers from 'node:timers';
import { describe } from './describe';
import { invalidOption } from './errors';
import type { PreparedCall } from './native';
import type { CallOptions } from './options';

/** The progress of a call. */
export interface Progress {
  /** The number of bytes that have arrived, compressed if they are. */
  readonly receivedBytes: number;
  /** The size of the response, if the server has said it. */
  readonly totalBytes: number | undefined;
  /** The number of sessions that have been decoded; 0 with `withRawResponse`. */
  readonly rows: number;
  /** True in the last report. */
  readonly done: boolean;
}

/** The options of a call that can report its progress. */
export interface ProgressOptions extends CallOptions {
  /**
   * Receives the progress while the response arrives, at most ten times a second and at the end. If it throws, the call
   * is cancelled and the promise is rejected with the error.
   */
  onProgress?: (progress: Progress) => void;
}

/** The shortest time between two reports, in milliseconds. */
const INTERVAL = 100;

// Taken when the module is loaded, so that fake timers of a test do not stop the reports.
const { setInterval, clearInterval } = timers;

/** Runs `send`, and reports the progress of the call meanwhile. */
export async function reporting<T>(call: PreparedCall, given: unknown, send: () => Promise<T>): Promise<T> {
  if (given === undefined || given === null) return send();
  if (typeof given !== 'function') {
    throw invalidOption(`onProgress: must be a function, got ${describe(given)}`);
  }
  const report = (done: boolean) => {
    const [receivedBytes = 0, totalBytes = 0, rows = 0] = call.progress();
    given({ receivedBytes, totalBytes: totalBytes || undefined, rows, done });
  };
  let failure: { error: unknown } | undefined;
  let last = 0;
  const tick = () => {
    const [received = 0] = call.progress();
    if (received === last || failure !== undefined) return;
    last = received;
    try {
      report(false);
    } catch (error) {
      failure = { error };
      call.cancel();
    }
  };
  call.watch();
  const timer = setInterval(tick, INTERVAL);
  try {
    const result = await send();
    if (failure === undefined && !failed(result)) report(true);
    return result;
  } finally {
    clearInterval(timer);
    if (failure !== undefined) {
      // biome-ignore lint/correctness/noUnsafeFinally: the result of a cancelled call says less
      throw failure.error;
    }
  }
}

function failed(result: unknown): boolean {
  return (result as { error?: unknown }).error != null;
}
