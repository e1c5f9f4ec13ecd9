// What becomes of a call: it is sent, sent with its answer shown as it came, or only looked at.

import { methodOptions } from './arguments';
import { describe } from './describe';
import { CrankWheelError } from './error-classes';
import { invalidOption, makeError, unwrap } from './errors';
import { type Events, passOnWarnings } from './hooks';
import type { NativeClient, Outcome, PreparedCall } from './native';
import { nativeOptions } from './native-options';
import { type ApiKeyFunction, CALL_OPTIONS, type CallOptions } from './options';
import { DryRun, RawBody, RawResponse } from './raw';

/** Makes the call on the native side. */
export type Prepare = (client: NativeClient) => PreparedCall;

/** Makes the caller's object of what the native side gives. */
export type Decode<T> = (value: unknown) => T;

// biome-ignore lint/suspicious/noExplicitAny: any method at all
type AnyMethod = (...args: any[]) => unknown;

/**
 * What methods hand their calls to. `method` is the public method, above which the caller's stack begins; `names` are
 * those of the options that it has beside `CallOptions`.
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

/** A native client; if the key comes from a function, that function; if somebody wants to know, what happens. */
export interface Session {
  readonly client: NativeClient;
  readonly key: ApiKeyFunction | undefined;
  readonly events: Events | undefined;
}

/** Marks a call whose answer has no other meaning than itself. */
export const asItCame = (): never => {
  throw new TypeError('the response of a raw request has no type');
};

/** Sends, and gives what the answer means. */
export class Send implements Runner {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  run<T>(...[method, prepare, decode, options, names]: RunArguments<T>): Promise<T> {
    return withCallersStack(method, async () => {
      const raw = decode === asItCame;
      const outcome = await perform(this.#session, prepare, checked(options, names), raw);
      if (outcome.error) throw makeError(outcome.error);
      return raw ? (new RawBody(outcome.answer as Answer) as T) : decode(outcome.value);
    });
  }
}

/** Sends, and gives the answer as it came. */
export class SendRaw implements Runner {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** A promise for a `RawResponse<T>`: `RawSurface` in `surface.ts` says so in types. */
  run<T>(...[method, prepare, decode, options, names]: RunArguments<T>): Promise<never> {
    return withCallersStack(method, async () => {
      const outcome = await perform(this.#session, prepare, checked(options, names), true);
      if (!outcome.answer) throw makeError(outcome.error as NonNullable<Outcome['error']>);
      return new RawResponse(outcome, decode) as never;
    });
  }
}

/** Sends nothing, and gives the request. */
export class LookAt implements Runner {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** A `DryRun`, at once: `DryRunSurface` in `surface.ts` says so in types. */
  run<T>(...[, prepare, , options, names]: RunArguments<T>): never {
    const client = clientFor(this.#session, checked(options, names));
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

type Answer = NonNullable<Outcome['answer']>;

function checked(options: CallOptions | null | undefined, names: readonly string[] = []): CallOptions {
  return methodOptions(options, [...names, ...CALL_OPTIONS]);
}

async function perform(
  session: Session,
  prepare: Prepare,
  options: CallOptions,
  raw: boolean,
): Promise<Outcome> {
  const { signal } = options;
  signal?.throwIfAborted();
  const call = prepare(clientFor(session, options));
  if (session.key !== undefined) call.withKey(await currentKey(session.key, signal));
  signal?.throwIfAborted();
  const cancel = () => call.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    const outcome = await call.send(raw);
    if (outcome.cancelled) throw signal?.reason;
    return outcome;
  } finally {
    signal?.removeEventListener('abort', cancel);
    session.events?.deliver();
    passOnWarnings();
  }
}

function clientFor(session: Session, options: CallOptions): NativeClient {
  const given = CALL_OPTIONS.filter((name) => name !== 'signal' && options[name] !== undefined);
  if (given.length === 0) return session.client;
  const [native] = nativeOptions(Object.fromEntries(given.map((name) => [name, options[name]])));
  return unwrap(session.client.withOptions(native));
}

/** The key of the moment. What the function throws may quote the key: only its kind is told. */
async function currentKey(key: ApiKeyFunction, signal: AbortSignal | undefined): Promise<string> {
  let text: unknown;
  try {
    text = await abortable(key, signal);
  } catch (error) {
    if (signal?.aborted) throw error;
    const kind = error instanceof Error ? error.constructor.name : typeof error;
    throw invalidOption(`apiKey: the function that returns the key failed (${kind})`);
  }
  if (typeof text !== 'string')
    throw invalidOption(`apiKey: the function must return a string, got ${describe(text)}`);
  return text;
}

/** What `start` gives, or the signal's reason if that comes first. */
function abortable<T>(start: () => T | Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    Promise.resolve()
      .then(start)
      .then(resolve, reject)
      .finally(() => signal?.removeEventListener('abort', abort));
  });
}

/**
 * Runs a call; an error of it gets the stack of the method's caller. An error made after an `await` on the native side
 * would show no line of the caller's own program.
 */
async function withCallersStack<T>(method: AnyMethod, call: () => Promise<T>): Promise<T> {
  const caller: { stack?: unknown } = {};
  Error.captureStackTrace(caller, method);
  try {
    return await call();
  } catch (error) {
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
  }
}
