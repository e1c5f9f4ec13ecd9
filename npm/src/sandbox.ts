// The reseller API in memory, for tests and development: `import { Sandbox } from 'crankwheel/sandbox'`.

import { clientFields } from './arguments';
import { CrankWheel } from './client';
import { type Fault, faultRule } from './faults';
import type { ClientFields } from './fields';
import type { Client } from './models';
import { type NativeSandbox, native } from './native';
import type { CrankWheelOptions } from './options';

export type { Fault, FaultKind, FaultScope } from './faults';

/** How a sandbox is to be started. */
export interface SandboxOptions {
  /** Demo companies that exist at the start. Default: 0. */
  clients?: number;
  /** Days of history that they have, up to the start. Default: 365. */
  days?: number;
  /** Sessions that they have in all. Default: as many as come of themselves. */
  sessions?: number;
  /** What the demo data is drawn from: same seed and same `now`, same data. Default: 7. */
  seed?: number;
  /** Address to listen on. Default: 127.0.0.1. */
  host?: string;
  /** Port to listen on. Default: any free one. */
  port?: number;
  /** Lets the clock stand still at this moment until it is moved. Default: the system's clock. */
  now?: Date | string;
  /** Answer update, delete and set plan by a 204 with a body, as the live API does. Default: true. */
  bodyOn204?: boolean;
  /** The key to accept. Default: `sandbox-reseller-key`. */
  apiKey?: string;
}

/** A length of time: milliseconds, or the sum of these. */
export type Duration =
  | number
  | { days?: number; hours?: number; minutes?: number; seconds?: number; milliseconds?: number };

/** A request that the sandbox saw. No key is in it. */
export interface RecordedRequest {
  readonly method: string;
  /** The path as it was on the wire, percent-encoding and all. */
  readonly path: string;
  /** The query as decoded pairs, in order. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** The status of the answer; 0 if a fault took the connection away instead. */
  readonly status: number;
  /** The body as text. */
  readonly body: string;
  /** The headers in order, names in lower case, without `authorization`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The fault that struck it, if one did. */
  readonly fault?: { readonly kind: string };
}

/** A canned answer. */
export interface CannedAnswer {
  /** Default: 200. */
  status?: number;
  headers?: Record<string, string>;
  /** The body as it is. */
  body?: string | Uint8Array;
  /** The body as JSON. */
  json?: unknown;
  /** How many requests get it. Default: one; `Infinity` for all until `reset`. */
  times?: number;
}

/** Sandboxes that run: one whose handle was thrown away goes on until it is stopped, or the process ends. */
const running = new Set<NativeSandbox>();

/** The sandbox's clock. */
export class SandboxClock {
  readonly #native: NativeSandbox;

  /** @internal */
  constructor(sandbox: NativeSandbox) {
    this.#native = sandbox;
  }

  /** What it shows. */
  now(): Date {
    return new Date(this.#native.now());
  }

  /** Sets it; a frozen one stays frozen. */
  set(moment: Date | string): void {
    this.#native.setNow(momentText(moment));
  }

  /** Moves it, back by a negative duration. */
  advance(by: Duration): void {
    this.#native.advance(milliseconds(by));
  }

  /** Stops it where it is. */
  freeze(): void {
    this.#native.freeze();
  }

  /** Lets it run on from where it is. */
  unfreeze(): void {
    this.#native.unfreeze();
  }
}

/**
 * The CrankWheel reseller API, in memory, on a free port of this machine. It ends with `stop()`, and with the process.
 *
 * @example
 * const sandbox = await Sandbox.start({ clients: 20 });
 * const cw = sandbox.client();
 * console.log((await cw.clients.list()).length); // 20
 * await sandbox.stop();
 */
export class Sandbox {
  /** The clock: can be set, moved and stopped. */
  readonly clock: SandboxClock;
  readonly #native: NativeSandbox;

  /** @internal */
  constructor(sandbox: NativeSandbox) {
    this.#native = sandbox;
    this.clock = new SandboxClock(sandbox);
  }

