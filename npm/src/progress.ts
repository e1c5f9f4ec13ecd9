// The progress of a call whose response is read while it arrives.

import * as timers from 'node:timers';
import { type Ended, ended, queue } from './completions';
import { describe } from './describe';
import { invalidOption } from './errors';
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

type Report = (progress: Progress) => void;

/** Returns the function that receives the progress, if there is one. */
export function reportOf(given: unknown): Report | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given === 'function') return given as Report;
  throw invalidOption(`onProgress: must be a function, got ${describe(given)}`);
}

/** Waits for a call that is watched, and reports its progress meanwhile. */
export async function reporting(id: number, given: Report): Promise<Ended> {
  const report = (done: boolean) => {
    const [receivedBytes = 0, totalBytes = 0, rows = 0] = queue().progress(id);
    given({ receivedBytes, totalBytes: totalBytes || undefined, rows, done });
  };
  let failure: { error: unknown } | undefined;
  let last = 0;
  const tick = () => {
    const [received = 0] = queue().progress(id);
    if (received === last || failure !== undefined) return;
    last = received;
    try {
      report(false);
    } catch (error) {
      failure = { error };
      queue().cancel(id);
    }
  };
  const timer = setInterval(tick, INTERVAL);
  try {
    const result = await ended(id);
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

function failed(result: Ended): boolean {
  return typeof result === 'object' && result.error != null;
}
