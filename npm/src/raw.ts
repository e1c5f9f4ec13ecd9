// Raw responses, and requests that were not sent.

import { headerRecord } from './error-data';
import { makeError } from './errors';
import { compareBy } from './fingerprint';
import { type CallResult, type DryRunData, native } from './native';

type Response = NonNullable<CallResult['response']>;

/**
 * The response to a raw request. Printing it does not show the body, which can be a credential.
 *
 * @example
 * const response = await cw.request('GET', '/ss/rsapi/reseller/plans');
 * console.log(response.status, response.headers['content-type'], response.json());
 */
export class RawBody {
  /** The HTTP status. */
  readonly status: number;
  /** The headers by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The response's `x-request-id`. */
  readonly requestId: string | undefined;
  /** The number of attempts that were sent. */
  readonly attempts: number;
  /** A digest of the body, with a random key of this process: it differs for different bodies. */
  declare readonly fingerprint: string;
  readonly #body: Buffer;
  #text: string | undefined;

  /** @internal */
  constructor(response: Response) {
    this.status = response.status;
    this.headers = headerRecord(response.headers);
    this.requestId = response.requestId ?? undefined;
    this.attempts = response.attempts;
    this.#body = response.body;
    compareBy(this, () => response.body);
  }

  /** The body as bytes. The body of a grant-token response is a credential. */
  get body(): Buffer {
    return this.#body;
  }

  /** Returns the body as a string; bytes that are not UTF-8 are replaced. */
  text(): string {
    this.#text ??= this.#body.toString('utf8');
    return this.#text;
  }

  /**
   * Returns the body decoded from JSON; null if it is empty.
   *
   * @throws {APIResponseError} The body is not valid JSON.
   */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape, as `JSON.parse` returns it
  json(): any {
    const problem = native.jsonProblem(this.#body);
    if (problem) throw makeError(problem);
    const text = this.text().replace(/^\uFEFF/, '');
    return text.trim() === '' ? null : JSON.parse(text);
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const id = this.requestId === undefined ? '' : `, requestId: '${this.requestId}'`;
    return `${this.constructor.name} { status: ${this.status}${id}, body: ${this.#body.length} bytes }`;
  }
}

/**
 * The raw response to an operation; `parse()` decodes it.
 *
 * @example
 * const raw = await cw.withRawResponse.clients.list();
 * console.log(raw.requestId, raw.parse().length);
 */
export class RawResponse<T> extends RawBody {
  readonly #parse: () => T;

  /** @internal */
  constructor(result: CallResult, decode: (value: unknown) => T) {
    super(result.response as Response);
    this.#parse = () => {
      if (result.error) throw makeError(result.error);
      return decode(result.value);
    };
  }

  /** Returns the value that the same call without `withRawResponse` returns, or throws the same error. */
  parse(): T {
    return this.#parse();
  }
}

/**
 * A request that was not sent, without the key.
 *
 * @example
 * const request = cw.dryRun.clients.update(27084, { lname: 'Acme' });
 * console.log(request.method, request.url, request.json());
 */
export class DryRun {
  /** The HTTP method. */
  readonly method: string;
  /** The whole URL. */
  readonly url: string;
  /** The headers by their names in lower case; the key is `***`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON body as a string. */
  readonly body: string | undefined;
  /** A shell command that sends the same request, with the key from `$CRANKWHEEL_API_KEY`. */
  readonly curl: string;

  /** @internal */
  constructor({ method, url, headers, body, curl }: DryRunData) {
    this.method = method;
    this.url = url;
    this.headers = headerRecord(headers);
    this.body = body ?? undefined;
    this.curl = curl;
  }

  /** Returns the body decoded from JSON; null if there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape, as `JSON.parse` returns it
  json(): any {
    return JSON.parse(this.body ?? 'null');
  }
}
