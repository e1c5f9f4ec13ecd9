// The entry point: a client of the reseller API.

import { type ClientLike, clientArgument } from './arguments';
import { isRevoked } from './check';
import { CallsInFlight, type CloseOptions, closingTime } from './closing';
import { queue } from './completions';
import { invalidOption, unwrap } from './errors';
import { compareByIdentity } from './fingerprint';
import { Events } from './hooks';
import type { Keys } from './keys';
import { refuseUnbound } from './methods';
import { type NativeClient, type NativeSandbox, native } from './native';
import { nativeOptions } from './native-options';
import {
  type DryRunOperations,
  Operations,
  type RawOperations,
  type RequestOptions,
  Resources,
  rawRequest,
} from './operations';
import type { CrankWheelOptions } from './options';
import type { RawBody } from './raw';
import { type CallContext, PreviewRunner, RawRunner, type Runner, SendingRunner } from './runner';
import { ImpersonationKey } from './secrets';

/** The context of a copy, which `withOptions` hands to the constructor. */
class Copy implements CallContext {
  constructor(
    readonly client: NativeClient,
    readonly keys: Keys | undefined,
    readonly events: Events | undefined,
    readonly calls: CallsInFlight,
  ) {}
}

/** Returns a copy of a client with another native client; set by the class. */
let withNative: (cw: CrankWheel, change: (client: NativeClient) => NativeClient) => CrankWheel;

/**
 * A client of the CrankWheel reseller API. It pools connections, so create one and keep it. The constructor does no I/O;
 * the first call opens a connection.
 *
 * @example
 * const cw = new CrankWheel({ apiKey: process.env.MY_KEY });
 * for (const client of await cw.clients.list()) console.log(client.id, client.sname);
 */
export class CrankWheel extends Operations {
  readonly #context: CallContext;

  /**
   * Creates a client.
   *
   * @param options The options of the client. Without `apiKey`, the key is read from the environment variable
   * `CRANKWHEEL_API_KEY`.
   * @throws {ConfigurationError} An option is not valid, or there is no key.
   */
  constructor(options?: CrankWheelOptions);
  /** @internal */
  constructor(copy: Copy);
  constructor(options: CrankWheelOptions | Copy = {}) {
    const isCopy = !isRevoked(options) && options instanceof Copy;
    const context = isCopy ? (options as Copy) : open(options as CrankWheelOptions);
    super(new SendingRunner(context));
    this.#context = context;
  }

