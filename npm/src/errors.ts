// The one taxonomy of errors, as classes: `instanceof` tells what went wrong, the fields tell the rest.

import { type ErrorData, type Header, native } from './native';

/** Messages by field. */
export type FieldErrors = Record<string, string[]>;

/** The error behind all errors of this package. No message, field or stack of one holds a key or a login token. */
export class CrankWheelError extends Error {
  /** The HTTP status, if an answer came. */
  declare readonly status?: number;
  /** The answer's `x-request-id`: name it when you ask CrankWheel's support. */
  declare readonly requestId?: string;
  /** Messages by field: the API's own (400, 409) or this SDK's (`InvalidRequestError`); empty otherwise. */
  declare readonly errors: FieldErrors;
  /** The answer's body as text, if one came and may be shown. */
  declare readonly body?: string;
  /** The answer's headers, names in lower case. */
  declare readonly headers: Record<string, string>;
  /** The request's method, if the failure belongs to one request. */
  declare readonly method?: string;
  /** The request's path below the base URL, if the failure belongs to one request. */
  declare readonly path?: string;
  /** How often the request was sent, 0 if never. */
  declare readonly attempts: number;
  /** On a 409 for a taken `sname`: the id of your own client that has it. */
  declare readonly existingId?: number;
  /** How many seconds the server asked to wait. */
  declare readonly retryAfter?: number;
  /** For a failed write: `false` if it was certainly not carried out, `true` if that is unknown. */
  declare readonly maybeApplied?: boolean;

  /** @internal */
  constructor(data: ErrorData) {
    super(nodeNames(data.message), ...cause(data.causes));
    const { status, requestId, errors, body, headers, method, path, attempts } = data;
    const { existingId, retryAfter, maybeApplied } = data;
    // What a log needs is enumerable and printed; body and headers are there for programs.
    show(this, { status, requestId, method, path, attempts, existingId, retryAfter, maybeApplied });
    const fields = Object.fromEntries(errors.map((error) => [error.field, error.messages]));
    Object.defineProperties(this, {
      errors: { value: fields, enumerable: errors.length > 0 },
      body: { value: body },
      headers: { value: headerRecord(headers) },
    });
  }

  /** What a structured log wants of it: name, message and the fields that are set, without body and headers. */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message, ...(this as Omit<this, 'name' | 'message'>) };
  }
}

/** A key, base URL or option cannot be used. */
export class ConfigurationError extends CrankWheelError {}
/** The request was refused before it was sent; see `errors`. */
export class InvalidRequestError extends CrankWheelError {}
/** No whole answer came: DNS, TLS, connection refused or reset, answer cut short. */
export class APIConnectionError extends CrankWheelError {}
/** A deadline passed; the message says which. */
export class APITimeoutError extends APIConnectionError {}
/** The API answered with a status that is not a success. */
export class APIStatusError extends CrankWheelError {
  declare readonly status: number;
}
/** 400: the API refused the request; see `errors`. */
export class BadRequestError extends APIStatusError {}
/** 401: the key is wrong. */
export class AuthenticationError extends APIStatusError {}
/** 403: the key may not do that, a read-only one a write for example. */
export class PermissionDeniedError extends APIStatusError {}
/** 404: there is no such thing. */
export class NotFoundError extends APIStatusError {}
/** 409: the name is taken; see `existingId`. */
export class ConflictError extends APIStatusError {}
/** 422. */
export class UnprocessableEntityError extends APIStatusError {}
/** 429: too many requests; see `retryAfter`. */
export class RateLimitError extends APIStatusError {}
/** 5xx: the API failed. */
export class InternalServerError extends APIStatusError {}
/** A success whose body is not what the API documents; the message says where. */
export class APIResponseError extends CrankWheelError {}

const CLASSES: Record<string, new (data: ErrorData) => CrankWheelError> = {
  CrankWheelError,
  ConfigurationError,
  InvalidRequestError,
  APIConnectionError,
  APITimeoutError,
  APIStatusError,
  BadRequestError,
  AuthenticationError,
  PermissionDeniedError,
  NotFoundError,
  ConflictError,
  UnprocessableEntityError,
  RateLimitError,
  InternalServerError,
  APIResponseError,
};

for (const [name, Class] of Object.entries(CLASSES)) {
  // On the prototype, written out: bundlers rename classes.
  Object.defineProperty(Class.prototype, 'name', { value: name, configurable: true, writable: true });
}

/** The error that the data describes. */
export function makeError(data: ErrorData): CrankWheelError {
  return new (CLASSES[data.className] ?? CrankWheelError)(data);
}

/** What the native side gives, unless it is an error: then that is thrown. */
export function unwrap<T extends object>(result: T | ErrorData): T {
  if ('className' in result) throw makeError(result);
  return result;
}

/** The error for an argument of the wrong kind. */
export function invalidArgument(field: string, message: string): CrankWheelError {
  return makeError(native.invalidArgument(field, message));
}

/** The error for an option of the wrong kind. */
export function invalidOption(message: string): CrankWheelError {
  return makeError(native.invalidOption(message));
}

/** Headers as an object; a header that came more than once has its values joined. */
export function headerRecord(headers: Header[]): Record<string, string> {
  const record = new Map<string, string>();
  for (const { name, value } of headers) {
    const before = record.get(name);
    record.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(record);
}

/** Options and methods that messages of the core name, as they are called here. */
const NAMES =
  /`(?:api_key|base_url|(?:connect|attempt|idle)_timeout|max_retries|retry_writes|read_only|ca_file|client_certificate|user_agent_suffix|max_(?:idle_)?connections|allow_insecure_http|create_in)`|\bget_or_create\b/g;

function nodeNames(message: string): string {
  return message.replace(NAMES, (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()));
}

function cause(messages: string[]): [] | [{ cause: Error }] {
  const [first, ...rest] = messages;
  return first === undefined ? [] : [{ cause: new Error(first, ...cause(rest)) }];
}

function show(target: object, values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null)
      Object.defineProperty(target, name, { value, enumerable: true });
  }
}
