// Options of a client, and of one call.

import { invalidOption } from './errors';
import type { Hooks } from './hooks';
import type { native } from './native';

type NativeOptions = Parameters<typeof native.NativeClient.create>[0];

/** Gives the key of the moment; called before every call. */
export type ApiKeyFunction = () => string | Promise<string>;

/** Options of a `CrankWheel` client; durations in milliseconds. */
export interface CrankWheelOptions {
  /** The reseller key, or a function that gives it, for keys that rotate. Default: `CRANKWHEEL_API_KEY`. */
  apiKey?: string | ApiKeyFunction;
  /** Where the API is; a path prefix is kept. Default: `CRANKWHEEL_BASE_URL`, else `https://meeting.is`. */
  baseUrl?: string;
  /** How long a call may take in all. Default: 90 s; 15 min for usage history and billing overview. */
  timeout?: number;
  /** How long making a connection may take. Default: 5 s. */
  connectTimeout?: number;
  /** How long one attempt may wait for the answer, and then for each next part of it. Default: 30 s. */
  attemptTimeout?: number;
  /** How often a call is sent again after a failure that allows it. Default: 2. */
  maxRetries?: number;
  /**
   * Send a write again, too, when it is unknown whether it was carried out. Default: false, because it may then be carried
   * out twice. For what does no harm twice, best for single calls: `cw.clients.setPlan(acme, 'plan_1', { retryWrites: true })`.
   */
  retryWrites?: boolean;
  /** Refuse every write before it is sent. Default: false. */
  readOnly?: boolean;
  /** URL of a proxy. Default: the environment's `HTTPS_PROXY` and so on, never for loopback. */
  proxy?: string;
  /** A file of PEM certificates to trust beside the system's and those of `NODE_EXTRA_CA_CERTS`. */
  caFile?: string;
  /** A PEM file with a certificate and its private key, to show to a gateway that asks for one. */
  clientCertificate?: string;
  /** Added to the `User-Agent` header, to tell your program apart in logs. */
  userAgentSuffix?: string;
  /** Requests under way at once; further calls wait for their turn within their deadline. Default: 100. */
  maxConnections?: number;
  /** Idle connections kept for later reads. Default: 100. */
  maxIdleConnections?: number;
  /** How long an idle connection is kept. Default: 20 s. */
  idleTimeout?: number;
  /** Allow `http://` to hosts other than loopback, where the key travels readable. Default: false. */
  allowInsecureHttp?: boolean;
  /** Called for every attempt that begins, for logs and metrics; see also `NODE_DEBUG=crankwheel`. */
  onRequest?: Hooks['onRequest'];
  /** Called for every attempt that ended, before the call's own promise is settled. */
  onResponse?: Hooks['onResponse'];
}

/** Options of one call; every method takes them in its last argument. */
export interface CallOptions {
  /** Aborting it drops the request on the wire; the promise is then rejected with the signal's reason. */
  signal?: AbortSignal;
  /** Milliseconds that this call may take in all. */
  timeout?: number;
  /** How often this call is sent again after a failure that allows it. */
  maxRetries?: number;
  /** Whether this call, a write, is also sent again when it is unknown whether it was carried out. */
  retryWrites?: boolean;
}

/** The names of `CallOptions`. */
export const CALL_OPTIONS = ['signal', 'timeout', 'maxRetries', 'retryWrites'] as const;

const TYPES: Record<keyof CrankWheelOptions, string[]> = {
  apiKey: ['string', 'function'],
  baseUrl: ['string'],
  timeout: ['number'],
  connectTimeout: ['number'],
  attemptTimeout: ['number'],
  maxRetries: ['number'],
  retryWrites: ['boolean'],
  readOnly: ['boolean'],
  proxy: ['string'],
  caFile: ['string'],
  clientCertificate: ['string'],
  userAgentSuffix: ['string'],
  maxConnections: ['number'],
  maxIdleConnections: ['number'],
  idleTimeout: ['number'],
  allowInsecureHttp: ['boolean'],
  onRequest: ['function'],
  onResponse: ['function'],
};

/** Options as the native side takes them, and the function that gives the key, if there is one. */
export function nativeOptions(options: CrankWheelOptions): [NativeOptions, ApiKeyFunction | undefined] {
  if (typeof options !== 'object' || options === null) {
    throw invalidOption('options must be an object: new CrankWheel({ apiKey: … })');
  }
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    const types = TYPES[name as keyof CrankWheelOptions];
    if (types === undefined) {
      throw invalidOption(`\`${name}\` is no option; there are ${Object.keys(TYPES).join(', ')}`);
    }
    if (value === undefined) continue;
    // The value stays unsaid: it could be a key.
    if (!types.includes(typeof value)) throw invalidOption(`\`${name}\` must be a ${types.join(' or a ')}`);
    if (name !== 'onRequest' && name !== 'onResponse') out[name] = value;
  }
  const key = options.apiKey;
  if (typeof key !== 'function') return [out as NativeOptions, undefined];
  delete out.apiKey;
  out.keyPerCall = true;
  return [out as NativeOptions, key];
}