  /** Starts one; when the promise is fulfilled, it listens. */
  static async start(options: SandboxOptions = {}): Promise<Sandbox> {
    const { now, clients, days, sessions, seed, port } = options;
    for (const [name, value] of Object.entries({ clients, days, sessions, seed, port })) {
      if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0)) {
        throw new RangeError(`\`${name}\` must be a whole number of 0 or more`);
      }
    }
    const { sandbox, problem } = await native.NativeSandbox.start({
      ...options,
      now: now === undefined ? undefined : momentText(now),
    });
    if (!sandbox) throw new Error(`the sandbox could not be started: ${problem}`);
    running.add(sandbox);
    return new Sandbox(sandbox);
  }

  /** Where it listens: the base URL. */
  get url(): string {
    return this.#native.url;
  }

  /** The reseller's read/write key. */
  get apiKey(): string {
    return this.#native.apiKey;
  }

  /** A key of the reseller's that may only read. */
  get readOnlyKey(): string {
    return this.#native.readOnlyKey;
  }

  /** A client of this sandbox. */
  client(options: CrankWheelOptions = {}): CrankWheel {
    return new CrankWheel({ baseUrl: this.url, apiKey: this.apiKey, ...options });
  }

  /** The requests so far, oldest first. */
  requests(): RecordedRequest[] {
    return JSON.parse(this.#native.requests());
  }

  /** Forgets the requests so far. */
  clearRequests(): void {
    this.#native.clearRequests();
  }

  /**
   * Orders a canned answer for the next request with this method and path. The usual HTTP mocking libraries cannot see
   * what this package sends: this is the way to test what your program does about a failure.
   *
   * @example
   * sandbox.respond('GET', '/ss/rsapi/clients', { status: 503, times: 3 });
   */
  respond(method: string, path: string, answer: CannedAnswer = {}): void {
    const { status = 200, headers = {}, body, json, times = 1 } = answer;
    const text = json === undefined ? (body ?? '') : JSON.stringify(json);
    const type = json === undefined ? {} : { 'content-type': 'application/json' };
    this.#native.respond({
      method,
      path,
      status,
      headers: Object.entries({ ...type, ...headers }),
      body: typeof text === 'string' ? new TextEncoder().encode(text) : text,
      times: times === Number.POSITIVE_INFINITY ? undefined : times,
    });
  }

  /**
   * Lets something go wrong, for the requests that it names. Of the faults that fit a request the first strikes, and
   * every latency besides.
   *
   * @example
   * sandbox.fail({ kind: 'reset_after', method: 'POST', path: '/ss/rsapi/clients', times: 1 });
   */
  fail(fault: Fault): void {
    this.#native.fail(faultRule(fault));
  }

  /** From here on nothing goes wrong any more. */
  clearFaults(): void {
    this.#native.clearFaults();
  }

  /** Adds a client as it would be created, also one that exists for long and has a plan; gives its id. */
  addClient(fields: ClientFields & { createdAt?: Date | string; currentPlan?: string }): number {
    return (this.#add('clients', clientFields(fields)) as { id: number }).id;
  }

  /** Adds a user to a client. */
  addUser(client: number | Client, email: string, role: 'user' | 'admin' | 'owner' = 'user'): void {
    this.#native.addUser(idOf(client), email, role);
  }

  /** Adds a screen sharing session; a user who does not exist yet is added. */
  addSession(
    client: number | Client,
    email: string,
    session: { start: Date | string; duration: Duration; viewers?: number },
  ): void {
    const { start, duration, viewers = 1 } = session;
    this.#native.addSession(idOf(client), email, momentText(start), milliseconds(duration), viewers);
  }

  /** Adds a plan to those that can be set, or replaces the one of this name. */
  addPlan(
    apiName: string,
    plan: { humanName?: string; sessionLimit?: number; licenseCount?: number } = {},
  ): void {
    const { humanName = apiName, sessionLimit = 99_999_999, licenseCount = 99_999_999 } = plan;
    this.#native.addPlan(apiName, humanName, sessionLimit, licenseCount);
  }

  /** Adds a change of plan at a moment, the clock's now by default. */
  addPlanChange(
    client: number | Client,
    plan: string,
    change: { at?: Date | string; setBy?: string } = {},
  ): void {
    const { at, setBy } = change;
    const when = at === undefined ? undefined : momentText(at);
    const text = JSON.stringify({ client_id: idOf(client), api_name: plan, at: when, set_by: setBy });
    this.#add('plan_changes', text);
  }

  /** Adds a key of the reseller's; plans set with it are set by its owner. */
  addKey(key: string, { owner, readOnly = false }: { owner: string; readOnly?: boolean }): void {
    this.#add('keys', JSON.stringify({ key, owner, read_only: readOnly }));
  }

  /**
   * The whole state as text, to go back to or to write to a file: clients, users, sessions, plans, added keys, login
   * links, the clock. Not in it are faults, canned answers and the log of requests.
   */
  snapshot(): string {
    return this.#native.snapshot();
  }

  /** Takes over the state of a snapshot, of another sandbox too. Address and keys stay. */
  restore(snapshot: string): void {
    this.#native.restore(snapshot);
  }

  /** Puts everything back to the start: data, clock, faults, canned answers and the log of requests. */
  reset(): void {
    this.#native.reset();
  }

  /** Stops it; open connections are dropped. Stopping it again does nothing. */
  async stop(): Promise<void> {
    running.delete(this.#native);
    await this.#native.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #add(what: string, body: string): unknown {
    return JSON.parse(this.#native.control('POST', what, body));
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Sandbox { url: '${this.url}' }`;
  }
}

function idOf(client: number | Client): number {
  return typeof client === 'number' ? client : client.id;
}

function momentText(moment: Date | string): string {
  return moment instanceof Date ? moment.toISOString() : String(moment);
}

function milliseconds(duration: Duration): number {
  if (typeof duration === 'number') return Math.round(duration);
  const { days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 } = duration;
  return Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds);
}
