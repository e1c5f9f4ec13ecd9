// Hooks for logs and metrics: what happened on the wire, told to the program, never to the call's harm.

import { debuglog } from 'node:util';
import { type NativeEvents, native } from './native';

/** An attempt that begins. No path, body or key is in it. */
export interface RequestInfo {
  /** The method (OpenTelemetry: `http.request.method`). */
  readonly method: string;
  /** The path with names for its variable parts (OpenTelemetry: `url.template`). */
  readonly template: string;
  /** Counted from 1. */
  readonly attempt: number;
}

/** An attempt that ended: with an answer of whatever `status`, or with a `problem`. */
export interface ResponseInfo extends RequestInfo {
  /** The HTTP status, if an answer came (OpenTelemetry: `http.response.status_code`). */
  readonly status?: number;
  /** The answer's `x-request-id`, if it had one. */
  readonly requestId?: string;
  /** From the beginning of the attempt to its end. */
  readonly durationMs: number;
  /** What happened if no answer came: `not sent`, `lost` or `timed out`. */
  readonly problem?: string;
}

/** Functions that are told of attempts. What they throw becomes a process warning and does not reach the call. */
export interface Hooks {
  onRequest?: (info: RequestInfo) => void;
  onResponse?: (info: ResponseInfo) => void;
}

const debug = debuglog('crankwheel');

/** Takes a client's events to its hooks and, under `NODE_DEBUG=crankwheel`, to standard error. */
export class Events {
  readonly native: NativeEvents;
  readonly #hooks: Hooks;

  private constructor(hooks: Hooks) {
    this.#hooks = hooks;
    // Weak: the native side is no reason to keep the hooks, and what they refer to, from being collected.
    const self = new WeakRef<Events>(this);
    this.native = new native.NativeEvents(() => self.deref()?.deliver());
  }

  /** Nothing if nobody wants to know. Hooks of `before` stay where `hooks` has none of its own. */
  static of(hooks: Hooks, before?: Events): Events | undefined {
    const { onRequest, onResponse } = hooks;
    if (onRequest === undefined && onResponse === undefined && (before || !debug.enabled)) return before;
    const old = before ? before.#hooks : {};
    return new Events({
      onRequest: onRequest ?? old.onRequest,
      onResponse: onResponse ?? old.onResponse,
    });
  }

  /** Calls the hooks for what has happened since the last time. Never throws. */
  deliver(): void {
    for (const { method, template, attempt, durationMs, ...end } of this.native.take()) {
      const begins = { method, template, attempt };
      if (typeof durationMs !== 'number') {
        debug('%s %s (attempt %d): begins', method, template, attempt);
        tell(this.#hooks.onRequest, begins);
        continue;
      }
      const { status, requestId, problem } = end;
      const suffix = requestId ? `, request ${requestId}` : '';
      debug('%s %s (attempt %d): %s in %d ms%s', ...values(begins), status ?? problem, durationMs, suffix);
      tell(this.#hooks.onResponse, {
        ...begins,
        ...(typeof status === 'number' && { status }),
        ...(typeof requestId === 'string' && { requestId }),
        durationMs,
        ...(typeof problem === 'string' && { problem }),
      });
    }
  }
}

function values({ method, template, attempt }: RequestInfo): [string, string, number] {
  return [method, template, attempt];
}

function tell<T>(hook: ((info: T) => void) | undefined, info: T): void {
  if (hook === undefined) return;
  try {
    // An async function is a hook, too: its rejection must not end the process.
    const result: unknown = hook(info);
    if (result instanceof Promise) result.catch(warn);
  } catch (error) {
    warn(error);
  }
}

function warn(error: unknown): void {
  const text = error instanceof Error ? error.message : typeof error;
  process.emitWarning(`an onRequest or onResponse hook failed: ${text}`, 'CrankWheelWarning');
}
