// Runners: they send a call and decode its response, send it and return the raw response, or only preview it.

import { onAbort, signalOf, throwIfAborted } from './abort';
import { methodOptions } from './arguments';
import { enter, leave } from './call-context';
import type { CallsInFlight } from './closing';
import { CrankWheelError } from './error-classes';
import { makeError, unwrap } from './errors';
import type { Events } from './hooks';
import type { Keys } from './keys';
import type { CallResult, ErrorData, NativeClient, PreparedCall } from './native';
import { nativeOptions } from './native-options';
import { CALL_OPTIONS, type CallOptions } from './options';
import { type ProgressOptions, reporting } from './progress';
import { DryRun, RawBody, RawResponse } from './raw';
import { passOnWarnings } from './warnings';

/** Prepares the call on the native side. */
export type Prepare = (client: NativeClient) => PreparedCall;

/** Creates the caller's object from the result of the native side. */
export type Decode<T> = (value: unknown) => T;

// biome-ignore lint/suspicious/noExplicitAny: any method
type AnyMethod = (...args: any[]) => unknown;

/**
 * Runs the calls of all methods. `method` is the public method, above which the caller's stack begins; `names` are the
 * names of its options in addition to `CallOptions`.
 */
export interface Runner {
  run<T>(
    method: AnyMethod,
    prepare: Prepare,
    decode: Decode<T>,
    options?: CallOptions | null,
    names?: readonly string[],
  ): Promise<T>;
}

/**
 * The parts that all calls of a client share: the native client, the function that returns the key, the hooks' events,
 * and the calls in flight, also of the copies.
 */
export interface CallContext {
  readonly client: NativeClient;
  readonly keys: Keys | undefined;
  readonly events: Events | undefined;
  readonly calls: CallsInFlight;
}

/** Marks a call whose only result is its raw response. */
export const rawOnly = (): never => {
  throw new TypeError('the response of a raw request has no type');
};

/** Sends a call and decodes its response. */
export class SendingRunner implements Runner {
  readonly #context: CallContext;

  constructor(context: CallContext) {
    this.#context = context;
  }

  run<T>(...[method, prepare, decode, options, names]: RunArguments<T>): Promise<T> {
    return running(this.#context.calls, method, options, names, async (given, signal) => {
      const raw = decode === rawOnly;
      const result = await perform(this.#context, prepare, given, signal, raw);
      if (result.error) throw failed(this.#context, result.error);
      return raw ? (new RawBody(result.response as Response) as T) : decode(result.value);
    });
  }
}

/** Sends a call and returns its raw response. */
export class RawRunner implements Runner {
  readonly #context: CallContext;

  constructor(context: CallContext) {
    this.#context = context;
  }

  /** Returns a promise for a `RawResponse<T>`; the type is that of `RawOperations` in `operations.ts`. */
  run<T>(...[method, prepare, decode, options, names]: RunArguments<T>): Promise<never> {
    return running(this.#context.calls, method, options, names, async (given, signal) => {
      const result = await perform(this.#context, prepare, given, signal, true);
      if (!result.response) throw failed(this.#context, result.error as ErrorData);
      return new RawResponse(result, decode) as never;
    });
  }
}

/** Returns the request of a call without sending it. */
export class PreviewRunner implements Runner {
  readonly #context: CallContext;

  constructor(context: CallContext) {
    this.#context = context;
  }

  /** Returns a `DryRun`, not a promise; the type is that of `DryRunOperations` in `operations.ts`. */
  run<T>(...[, prepare, , options, names]: RunArguments<T>): never {
    const given = checked(options, names);
    signalOf(given.signal);
    const client = clientFor(this.#context, given);
    return new DryRun(unwrap(prepare(client).dryRun())) as never;
  }
}

type RunArguments<T> = [
  method: AnyMethod,
  prepare: Prepare,
  decode: Decode<T>,
  options?: CallOptions | null,
  names?: readonly string[],
];

type Response = NonNullable<CallResult['response']>;

function checked(options: CallOptions | null | undefined, names: readonly string[] = []): CallOptions {
  return methodOptions(options, [...names, ...CALL_OPTIONS]);
}

async function perform(
  context: CallContext,
  prepare: Prepare,
  options: CallOptions,
  signal: AbortSignal | undefined,
  raw: boolean,
): Promise<CallResult> {
  throwIfAborted(signal);
  const call = prepare(clientFor(context, options));
  const { id } = call;
  const release = onAbort(signal, () => call.cancel());
  if (context.keys || context.events) enter(id);
  try {
    return await reporting(call, (options as ProgressOptions).onProgress, () => call.send(raw));
  } finally {
    release();
    context.events?.deliver();
    leave(id);
    passOnWarnings(call.takeWarnings());
  }
}

/**
 * Returns the error of a call. If the function that returns the key failed, its own error is the cause. It may quote the
 * key, so it is behind a getter, which `util.inspect` does not call.
 */
function failed(context: CallContext, data: ErrorData): CrankWheelError {
  const error = makeError(data);
  if (typeof data.failedKey === 'number') {
    const cause = context.keys?.failure(data.failedKey);
    Object.defineProperty(error, 'cause', { get: () => cause, configurable: true });
  }
  return error;
}

function clientFor(context: CallContext, options: CallOptions): NativeClient {
  const given = CALL_OPTIONS.filter((name) => name !== 'signal' && options[name] !== undefined);
  if (given.length === 0) return context.client;
  const [native] = nativeOptions(Object.fromEntries(given.map((name) => [name, options[name]])));
  return unwrap(context.client.withOptions(native));
}

/**
 * Runs a call. Once its signal is aborted, the promise is not fulfilled: the signal is checked in the step that settles
 * it.
 *
 * The stack of its error is replaced by that of the method's caller. An error created after an `await` on the native
 * side would not show a line of the caller's program.
 */
async function running<T>(
  calls: CallsInFlight,
  method: AnyMethod,
  options: CallOptions | null | undefined,
  names: readonly string[] | undefined,
  call: (options: CallOptions, signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  const caller: { stack?: unknown } = {};
  Error.captureStackTrace(caller, method);
  let signal: AbortSignal | undefined;
  const ended = calls.begin();
  try {
    const given = checked(options, names);
    signal = signalOf(given.signal);
    const value = await call(given, signal);
    throwIfAborted(signal);
    return value;
  } catch (error) {
    throwIfAborted(signal);
    if (error instanceof CrankWheelError && typeof caller.stack === 'string') {
      const frames = caller.stack.indexOf('\n    at ');
      const below = frames < 0 ? '' : caller.stack.slice(frames);
      Object.defineProperty(error, 'stack', {
        value: `${error.name}: ${error.message}${below}`,
        configurable: true,
        writable: true,
      });
    }
    throw error;
  } finally {
    ended();
  }
}