  static {
    refuseUnbound(CrankWheel, 'cw', (target) => #context in target);
    withNative = (cw, change) => {
      const { client, keys, events, calls } = cw.#context;
      return new CrankWheel(new Copy(change(client), keys, events, calls));
    };
  }

  /** The URL of the API, which the paths are appended to. */
  get baseUrl(): string {
    return this.#context.client.describe().baseUrl;
  }

  /** True if every write is refused before it is sent. */
  get readOnly(): boolean {
    return this.#context.client.describe().readOnly;
  }

  /** True if the client was closed. */
  get closed(): boolean {
    return this.#context.client.describe().closed;
  }

  /**
   * The same operations, each returning its raw response.
   *
   * @example
   * const raw = await cw.withRawResponse.clients.get(27084);
   * console.log(raw.status, raw.headers, raw.parse().sname);
   */
  get withRawResponse(): RawOperations {
    return new Resources(new RawRunner(this.#context)) as unknown as RawOperations;
  }

  /**
   * The same operations, each returning the request that it would send. Nothing is sent.
   *
   * @example
   * console.log(cw.dryRun.clients.update(27084, { lname: 'Acme' }).curl);
   */
  get dryRun(): DryRunOperations {
    return new Operations(new PreviewRunner(this.#context)) as unknown as DryRunOperations;
  }

  /**
   * Returns a copy of the client with some options changed. Both share the connections and the retry budget.
   *
   * @throws {ConfigurationError} An option is not valid.
   *
   * @example
   * const patient = cw.withOptions({ timeout: 120_000, maxRetries: 5 });
   */
  withOptions(options: CrankWheelOptions): CrankWheel {
    const [converted, keys] = nativeOptions(options);
    const context = this.#context;
    const events = Events.of(options, context.events);
    const client = unwrap(context.client.withOptions(converted, keys?.native, events?.native));
    const ownKeys = options.apiKey === undefined ? context.keys : keys;
    return new CrankWheel(new Copy(client, ownKeys, events, context.calls));
  }

  /**
   * Returns the key that acts as an administrator of a client; `reveal()` returns its text. If `apiKey` is an
   * asynchronous function, use `impersonate` instead.
   *
   * @throws {InvalidRequestError} `client` is not an id or a `Client`.
   *
   * @example
   * const key = cw.impersonationKey(27084).reveal();
   */
  impersonationKey(client: ClientLike): ImpersonationKey {
    const key = this.#context.keys?.function();
    if (key !== undefined && typeof key !== 'string') {
      throw invalidOption('apiKey: must not be an asynchronous function here; use cw.impersonate(client)');
    }
    return new ImpersonationKey(unwrap(this.#context.client.impersonationKey(clientArgument(client), key)));
  }

  /**
   * Returns an object that sends raw requests as an administrator of a client, for the account-level API.
   *
   * @throws {InvalidRequestError} `client` is not an id or a `Client`.
   *
   * @example
   * const response = await cw.impersonate(27084).request('GET', path);
   */
  impersonate(client: ClientLike): Impersonation {
    const impersonating = unwrap(this.#context.client.impersonating(clientArgument(client)));
    return new Impersonation(new SendingRunner({ ...this.#context, client: impersonating }));
  }

  /**
   * Returns the configuration in effect as a string, with secrets masked. Print it if you have connection problems.
   * Nothing is sent.
   *
   * @example
   * console.log(cw.diagnose());
   */
  diagnose(): string {
    return this.#context.client.diagnose();
  }

  /**
   * Closes the client, and waits until the calls in flight have ended.
   *
   * Further calls are refused at once, also of all copies that share the connections. Calls that began before it go on,
   * but are not retried any more: one that waits to retry ends at once with the error of its last attempt. Calls that
   * have not ended after `timeout` are dropped with an `APITimeoutError`. A promise that is not awaited does not keep the
   * process alive for longer than the calls themselves. A second `close` waits, too.
   *
   * @param options.timeout The time in milliseconds that the calls have to end; 0 drops them at once. Default: the time
   * that the own `timeout` of each call leaves.
   * @returns A promise that is resolved when no call is in flight. It is not rejected if a call fails.
   * @throws {InvalidRequestError} An option is not valid. The client is not closed.
   *
   * @example
   * await cw.close({ timeout: 10_000 });
   */
  async close(options?: CloseOptions): Promise<void> {
    const timeout = closingTime(options);
    const { client, calls } = this.#context;
    this[Symbol.dispose]();
    if (calls.none) return;
    await client.drain(timeout);
    // The native side is done a little earlier than the promises of the calls.
    await calls.ended();
  }

  /** Closes the client at the end of a block with `using`, without waiting for the calls in flight. */
  [Symbol.dispose](): void {
    this.#context.calls.close();
    this.#context.client.close();
  }

  /** Closes the client at the end of a block with `await using`, and waits until the calls in flight have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { baseUrl, readOnly, closed } = this;
    const more = `${readOnly ? ', readOnly: true' : ''}${closed ? ', closed: true' : ''}`;
    return `CrankWheel { baseUrl: '${baseUrl}', apiKey: '***'${more} }`;
  }
}

/**
 * Raw requests as an administrator of one client.
 *
 * @example
 * const account = cw.impersonate(27084);
 * const response = await account.request('GET', path);
 */
export class Impersonation {
  readonly #runner: Runner;

  static {
    refuseUnbound(Impersonation, 'account', (target) => #runner in target);
  }

  /** @internal */
  constructor(runner: Runner) {
    this.#runner = runner;
    compareByIdentity(this);
  }

  /** Sends a request like `cw.request`, with the impersonation key. */
  request(method: string, path: string, options?: RequestOptions): Promise<RawBody> {
    return rawRequest(this.#runner, this.request, method, path, options);
  }
}

function open(options: CrankWheelOptions): CallContext {
  const [converted, keys] = nativeOptions(options);
  const binding = `node ${process.versions.node}`;
  const events = Events.of(options);
  return {
    client: unwrap(
      native.NativeClient.create({ ...converted, binding }, queue(), keys?.native, events?.native),
    ),
    keys,
    events,
    calls: new CallsInFlight(),
  };
}

/** Returns a copy of a client that takes the current time from the clock of a sandbox. */
export function withClockOf(sandbox: NativeSandbox, cw: CrankWheel): CrankWheel {
  return withNative(cw, (client) => sandbox.withClock(client));
}
