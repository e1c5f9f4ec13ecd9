// Responses as they came, and requests that were not sent.

import { headerRecord } from './error-data';
import { makeError } from './errors';
import { type DryRunData, native, type Outcome } from './native';

type Answer = NonNullable<Outcome['answer']>;

/** The response to a raw request. Printing it does not show the body, which can be a credential. */
export class RawBody {
  /** The HTTP status. */
  readonly status: number;
  /** The headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The response's `x-request-id`. */
  readonly requestId: string | undefined;
  /** The number of attempts that were sent. */
  readonly attempts: number;
  readonly #body: Buffer;

  /** @internal */
  constructor(answer: Answer) {
    this.status = answer.status;
    this.headers = headerRecord(answer.headers);
    this.requestId = answer.requestId ?? undefined;
    this.attempts = answer.attempts;
    this.#body = answer.body;
  }

  /** The body as bytes. That of a grant-token response is a credential. */
  get body(): Buffer {
    return this.#body;
  }

  /** Returns the body as a string; bytes that are not UTF-8 are replaced. */
  text(): string {
    return this.#body.toString('utf8');
  }

  /** Reads the body as JSON; null if it is empty. Throws `APIResponseError` if it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape, as `JSON.parse` returns it
  json(): any {
    const problem = native.jsonProblem(this.#body);
    if (problem) throw makeError(problem);
    const text = this.text();
    return text.trim() === '' ? null : JSON.parse(text);
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const id = this.requestId === undefined ? '' : `, requestId: '${this.requestId}'`;
    return `${this.constructor.name} { status: ${this.status}${id}, body: ${this.#body.length} bytes }`;
  }
}

/** The response to an operation, with the value that it stands for (`parse()`). */
export class RawResponse<T> extends RawBody {
  readonly #parse: () => T;

  /** @internal */
  constructor(outcome: Outcome, decode: (value: unknown) => T) {
    super(outcome.answer as Answer);
    this.#parse = () => {
      if (outcome.error) throw makeError(outcome.error);
      return decode(outcome.value);
    };
  }

  /** Returns what the same call without `withRawResponse` returns, or throws what it throws. */
  parse(): T {
    return this.#parse();
  }
}

/** A request that was not sent, with the key taken out. */
export class DryRun {
  /** The method. */
  readonly method: string;
  /** The whole URL. */
  readonly url: string;
  /** The headers, names in lower case, the key as `***`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON body as a string. */
  readonly body: string | undefined;
  /** A line for a shell that sends the same request, with the key from `$CRANKWHEEL_API_KEY`. */
  readonly curl: string;

  /** @internal */
  constructor({ method, url, headers, body, curl }: DryRunData) {
    this.method = method;
    this.url = url;
    this.headers = headerRecord(headers);
    this.body = body ?? undefined;
    this.curl = curl;
  }

  /** Reads the JSON body; null if there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape, as `JSON.parse` returns it
  json(): any {
    return JSON.parse(this.body ?? 'null');
  }
}
