// Credentials that hide themselves: printing, inspecting, JSON and cloning show nothing of them.

import type { NativeLink, NativeSecret } from './native';

const HIDDEN = '***';

/** A URL that logs its user in, valid for two minutes. Whoever has it is that user: only the getters reveal it. */
export class LoginLink {
  readonly #link: NativeLink;

  /** @internal */
  constructor(link: NativeLink) {
    this.#link = link;
  }

  /** The link as it came: opens the dashboard, and the pop-up where CrankWheel is installed. */
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

  /** Two minutes after the link was asked for, by this machine's clock. */
  get expiresAt(): Date {
    return new Date(this.#link.expiresAt());
  }

  toString(): string {
    return `LoginLink { url: '${HIDDEN}', expiresAt: ${this.expiresAt.toISOString()} }`;
  }

  /** The link hidden: `url` gives it. */
  toJSON(): { login_url: string } {
    return { login_url: HIDDEN };
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** The key that acts as an administrator of one client. It contains the reseller's key: only `reveal()` gives it. */
export class ImpersonationKey {
  readonly #secret: NativeSecret;

  /** @internal */
  constructor(secret: NativeSecret) {
    this.#secret = secret;
  }

  /** The key itself. Keeping it out of logs is then up to you. */
  reveal(): string {
    return this.#secret.reveal();
  }

  toString(): string {
    return `ImpersonationKey { ${HIDDEN} }`;
  }

  toJSON(): string {
    return HIDDEN;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
