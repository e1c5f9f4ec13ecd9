// Credentials that are hidden from printing, `util.inspect`, JSON and cloning.

import { compareCredential } from './fingerprint';
import type { NativeLink, NativeSecret } from './native';

const HIDDEN = '***';

/**
 * A URL that logs its user in, valid for two minutes. Whoever has it is that user, so only the getters reveal it.
 *
 * @example
 * const link = await cw.sso.grantToken('agent@acme.example');
 * response.writeHead(302, { location: link.url }).end();
 */
export class LoginLink {
  /** A digest of the link, with a random key of this process: it differs for different links. */
  declare readonly fingerprint: string;
  readonly #link: NativeLink;

  /** @internal */
  constructor(link: NativeLink) {
    if (link === undefined) {
      throw new TypeError('LoginLink: created by cw.sso.grantToken(…), also of a client of a sandbox');
    }
    this.#link = link;
    compareCredential(this, () => link.url());
  }

  /** The link that opens the dashboard, and the pop-up if CrankWheel is installed. */
  get url(): string {
    return this.#link.url();
  }

  /** The link that opens only the dashboard. */
  get dashboardOnly(): string {
    return this.#link.dashboardOnly();
  }

  /** The link that opens only the pop-up; open it in a new window or tab. */
  get popupOnly(): string {
    return this.#link.popupOnly();
  }

  /** The time two minutes after the request for the link, by the local clock. */
  get expiresAt(): Date {
    return new Date(this.#link.expiresAt());
  }

  /** Returns a description with the link hidden. */
  toString(): string {
    return `LoginLink { url: '${HIDDEN}', expiresAt: ${this.expiresAt.toISOString()} }`;
  }

  /** Returns an object with the link hidden. */
  toJSON(): { login_url: string } {
    return { login_url: HIDDEN };
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/**
 * The key that acts as an administrator of one client. It contains the reseller's key, so only `reveal()` returns it.
 *
 * @example
 * const key = cw.impersonationKey(27084);
 * console.log(key); // ImpersonationKey { *** }
 */
export class ImpersonationKey {
  /** A digest of the key, with a random key of this process: it differs for different keys. */
  declare readonly fingerprint: string;
  readonly #secret: NativeSecret;

  /** @internal */
  constructor(secret: NativeSecret) {
    if (secret === undefined) throw new TypeError('ImpersonationKey: created by cw.impersonationKey(client)');
    this.#secret = secret;
    compareCredential(this, () => secret.reveal());
  }

  /** Returns the key as a string. Keep it out of logs. */
  reveal(): string {
    return this.#secret.reveal();
  }

  /** Returns a description with the key hidden. */
  toString(): string {
    return `ImpersonationKey { ${HIDDEN} }`;
  }

  /** Returns `***`. */
  toJSON(): string {
    return HIDDEN;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
