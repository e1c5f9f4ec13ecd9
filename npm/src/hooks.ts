// Hooks for logs and metrics: they are called for every attempt and cannot make a call fail.

import { debuglog } from 'node:util';
import { runIn } from './call-context';
import { type NativeEvents, native } from './native';

/** An attempt that begins. It contains no path, body or key. */
export interface RequestInfo {
  /**
   * The id of the call, which no other call of the process has. All attempts of a call have the same id, also those of
   * an additional request: it pairs `onRequest` with `onResponse`.
   */
  readonly callId: number;
  /** The HTTP method. */
  readonly method: string;
  /** The path with placeholders for its variable parts, such as `/ss/rsapi/clients/{id}`. */
  readonly template: string;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /**
   * The same data and more under the names of OpenTelemetry's conventions for HTTP clients, ready for
   * `span.setAttributes`: `server.address`, `http.request.resend_count`, `error.type`, and the response headers that may
   * be shown.
   */
  readonly attributes: Attributes;
}

/** Attributes by the names of OpenTelemetry's conventions. */
export type Attributes = Readonly<Record<string, string | number | readonly string[]>>;

/** An attempt that ended: with a response of any `status`, or with a `problem`. */
export interface ResponseInfo extends RequestInfo {
  /** The HTTP status, if a response arrived. */
  readonly status?: number | undefined;
  /** The response's `x-request-id`, if it had one. */
  readonly requestId?: string | undefined;
  /** The duration of the attempt in milliseconds. */
  readonly durationMs: number;
  /**
   * The reason if no response arrived: `refused`, `not sent`, `lost`, `cut short`, `timed out`, `too large`, or
   * `cancelled` if a signal was aborted.
   */
  readonly problem?: string | undefined;
}

/**
 * Functions that are called for every attempt, in the async context of the call: an `AsyncLocalStorage` has the store that
 * it had where the method was called. An error that they throw becomes a process warning; the call continues.
 *
 * @example
 * const cw = new CrankWheel({
 *   onResponse: ({ template, status, problem, durationMs }) => console.log(template, status ?? problem, durationMs),
 * });
 */
export interface Hooks {
  /** Called before every attempt. */
  onRequest?: ((info: RequestInfo) => void) | undefined;
  /** Called after every attempt, before the promise of the call is settled. */
  onResponse?: ((info: ResponseInfo) => void) | undefined;
}

const debug = debuglog('crankwheel');

/** Delivers a client's events to its hooks and, with `NODE_DEBUG=crankwheel`, to standard error. */
export class Events {
  readonly native: NativeEvents;
  readonly #hooks: Hooks;

  private constructor(hooks: Hooks) {
    this.#hooks = hooks;
    // Weak: the native side must not keep the hooks, and what they refer to, from being collected.
    const self = new WeakRef<Events>(this);
    this.native = new native.NativeEvents(() => self.deref()?.deliver());
  }

  /** Returns `undefined` if there are no hooks and no log. `hooks` replaces only those hooks of `before` that it has. */
  static of(hooks: Hooks, before?: Events): Events | undefined {
    const { onRequest, onResponse } = hooks;
    if (onRequest === undefined && onResponse === undefined && (before || !debug.enabled)) return before;
    const old = before ? before.#hooks : {};
    return new Events({
      onRequest: onRequest ?? old.onRequest,
      onResponse: onResponse ?? old.onResponse,
    });
  }

  /** Calls the hooks for the events since the last delivery. Never throws. */
  deliver(): void {
    for (const { callId, method, template, attempt, durationMs, ...end } of this.native.take()) {
      const attributes: Attributes = JSON.parse(end.attributes);
      const begins = { callId, method, template, attempt, attributes };
      if (typeof durationMs !== 'number') {
        debug('%s %s (attempt %d): begins', method, template, attempt);
        callHook(this.#hooks.onRequest, begins);
        continue;
      }
      const { status, requestId, problem } = end;
      const suffix = requestId ? `, request ${requestId}` : '';
      const shown = typeof status === 'number' ? ` ${JSON.stringify(headersOf(attributes))}` : '';
      debug(
        '%s %s (attempt %d): %s in %d ms%s',
        ...values(begins),
        status ?? problem,
        durationMs,
        suffix + shown,
      );
      callHook(this.#hooks.onResponse, {
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

/** Returns the headers among the attributes. */
function headersOf(attributes: Attributes): Record<string, string> {
  const prefix = 'http.response.header.';
  const headers = Object.entries(attributes).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(headers.map(([name, value]) => [name.slice(prefix.length), String(value)]));
}

function callHook<T extends RequestInfo>(hook: ((info: T) => void) | undefined, info: T): void {
  if (hook === undefined) return;
  try {
    // A hook can be an async function: its rejection must not end the process.
    const result: unknown = runIn(info.callId, hook, info);
    if (result instanceof Promise) result.catch(warn);
  } catch (error) {
    warn(error);
  }
}

function warn(error: unknown): void {
  const text = error instanceof Error ? error.message : typeof error;
  process.emitWarning(`a hook (onRequest or onResponse) failed: ${text}`, 'CrankWheelWarning');
}
