// What a client, its raw responses and its dry runs have in common: the same methods, with another outcome.

import { jsonText, text } from './arguments';
import { Clients } from './clients';
import { describe } from './describe';
import { invalidArgument } from './errors';
import type { NativeClient, PreparedCall } from './native';
import type { CallOptions } from './options';
import type { DryRun, RawBody, RawResponse } from './raw';
import { Reseller } from './reseller';
import { asItCame, type Runner } from './runner';
import { Sso } from './sso';

/** One value of a query. */
export type QueryValue = string | number | boolean | bigint | Date | null;

/** A query by names; an array repeats the name, `undefined` and `null` leave it out. */
export type Query = Record<string, QueryValue | readonly QueryValue[] | undefined>;

/** Options of a raw request. */
export interface RequestOptions extends CallOptions {
  /** Query parameters: an array repeats the name, those that are undefined or null are left out. */
  query?: Query | URLSearchParams;
  /** The body, sent as JSON. */
  json?: unknown;
}

/** The operations of a client, by resource. */
export class Operations {
  /** Client companies: list, create, show, update, delete, plans, usage, bills. */
  readonly clients: Clients;
  /** Single sign-on: login links and log-in options. */
  readonly sso: Sso;
  /** What concerns the reseller: billing overview, usage history, plans. */
  readonly reseller: Reseller;

  /** @internal */
  constructor(runner: Runner) {
    this.clients = new Clients(runner);
    this.sso = new Sso(runner);
    this.reseller = new Reseller(runner);
  }
}

/** The methods of a client. */
export class Surface extends Operations {
  readonly #runner: Runner;

  /** @internal */
  constructor(runner: Runner) {
    super(runner);
    this.#runner = runner;
  }

  /**
   * Any request below the base URL, for what the API grows next. `GET` and `HEAD` count as reads, all else as writes.
   *
   * @example
   * const answer = await cw.request('GET', '/ss/rsapi/clients');
   * console.log(answer.status, answer.json());
   */
  request(method: string, path: string, options?: RequestOptions): Promise<RawBody> {
    return rawRequest(this.#runner, this.request, method, path, options);
  }
}

/** Hands a raw request to a runner. */
export function rawRequest(
  runner: Runner,
  // biome-ignore lint/suspicious/noExplicitAny: any method at all
  caller: (...args: any[]) => unknown,
  method: string,
  path: string,
  options: RequestOptions | undefined,
): Promise<RawBody> {
  const prepare = (native: NativeClient): PreparedCall => {
    const json = options?.json === undefined ? undefined : jsonText('json', options.json);
    return native.request(text('method', method), text('path', path), pairs(options?.query), json);
  };
  return runner.run(caller, prepare, asItCame, options, ['query', 'json']);
}

function pairs(query: Query | URLSearchParams | null | undefined): { name: string; value: string }[] {
  if (query === undefined || query === null) return [];
  if (typeof query !== 'object')
    throw invalidArgument('query', `must be an object or URLSearchParams, got ${describe(query)}`);
  const list = query instanceof URLSearchParams ? [...query] : Object.entries(query);
  return list.flatMap(([name, value]) => {
    if (value === undefined || value === null) return [];
    const values = Array.isArray(value) ? value : [value];
    return values.map((each) => ({
      name,
      value: each instanceof Date ? each.toISOString() : String(each),
    }));
  });
}

/** The same methods, giving the answer as it came. */
export type Raw<R> = {
  readonly [K in keyof R]: R[K] extends (...args: infer A) => Promise<infer T>
    ? (...args: A) => Promise<RawResponse<T>>
    : never;
};

/** The same methods, giving the request that would be sent. */
export type Dry<R> = {
  readonly [K in keyof R]: R[K] extends (...args: infer A) => Promise<unknown>
    ? (...args: A) => DryRun
    : never;
};

/** What `withRawResponse` has. */
export interface RawSurface {
  readonly clients: Raw<Clients>;
  readonly sso: Raw<Sso>;
  readonly reseller: Raw<Reseller>;
}

/** What `dryRun` has. */
export interface DryRunSurface {
  readonly clients: Dry<Clients>;
  readonly sso: Dry<Sso>;
  readonly reseller: Dry<Reseller>;
  /** What `request` would send. */
  request(method: string, path: string, options?: RequestOptions): DryRun;
}
