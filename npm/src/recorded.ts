// The requests that a sandbox received.

import { headerRecord } from './error-data';
import type { FaultKind } from './fault-kinds';
import { givenFault } from './faults';

/** A request as the native side describes it, in JSON. */
export interface RequestRecord {
  method: string;
  path: string;
  query: [string, string][];
  status: number;
  body: string;
  headers: [string, string][];
  fault?: { kind: FaultKind['kind'] };
}

/** A request as the sandbox received it, without the key. */
export class RecordedRequest {
  /** `GET`, `POST` and so on. */
  readonly method: string;
  /** The path as it was on the wire, percent-encoded. */
  readonly path: string;
  /** The query as decoded pairs, in order. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** The status of the response; 0 if a fault reset the connection instead. */
  readonly status: number;
  /** The body as a string. */
  readonly body: string;
  /** The headers, names in lower case, without `authorization`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The fault that was injected, by the names that `sandbox.fail` takes; latency is not recorded. */
  readonly fault: FaultKind | undefined;

  /** @internal */
  constructor({ method, path, query, status, body, headers, fault }: RequestRecord) {
    this.method = method;
    this.path = path;
    this.query = query;
    this.status = status;
    this.body = body;
    this.headers = headerRecord(headers.map(([name, value]) => ({ name, value })));
    this.fault = fault === undefined ? undefined : givenFault(fault);
  }

  /** Reads the body as JSON; null if it is empty. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape, as `JSON.parse` returns it
  json(): any {
    return this.body.trim() === '' ? null : JSON.parse(this.body);
  }
}
