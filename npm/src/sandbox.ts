// The reseller API in memory, for tests and development: `import { Sandbox } from 'crankwheel/sandbox'`.

import { isArray, isRevoked, members, named, typeError } from './check';
import { CrankWheel, withClockOf } from './client';
import { Clock } from './clock';
import { describe } from './describe';
import type { Fault } from './fault-kinds';
import { faultRule, givenRule } from './faults';
import type { ClientFields } from './fields';
import { compareByIdentity } from './fingerprint';
import { jsonText } from './json-text';
import { refuseUnbound } from './methods';
import type { Client, Plan } from './models';
import { type NativeSandbox, native } from './native';
import { type CrankWheelOptions, OPTION_TYPES } from './options';
import { RecordedRequest, type RequestRecord } from './recorded';
import {
  clientId,
  type Duration,
  flag,
  headerPairs,
  integer,
  inWords,
  milliseconds,
  moment,
  planName,
  spelled,
  text,
} from './sandbox-arguments';
import { SANDBOX_OPTIONS, type SandboxOptions } from './sandbox-options';

export { Clock } from './clock';
export type { Fault, FaultKind, FaultScope } from './fault-kinds';
export { RecordedRequest } from './recorded';
export type { Duration } from './sandbox-arguments';
export type { SandboxOptions } from './sandbox-options';

/** A canned response. */
export interface CannedResponse {
  /** Default: 200. */
  status?: number | undefined;
  headers?: Record<string, string> | undefined;
  /** The body as it is. */
  body?: string | Uint8Array | undefined;
  /** The body as JSON. */
  json?: unknown;
  /** The number of requests that receive it. Default: one; `Infinity` for all until `reset`. */
  times?: number | undefined;
}

/** The largest number of 32 bits. */
const MAX_COUNT = 4_294_967_295;

