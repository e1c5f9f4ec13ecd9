// Runners: they send a call and decode its response, send it and return the raw response, or only preview it.

import { onAbort, signalOf, throwIfAborted } from './abort';
import { methodOptions } from './arguments';
import { enter, leave } from './call-context';
import type { CallsInFlight } from './closing';
import { type Ended, ended, queue } from './completions';
import { CrankWheelError } from './error-classes';
import { makeError, unwrap } from './errors';
import type { Events } from './hooks';
import type { Keys } from './keys';
import type { CallResult, DryRunData, ErrorData, NativeClient, Started } from './native';
import { nativeOptions } from './native-options';
import { CALL_OPTIONS, type CallOptions } from './options';
import { type ProgressOptions, reporting, reportOf } from './progress';
import { DryRun, RawBody, RawResponse } from './raw';
import { passOnWarnings } from './warnings';

/** The way in which a call is started: a sum of these flags, which the native side has, too (`call.rs`). */
const RAW = 1;
const WATCHED = 2;
const DRY_RUN = 4;

/** Starts the call on the native side. */
export type Start = (client: NativeClient, how: number) => Started;

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
    start: Start,
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

  run<T>(...[method, start, decode, options, names]: RunArguments<T>): Promise<T> {
    const raw = decode === rawOnly;
    return running(this.#context, method, start, raw, options, names, (result) => {
      if (typeof result !== 'object') return decode(result);
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
  run<T>(...[method, start, decode, options, names]: RunArguments<T>): Promise<never> {
    return running(this.#context, method, start, true, options, names, (ended) => {
      // A raw response is never only a value.
      const result = ended as CallResult;
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
  run<T>(...[, start, , options, names]: RunArguments<T>): never {
    const given = checked(options, names);
    signalOf(given.signal);
    const client = clientFor(this.#context, given);
    return new DryRun(unwrap(start(client, DRY_RUN) as DryRunData | ErrorData)) as never;
  }
}

type RunArguments<T> = [
  method: AnyMethod,
  start: Start,
  decode: Decode<T>,
  options?: CallOptions | null,
  names?: readonly string[],
];

type Response = NonNullable<CallResult['response']>;

const NO_OPTIONS: CallOptions = Object.freeze({});

function checked(options: CallOptions | null | undefined, names: readonly string[] = []): CallOptions {
  if (options === undefined || options === null) return NO_OPTIONS;
  return methodOptions(options, [...names, ...CALL_OPTIONS]);
}

/** Starts a call, and waits for its result. */
function perform(
  context: CallContext,
  start: Start,
  options: CallOptions,
  signal: AbortSignal | undefined,
  raw: boolean,
): Promise<Ended> {
  throwIfAborted(signal);
  const client = clientFor(context, options);
  const report = reportOf((options as ProgressOptions).onProgress);
  const watched = signal !== undefined || report !== undefined;
  const id = sent(start(client, (raw ? RAW : 0) + (watched ? WATCHED : 0)));
  if (!watched && !context.keys && !context.events) return ended(id);
  return watching(context, id, signal, report);
}

/** Waits for the result of a call that needs more: it can be cancelled, reports its progress, or calls functions. */
async function watching(
  context: CallContext,
  id: number,
  signal: AbortSignal | undefined,
  report: ReturnType<typeof reportOf>,
): Promise<Ended> {
  const release = onAbort(signal, () => queue().cancel(id));
  if (context.keys || context.events) enter(id);
  try {
    return await (report === undefined ? ended(id) : reporting(id, report));
  } finally {
    release();
    if (signal !== undefined || report !== undefined) queue().forget(id);
    context.events?.deliver();
    leave(id);
  }
}

/** Returns the id of a call, unless an argument was refused. */
function sent(started: Started): number {
  if (typeof started === 'number') return started;
  throw makeError(started as ErrorData);
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

/** The options of a call that its client must have, without headers, which are an object. */
const COMPARED = CALL_OPTIONS.filter((name) => name !== 'signal' && name !== 'headers');

/** The copy of a client for the options of its last call that had some: most calls of a program have the same. */
const COPIES = new WeakMap<NativeClient, { readonly options: CallOptions; readonly client: NativeClient }>();

/** Returns the client with the options of a call. */
function clientFor({ client }: CallContext, options: CallOptions): NativeClient {
  if (options === NO_OPTIONS) return client;
  const { headers } = options;
  if (headers === undefined) {
    const isOf = (other: CallOptions) => COMPARED.every((name) => options[name] === other[name]);
    if (isOf(NO_OPTIONS)) return client;
    const last = COPIES.get(client);
    if (last !== undefined && isOf(last.options)) return last.client;
  }
  const names: readonly (keyof CallOptions)[] = headers === undefined ? COMPARED : [...COMPARED, 'headers'];
  const given = Object.fromEntries(names.map((name) => [name, options[name]]));
  const [native] = nativeOptions(given);
  const copy = unwrap(client.withOptions(native));
  if (headers === undefined) COPIES.set(client, { options: given, client: copy });
  return copy;
}

/**
 * Runs a call. Once its signal is aborted, the promise is not fulfilled: the signal is checked in the step that settles
 * it.
 *
 * The stack of its error is replaced by that of the method's caller. An error created after an `await` on the native
 * side would not show a line of the caller's program.
 */
async function running<T>(
  context: CallContext,
  method: AnyMethod,
  start: Start,
  raw: boolean,
  options: CallOptions | null | undefined,
  names: readonly string[] | undefined,
  read: (result: Ended) => T,
): Promise<T> {
  const caller: { stack?: unknown } = {};
  Error.captureStackTrace(caller, method);
  let signal: AbortSignal | undefined;
  const done = context.calls.begin();
  try {
    const given = checked(options, names);
    signal = signalOf(given.signal);
    const result = await perform(context, start, given, signal, raw);
    if (typeof result === 'object') {
      passOnWarnings(result.warnings);
      if (result.defect) throw new Error(result.defect);
    }
    throwIfAborted(signal);
    return read(result);
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
    done();
  }
}
