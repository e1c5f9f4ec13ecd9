// Single sign-on: login links, and the accounts that an e-mail address can log in as.

import { type ClientLike, clientArgument, text } from './arguments';
import { LoginOptionList } from './models';
import type { NativeLink, NativeList } from './native';
import type { CallOptions } from './options';
import type { Runner } from './runner';
import { LoginLink } from './secrets';

/** Options of `sso.grantToken`. */
export interface GrantTokenOptions extends CallOptions {
  /** Create an unknown address as a normal user of this client. Not together with `multiLogin`. */
  createIn?: ClientLike;
  /** Where the user ends up: a path on CrankWheel's servers, or a whole URL. */
  destUrl?: string;
  /** Look up all accounts of this address, also those with a `…-cw-` prefix, and let the user choose. */
  multiLogin?: boolean;
}

/** Single sign-on. */
export class Sso {
  readonly #runner: Runner;

  /** @internal */
  constructor(runner: Runner) {
    this.#runner = runner;
  }

  /**
   * Makes a link that logs a user in, valid for two minutes. The user's company must have
   * `settings.provisioningProvider` set to `reseller`.
   *
   * @example
   * const link = await cw.sso.grantToken('agent@acme.example');
   * response.redirect(link.url); // printing `link` itself shows nothing of the token
   */
  grantToken(email: string, options?: GrantTokenOptions): Promise<LoginLink> {
    return this.#runner.run(
      this.grantToken,
      (native) => {
        const { createIn, destUrl, multiLogin } = options ?? {};
        return native.ssoGrantToken(text('email', email), {
          createIn: createIn === undefined || createIn === null ? undefined : clientArgument(createIn),
          destUrl: destUrl === undefined || destUrl === null ? undefined : text('destUrl', destUrl),
          multiLogin: multiLogin === true,
        });
      },
      (link) => new LoginLink(link as NativeLink),
      options,
      ['createIn', 'destUrl', 'multiLogin'],
    );
  }

  /** The accounts that this address can log in as; an empty list if there are none. */
  loginOptions(email: string, options?: CallOptions): Promise<LoginOptionList> {
    return this.#runner.run(
      this.loginOptions,
      (native) => native.ssoLoginOptions(text('email', email)),
      (list) => new LoginOptionList(list as NativeList),
      options,
    );
  }
}