/** Sandboxes that run: one whose handle was thrown away goes on until it is stopped, or the process ends. */
const running = new Set<NativeSandbox>();

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
  readonly clock: Clock;
  readonly #native: NativeSandbox;

  /** @internal */
  constructor(sandbox: NativeSandbox) {
    this.#native = sandbox;
    compareByIdentity(this);
    this.clock = new Clock(sandbox);
  }

  static {
    refuseUnbound(Sandbox, 'sandbox', (target) => #native in target);
  }

  /** Starts one; when the promise is fulfilled, it listens. */
  static async start(options: SandboxOptions = {}): Promise<Sandbox> {
    const { sandbox, problem } = await native.NativeSandbox.start(optionsJson(options));
    if (!sandbox) throw new Error(`the sandbox could not start: ${spelled(problem ?? '')}`);
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

  /** A client of this sandbox. It takes the current time from the sandbox's clock: `Period.lastDays(28)` ends there. */
  client(options: CrankWheelOptions = {}): CrankWheel {
    const given = named('options', options, Object.keys(OPTION_TYPES), typeError);
    const client = new CrankWheel({ baseUrl: this.url, apiKey: this.apiKey, ...given });
    return withClockOf(this.#native, client);
  }

  /** The requests so far, oldest first. */
  get requests(): RecordedRequest[] {
    const records: RequestRecord[] = JSON.parse(this.#native.requests());
    return records.map((record) => new RecordedRequest(record));
  }

  /** Forgets the requests so far. */
  clearRequests(): void {
    this.#native.clearRequests();
  }

  /**
   * Adds a canned response for requests with this method and path. It precedes every check of the sandbox. The usual
   * HTTP mocking libraries cannot see what this package sends: this is the way to test what your program does about a
   * failure.
   *
   * @param method The method in any case; `*` matches any method. `GET` is for `HEAD`, too.
   * @param path The path without a query; `*` matches any path, and a segment in braces matches any segment, as in
   *   `/ss/rsapi/clients/{id}`. A parameter or method that the endpoint does not have is refused.
   *
   * @example
   * sandbox.respond('GET', '/ss/rsapi/clients/{id}', { status: 503, times: 3 });
   */
  respond(method: string, path: string, response: CannedResponse = {}): void {
    const names = ['status', 'headers', 'body', 'json', 'times'];
    const { status = 200, headers = {}, body, json, times = 1 } = checkNames(response, names);
    if (json !== undefined && body !== undefined) {
      throw new TypeError('json: cannot be combined with body; pass only one of them');
    }
    if (
      body !== undefined &&
      typeof body !== 'string' &&
      (isRevoked(body) || !(body instanceof Uint8Array))
    ) {
      throw new TypeError(`body: must be a string or a Uint8Array, got ${describe(body)}`);
    }
    const data = json === undefined ? (body ?? '') : jsonText('json', json, typeError);
    const pairs = headerPairs('headers', headers);
    if (json !== undefined && !pairs.some(([name]) => name.toLowerCase() === 'content-type')) {
      pairs.push(['content-type', 'application/json']);
    }
    const canned = {
      method: text('method', method),
      path: text('path', path),
      status: integer('status', status, 200, 999),
      headers: pairs,
      body: typeof data === 'string' ? new TextEncoder().encode(data) : data,
      times: times === Number.POSITIVE_INFINITY ? undefined : integer('times', times, 1, MAX_COUNT),
    };
    inWords(() => this.#native.respond(canned));
  }

  /**
   * Adds a fault for the requests that it names. Of the faults that match a request the first one is applied, and in
   * addition every latency.
   *
   * @example
   * sandbox.fail({ kind: 'reset_after', method: 'POST', path: '/ss/rsapi/clients', times: 1 });
   */
  fail(fault: Fault): void {
    const rule = faultRule(fault);
    inWords(() => this.#native.fail(rule));
  }

  /** The faults that are still active, each as the argument of `fail`. */
  get faults(): Fault[] {
    return this.control('GET', 'faults').map(givenRule);
  }

  /** Removes all faults. */
  clearFaults(): void {
    this.#native.clearFaults();
  }

  /** Adds a client as it would be created, also one that was created long ago and has a plan; returns its id. */
  addClient(
    fields: ClientFields & {
      createdAt?: Date | string | undefined;
      currentPlan?: string | Plan | undefined;
    },
  ): number {
    const given = members('fields', fields, typeError) as typeof fields;
    checkValues('', { ...given, createdAt: undefined, currentPlan: undefined });
    const { settings, extra, createdAt, currentPlan, ...others } = given;
    const body: Record<string, unknown> = { ...wireNames(others), ...extra };
    if (createdAt != null) body.created_at = moment('createdAt', createdAt);
    if (currentPlan != null) body.current_plan = planName('currentPlan', currentPlan);
    if (settings !== undefined) {
      body.settings =
        typeof settings === 'object' && settings !== null && !isArray(settings)
          ? wireNames(checkValues('settings.', members('settings', settings, typeError)))
          : settings;
    }
    return this.control('POST', 'clients', body).id;
  }

  /** Adds a user to a client. */
  addUser(client: number | string | Client, email: string, role: 'user' | 'admin' | 'owner' = 'user'): void {
    const id = clientId(client);
    inWords(() => this.#native.addUser(id, text('email', email), text('role', role)));
  }

  /** Adds a screen sharing session; a user who does not exist yet is added. */
  addSession(
    client: number | string | Client,
    email: string,
    session: { start: Date | string; duration: Duration; viewers?: number | undefined },
  ): void {
    const { start, duration, viewers = 1 } = checkNames(session, ['start', 'duration', 'viewers']);
    const [id, address] = [clientId(client), text('email', email)];
    const [at, length] = [moment('start', start), milliseconds('duration', duration)];
    const count = integer('viewers', viewers, 0, MAX_COUNT);
    inWords(() => this.#native.addSession(id, address, at, length, count), { time: 'start' });
  }

  /** Adds a plan to those that can be set, or replaces the one of this name. */
  addPlan(
    apiName: string,
    plan: {
      humanName?: string | undefined;
      sessionLimit?: number | undefined;
      licenseCount?: number | undefined;
    } = {},
  ): void {
    const given = checkNames(plan, ['humanName', 'sessionLimit', 'licenseCount']);
    const { humanName = apiName, sessionLimit = 99_999_999, licenseCount = 99_999_999 } = given;
    const names = [text('apiName', apiName), text('humanName', humanName)] as const;
    const sessions = integer('sessionLimit', sessionLimit, 0, MAX_COUNT);
    const licenses = integer('licenseCount', licenseCount, 0, MAX_COUNT);
    inWords(() => this.#native.addPlan(...names, sessions, licenses));
  }

  /** Sets the plan of a client as of any time, by default now. */
  addPlanChange(
    client: number | string | Client,
    plan: string | Plan,
    change: { at?: Date | string | undefined; setBy?: string | undefined } = {},
  ): void {
    const { at, setBy } = checkNames(change, ['at', 'setBy']);
    const body = {
      client_id: clientId(client),
      api_name: planName('plan', plan),
      at: at === undefined ? undefined : moment('at', at),
      set_by: setBy === undefined ? undefined : text('setBy', setBy),
    };
    this.#control('POST', 'plan_changes', body, { client_id: 'client', api_name: 'plan' });
  }

  /** Adds an API key; plans that are set with it are set by its owner, an e-mail address. */
  addKey(key: string, options: { owner: string; readOnly?: boolean | undefined }): void {
    const { owner, readOnly = false } = checkNames(options, ['owner', 'readOnly']);
    // The value is not shown: it could be a key in the wrong place.
    if (typeof key !== 'string') throw new TypeError('key: must be a string');
    text('key', key);
    this.#control('POST', 'keys', {
      key,
      owner: text('owner', owner),
      read_only: flag('readOnly', readOnly),
    });
  }

  /**
   * The whole state as a string, to restore later or to write to a file: clients, users, sessions, plans, added keys, login
   * links, the clock. Not in it are faults, canned responses and the log of requests.
   */
  snapshot(): string {
    return this.#native.snapshot();
  }

  /** Takes over the state of a snapshot, of another sandbox too. Address and keys stay. */
  restore(snapshot: string): void {
    const json = text('snapshot', snapshot);
    inWords(() => this.#native.restore(json));
  }

  /** Does a request of the HTTP control path `/_sandbox/` without HTTP: `sandbox.control('GET', 'state')`. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape, as `JSON.parse` returns it
  control(method: string, path: string, body?: unknown): any {
    return this.#control(method, path, body);
  }

  // biome-ignore lint/suspicious/noExplicitAny: as in `control`
  #control(method: string, path: string, body: unknown, names?: Readonly<Record<string, string>>): any {
    const json = body === undefined ? '' : jsonText('body', body, typeError);
    const request = [text('method', method), text('path', path), json] as const;
    return JSON.parse(inWords(() => this.#native.control(...request), names));
  }

  /** Resets everything to the start: data, clock, faults, canned responses and the log of requests. */
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

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Sandbox { url: '${this.url}' }`;
  }
}

/** Checks the types of options; the native side checks their ranges. */
function optionsJson(options: SandboxOptions): string {
  const given = checkNames(options, Object.keys(SANDBOX_OPTIONS));
  const json: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    const { type, wire } = SANDBOX_OPTIONS[name as keyof SandboxOptions];
    if (value === undefined) continue;
    if (type === 'integer' && !(Number.isSafeInteger(value) && (value as number) >= 0)) {
      throw new RangeError(`${name}: must be an integer of 0 or more, got ${describe(value)}`);
    }
    if (type === 'string') text(name, value);
    if (type === 'boolean' && typeof value !== type) {
      throw new TypeError(`${name}: must be a ${type}, got ${describe(value)}`);
    }
    if (type === 'strings' && !(isArray(value) && value.every((item) => typeof item === 'string'))) {
      throw new TypeError(`${name}: must be an array of strings, got ${describe(value)}`);
    }
    json[wire] = type === 'time' ? moment(name, value) : value;
  }
  return JSON.stringify(json);
}

/** Refuses values that JSON cannot hold, and returns the members. */
function checkValues<T extends object>(prefix: string, given: T): T {
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) jsonText(`${prefix}${name}`, value, typeError);
  }
  return given;
}

/** `createdAt` as `created_at`, for the keys of one object; what is in `extra` keeps its names. */
function wireNames(fields: object): Record<string, unknown> {
  const wire = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [wire(name), value]));
}

/** Refuses a misspelt name, which would change nothing without a word, and objects of other types. */
function checkNames<T extends object>(given: T | null | undefined, names: readonly string[]): Partial<T> {
  return named('options', given, names, typeError);
}
