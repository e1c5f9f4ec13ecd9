// Answers as they came, and requests that were not sent.

import { headerRecord, makeError } from './errors';
import type { Outcome } from './native';

type Answer = NonNullable<Outcome['answer']>;

/** An answer as it came. Printing it does not show the body, which can hold a credential. */
export class RawBody {
  /** The HTTP status. */
  readonly status: number;
  /** The headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The answer's `x-request-id`. */
  readonly requestId: string | undefined;
  /** How often the request was sent. */
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

  /** The body as bytes. */
  get body(): Buffer {
    return this.#body;
  }

  /** The body as text. */
  text(): string {
    return this.#body.toString('utf8');
  }

  /** The body as JSON; null if it is empty. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape, as `JSON.parse` gives it
  json(): any {
    const text = this.text();
    return text.trim() === '' ? null : JSON.parse(text);
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const id = this.requestId === undefined ? '' : `, requestId: '${this.requestId}'`;
    return `${this.constructor.name} { status: ${this.status}${id}, body: ${this.#body.length} bytes }`;
  }
}

/** An answer as it came, beside what it means. */
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

  /** What the answer means, as the method itself would have given it; throws `APIResponseError` if it means nothing. */
  parse(): T {
    return this.#parse();
  }
}

/** A request that was not sent, with the key taken out. */
export interface DryRun {
  readonly method: string;
  readonly url: string;
  /** Names in lower case, the key as `***`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON body as text. */
  readonly body: string | undefined;
  /** A line for a shell that sends the same request, with the key from `$CRANKWHEEL_API_KEY`. */
  readonly curl: string;
}
