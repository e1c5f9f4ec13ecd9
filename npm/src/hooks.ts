// Hooks for logs and metrics: what happened on the wire, told to the program, never to the call's harm.

import { debuglog } from 'node:util';
import { type NativeEvents, native } from './native';

/** An attempt that begins. No path, body or key is in it. */
export interface RequestInfo {
  /** The method. */
  readonly method: string;
  /** The path with names for its variable parts. */
  readonly template: string;
  /** Counted from 1. */
  readonly attempt: number;
  /**
   * The same and more under the names of OpenTelemetry's conventions for HTTP clients, ready for `span.setAttributes`:
   * `server.address`, `http.request.resend_count`, `error.type`, and those of an answer's headers that may be shown.
   */
  readonly attributes: Attributes;
}

/** Attributes by OpenTelemetry's names. */
export type Attributes = Readonly<Record<string, string | number | readonly string[]>>;

/** An attempt that ended: with an answer of whatever `status`, or with a `problem`. */
export interface ResponseInfo extends RequestInfo {
  /** The HTTP status, if an answer came. */
  readonly status?: number;
  /** The answer's `x-request-id`, if it had one. */
  readonly requestId?: string;
  /** From the beginning of the attempt to its end. */
  readonly durationMs: number;
  /** What happened if no answer came: `refused`, `not sent`, `lost`, `cut short`, `timed out` or `too large`. */
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
      const attributes: Attributes = JSON.parse(end.attributes);
      const begins = { method, template, attempt, attributes };
      if (typeof durationMs !== 'number') {
        debug('%s %s (attempt %d): begins', method, template, attempt);
        tell(this.#hooks.onRequest, begins);
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

/** The headers among the attributes. */
function headersOf(attributes: Attributes): Record<string, string> {
  const prefix = 'http.response.header.';
  const headers = Object.entries(attributes).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(headers.map(([name, value]) => [name.slice(prefix.length), String(value)]));
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

/** Passes on what the core warns of in answers that were read all the same. */
export function passOnWarnings(): void {
  for (const text of native.takeWarnings()) process.emitWarning(text, 'CrankWheelWarning');
}

function warn(error: unknown): void {
  const text = error instanceof Error ? error.message : typeof error;
  process.emitWarning(`a hook (onRequest or onResponse) failed: ${text}`, 'CrankWheelWarning');
}
