// The operations of a client, and the same ones with raw responses or as dry runs.

import { text } from './arguments';
import { isArray, isDate, members, tagOf } from './check';
import { Clients } from './clients';
import { describe } from './describe';
import { invalidArgument } from './errors';
import { compareByIdentity } from './fingerprint';
import { jsonText } from './json-text';
import { refuseUnbound } from './methods';
import type { CallOptions } from './options';
import type { DryRun, RawBody, RawResponse } from './raw';
import { Reseller } from './reseller';
import { type Runner, rawOnly, type Start } from './runner';
import { Sso } from './sso';

/** A value of a query parameter. */
export type QueryValue = string | number | boolean | bigint | Date | null;

/**
 * Query parameters by name. An array repeats the name; `undefined` and `null` leave the parameter out.
 *
 * @example
 * await cw.request('GET', '/ss/rsapi/reseller/usage', { query: { from: new Date('2019-02-01'), to: undefined } });
 */
export type Query = Record<string, QueryValue | readonly QueryValue[] | undefined>;

/** The options of `cw.request`. */
export interface RequestOptions extends CallOptions {
  /** The query parameters. An array repeats the name; `undefined` and `null` leave the parameter out. */
  query?: Query | URLSearchParams | undefined;
  /** The body, which is sent as JSON. */
  json?: unknown;
}

/** The operations by resource. */
export class Resources {
  /** Client companies: list, create, get, update, delete, plans, usage, billing. */
  readonly clients: Clients;
  /** Single sign-on: login links and login options. */
  readonly sso: Sso;
  /** The reseller's account: billing overview, usage history, plans. */
  readonly reseller: Reseller;

  /** @internal */
  constructor(runner: Runner) {
    this.clients = new Clients(runner);
    this.sso = new Sso(runner);
    this.reseller = new Reseller(runner);
  }
}

/** The operations by resource, and requests to any path. */
export class Operations extends Resources {
  readonly #runner: Runner;

  static {
    refuseUnbound(Operations, 'cw', (target) => #runner in target);
  }

  /** @internal */
  constructor(runner: Runner) {
    super(runner);
    this.#runner = runner;
    compareByIdentity(this);
  }

  /**
   * Sends a request to any path of the API, for what is newer than this package. `GET` and `HEAD` are retried like
   * reads, all other methods like writes.
   *
   * @param method The HTTP method.
   * @param path The path below the base URL, such as `/ss/rsapi/clients`.
   * @param options The query, the JSON body, and the options of the call.
   * @returns The raw response.
   * @throws {InvalidRequestError} The path leads to another host. Nothing was sent.
   * @throws {APIStatusError} The status is not a success.
   *
   * @example
   * const response = await cw.request('GET', '/ss/rsapi/clients');
   * console.log(response.status, response.json());
   */
  request(method: string, path: string, options?: RequestOptions): Promise<RawBody> {
    return rawRequest(this.#runner, this.request, method, path, options);
  }
}

/** Hands a raw request to a runner. */
export function rawRequest(
  runner: Runner,
  // biome-ignore lint/suspicious/noExplicitAny: any method
  caller: (...args: any[]) => unknown,
  method: string,
  path: string,
  options: RequestOptions | undefined,
): Promise<RawBody> {
  const start: Start = (native, how) => {
    const json = options?.json === undefined ? undefined : jsonText('json', options.json);
    return native.request(how, text('method', method), text('path', path), pairs(options?.query), json);
  };
  return runner.run(caller, start, rawOnly, options, ['query', 'json']);
}

function pairs(query: Query | URLSearchParams | null | undefined): { name: string; value: string }[] {
  if (query === undefined || query === null) return [];
  const isParams = tagOf(query) === '[object URLSearchParams]';
  const list: [string, unknown][] = isParams
    ? [...(query as URLSearchParams)]
    : Object.entries(members('query', query, invalidArgument));
  return list.flatMap(([name, value]) => {
    const values: unknown[] = isArray(value) ? value : [value ?? undefined];
    return values
      .filter((each) => each !== undefined)
      .map((each) => ({ name: text('query', name), value: queryValue(name, each) }));
  });
}

/** Converts a value of a query parameter. Other types would become strings such as `[object Object]`. */
function queryValue(name: string, value: unknown): string {
  if (isDate(value)) return value.toISOString();
  if (typeof value === 'string') return text(`query.${name}`, value);
  const isPlain = value === null || ['boolean', 'bigint'].includes(typeof value) || Number.isFinite(value);
  if (isPlain) return String(value);
  throw invalidArgument(
    `query.${name}`,
    `must be a string, number, boolean, bigint or Date, got ${describe(value)}`,
  );
}

/** The methods of `R`, each with a promise of its raw response. */
export type Raw<R> = {
  readonly [K in keyof R]: R[K] extends (...args: infer A) => Promise<infer T>
    ? (...args: A) => Promise<RawResponse<T>>
    : never;
};

/** The methods of `R`, each returning the request that it would send. */
export type Dry<R> = {
  readonly [K in keyof R]: R[K] extends (...args: infer A) => Promise<unknown>
    ? (...args: A) => DryRun
    : never;
};

/** The type of `cw.withRawResponse`. */
export interface RawOperations {
  /** Client companies. */
  readonly clients: Raw<Clients>;
  /** Single sign-on. */
  readonly sso: Raw<Sso>;
  /** The reseller's account. */
  readonly reseller: Raw<Reseller>;
}

/** The type of `cw.dryRun`. */
export interface DryRunOperations {
  /** Client companies. */
  readonly clients: Dry<Clients>;
  /** Single sign-on. */
  readonly sso: Dry<Sso>;
  /** The reseller's account. */
  readonly reseller: Dry<Reseller>;
  /** Returns the request that `cw.request` would send. */
  request(method: string, path: string, options?: RequestOptions): DryRun;
}
