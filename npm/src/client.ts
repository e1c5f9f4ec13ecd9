// The entry point: a client of the reseller API.

import { type ClientLike, clientArgument } from './arguments';
import { invalidOption, unwrap } from './errors';
import { Events } from './hooks';
import { type NativeClient, native } from './native';
import { nativeOptions } from './native-options';
import type { ApiKeyFunction, CrankWheelOptions } from './options';
import type { RawBody } from './raw';
import { LookAt, type Runner, Send, SendRaw, type Session } from './runner';
import { ImpersonationKey } from './secrets';
import {
  type DryRunSurface,
  Operations,
  type RawSurface,
  type RequestOptions,
  rawRequest,
  Surface,
} from './surface';

/** Handed to the constructor by `withOptions`. */
class Copy implements Session {
  constructor(
    readonly client: NativeClient,
    readonly key: ApiKeyFunction | undefined,
    readonly events: Events | undefined,
  ) {}
}

/**
 * A client of the CrankWheel reseller API. Making one does no I/O; connections are made at the first call.
 *
 * @example
 * const cw = new CrankWheel({ apiKey: process.env.MY_KEY });
 * for (const client of await cw.clients.list()) console.log(client.id, client.sname);
 */
export class CrankWheel extends Surface {
  readonly #session: Session;

  /** A client with these options; the key comes from `apiKey` or the environment's `CRANKWHEEL_API_KEY`. */
  constructor(options?: CrankWheelOptions);
  /** @internal */
  constructor(copy: Copy);
  constructor(options: CrankWheelOptions | Copy = {}) {
    const session = options instanceof Copy ? options : open(options);
    super(new Send(session));
    this.#session = session;
  }

  /** The URL that the API's paths are appended to. */
  get baseUrl(): string {
    return this.#session.client.describe().baseUrl;
  }

  /** Whether every write is refused before it is sent. */
  get readOnly(): boolean {
    return this.#session.client.describe().readOnly;
  }

  /** Whether the client was closed. */
  get closed(): boolean {
    return this.#session.client.describe().closed;
  }

  /** The same methods, giving the answer as it came: `cw.withRawResponse.clients.get(…)`. */
  get withRawResponse(): RawSurface {
    return new Operations(new SendRaw(this.#session)) as unknown as RawSurface;
  }

  /** The same methods, giving the request instead of sending it: `cw.dryRun.clients.update(…)`. */
  get dryRun(): DryRunSurface {
    return new Surface(new LookAt(this.#session)) as unknown as DryRunSurface;
  }

  /** A copy with some options changed, which shares the connections. */
  withOptions(options: CrankWheelOptions): CrankWheel {
    const [converted, key] = nativeOptions(options);
    const session = this.#session;
    const events = Events.of(options, session.events);
    const client = unwrap(session.client.withOptions(converted, events?.native));
    return new CrankWheel(new Copy(client, options.apiKey === undefined ? session.key : key, events));
  }

  /**
   * The key that acts as an administrator of a client, hidden until `reveal()`. Where `apiKey` is an asynchronous
   * function, use `impersonate` instead.
   */
  impersonationKey(client: ClientLike): ImpersonationKey {
    const key = this.#session.key?.();
    if (key !== undefined && typeof key !== 'string') {
      throw invalidOption('apiKey: must not be an asynchronous function here; use cw.impersonate(client)');
    }
    return new ImpersonationKey(unwrap(this.#session.client.impersonationKey(clientArgument(client), key)));
  }

  /** Raw requests as an administrator of a client, for the account-level API. */
  impersonate(client: ClientLike): Impersonation {
    const { client: own, key, events } = this.#session;
    const named = clientArgument(client);
    const impersonate = (key?: string) => unwrap(own.impersonationKey(named, key)).reveal();
    // Refuses a wrong client here, not at the first request.
    if (key === undefined) impersonate();
    else impersonate('checked');
    return new Impersonation(
      new Send({
        client: own,
        key: async () => impersonate(key === undefined ? undefined : await key()),
        events,
      }),
    );
  }

  /** What the client works with, secrets masked: print it when it does not get through. Sends nothing. */
  diagnose(): string {
    return this.#session.client.diagnose();
  }

  /** Closes idle connections and refuses further calls, on all copies that share the connections. */
  close(): void {
    this.#session.client.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { baseUrl, readOnly, closed } = this;
    const more = `${readOnly ? ', readOnly: true' : ''}${closed ? ', closed: true' : ''}`;
    return `CrankWheel { baseUrl: '${baseUrl}', apiKey: '***'${more} }`;
  }
}

/** Raw requests as an administrator of one client; made by `cw.impersonate(client)`. */
export class Impersonation {
  readonly #runner: Runner;

  /** @internal */
  constructor(runner: Runner) {
    this.#runner = runner;
  }

  /** As `cw.request`, under the impersonation key. */
  request(method: string, path: string, options?: RequestOptions): Promise<RawBody> {
    return rawRequest(this.#runner, this.request, method, path, options);
  }
}

function open(options: CrankWheelOptions): Session {
  const [converted, key] = nativeOptions(options);
  const binding = `node ${process.versions.node}`;
  const events = Events.of(options);
  return {
    client: unwrap(native.NativeClient.create({ ...converted, binding }, events?.native)),
    key,
    events,
  };
}
