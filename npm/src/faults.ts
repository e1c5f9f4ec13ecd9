// Faults that a sandbox is told to have: what goes wrong, for which requests, and how often.

/** The requests that a fault is for, and how often it strikes. */
export interface FaultScope {
  /** The method. Default: any. */
  method?: string;
  /** The path; a segment in braces stands for any: `/ss/rsapi/clients/{id}`. Default: any. */
  path?: string;
  /** How often it strikes. Default: until `clearFaults`. */
  times?: number;
  /** The share of the requests that it strikes, from 0 to 1. Default: all. */
  probability?: number;
  /** What the share is drawn from: same seed, same requests. Default: 0. */
  seed?: number;
}

/** What goes wrong. Unless it is said, the request has its effect all the same. */
export type FaultKind =
  /** The answer comes later; goes together with any other fault. */
  | { kind: 'latency'; ms: number }
  /** Another answer; the request has no effect unless it is `processed`. */
  | {
      kind: 'status';
      status: number;
      headers?: Record<string, string>;
      /** The body as it is. */
      body?: string;
      /** The body as JSON. */
      json?: unknown;
      processed?: boolean;
    }
  /** The connection is reset instead of an answer; `reset_before` the request has its effect, or `reset_after`. */
  | { kind: 'reset_before' | 'reset_after' }
  /** The connection is reset half-way through the answer. */
  | { kind: 'reset_during' }
  /** The connection ends half-way through the body. */
  | { kind: 'truncate' }
  /** From a quarter on the body is garbage. */
  | { kind: 'corrupt' }
  /** `Content-Length` is off by so much. Default: -5. */
  | { kind: 'wrong_length'; by?: number }
  /** The body is gzip, cut off (the default) or spoilt in the middle. */
  | { kind: 'broken_gzip'; how?: 'cut' | 'corrupt' }
  /** The body comes in pieces (8) with a pause (100 ms) before each. */
  | { kind: 'slow_body'; pieces?: number; pauseMs?: number }
  /** The body of a 204 comes after its head, in pieces (2) with a pause (20 ms) before each. */
  | { kind: 'split_204'; pieces?: number; pauseMs?: number };

/** A fault and the requests that it is for. */
export type Fault = FaultKind & FaultScope;

const SCOPE = ['method', 'path', 'times', 'probability', 'seed'];

/** The members of each kind. The native side would pass over one that it does not know. */
const MEMBERS: Record<FaultKind['kind'], string[]> = {
  latency: ['ms'],
  status: ['status', 'headers', 'body', 'json', 'processed'],
  reset_before: [],
  reset_after: [],
  reset_during: [],
  truncate: [],
  corrupt: [],
  wrong_length: ['by'],
  broken_gzip: ['how'],
  slow_body: ['pieces', 'pauseMs'],
  split_204: ['pieces', 'pauseMs'],
};

/** A fault as JSON for the native side. */
export function faultRule(given: Fault): string {
  const members = MEMBERS[given?.kind];
  if (members === undefined) {
    throw new TypeError(
      `kind: must be one of ${Object.keys(MEMBERS).join(', ')}, got ${JSON.stringify(given?.kind)}`,
    );
  }
  const rule: Record<string, unknown> = {};
  const fault: Record<string, unknown> = { kind: given.kind };
  for (const [name, value] of Object.entries(given)) {
    if (name === 'kind' || value === undefined) continue;
    if (SCOPE.includes(name)) rule[name] = value === Number.POSITIVE_INFINITY ? undefined : value;
    else if (members.includes(name)) fault[name === 'pauseMs' ? 'pause_ms' : name] = value;
    else {
      const valid = [...members, ...SCOPE].join(', ');
      throw new TypeError(`${name}: unknown option of the fault '${given.kind}'; valid options are ${valid}`);
    }
  }
  const { json, ...rest } = fault;
  if (json === undefined) return JSON.stringify({ ...rule, fault });
  const headers = { 'content-type': 'application/json', ...(rest.headers ?? {}) };
  return JSON.stringify({ ...rule, fault: { ...rest, headers, body: JSON.stringify(json) } });
}

/** A fault as the native side describes it, as the argument that ordered it. */
export function givenFault(fault: Record<string, unknown>): FaultKind {
  const { pause_ms: pauseMs, ...rest } = fault;
  return (pauseMs === undefined ? rest : { ...rest, pauseMs }) as FaultKind;
}

/** A fault and its scope as the native side describes them, as the argument that ordered them. */
export function givenRule({ fault, ...scope }: { fault: Record<string, unknown> }): Fault {
  // What holds always has no limit, which the native side writes as null.
  const set = Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== null));
  return { ...givenFault(fault), ...set };
}
