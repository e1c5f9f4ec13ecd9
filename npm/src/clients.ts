// Client companies: list, create, show, update, delete, plans, usage, bills; find, and get or create.

import {
  type ClientLike,
  clientArgument,
  clientFields,
  type PlanLike,
  planArgument,
  text,
} from './arguments';
import { describe } from './describe';
import { invalidArgument } from './errors';
import type { ClientFields, ClientUpdate } from './fields';
import { model } from './model';
import { Client, ClientBilling, ClientList, ClientUsage } from './models';
import type { NativeList } from './native';
import type { CallOptions } from './options';
import { type PeriodLike, periodArgument } from './period';
import { nothing, type Runner } from './runner';

/** Options of `clients.usage`. */
export interface UsageOptions extends CallOptions {
  /** Leave out screen shares shorter than this many seconds. The API's default: 40. */
  minSeconds?: number;
}

const asClient = model(Client);
const asUsage = model(ClientUsage);
const asBilling = model(ClientBilling);

/** Client companies. */
export class Clients {
  readonly #runner: Runner;

  /** @internal */
  constructor(runner: Runner) {
    this.#runner = runner;
  }

  /** All clients of the reseller. */
  list(options?: CallOptions): Promise<ClientList> {
    const decode = (list: unknown) => new ClientList(list as NativeList);
    return this.#runner.run(this.list, (native) => native.clientsList(), decode, options);
  }

  /**
   * Creates a client and gives it back with its id.
   *
   * @example
   * const acme = await cw.clients.create({ sname: 'acmecorp', lname: 'Acme' });
   */
  create(fields: ClientFields, options?: CallOptions): Promise<Client> {
    return this.#runner.run(
      this.create,
      (native) => native.clientsCreate(clientFields(fields)),
      asClient,
      options,
    );
  }

  /** One client. */
  get(client: ClientLike, options?: CallOptions): Promise<Client> {
    return this.#runner.run(
      this.get,
      (native) => native.clientsGet(clientArgument(client)),
      asClient,
      options,
    );
  }

  /**
   * Changes a client: what is left out stays, what is null becomes null. Settings need the settings' own id: it is
   * taken from the client if you pass one, else looked up by one more request.
   *
   * @example
   * await cw.clients.update(acme, { lname: 'Acme Ltd', settings: { auditLog: true } });
   */
  update(client: ClientLike, fields: ClientUpdate, options?: CallOptions): Promise<void> {
    return this.#runner.run(
      this.update,
      (native) => native.clientsUpdate(clientArgument(client), clientFields(fields)),
      nothing,
      options,
    );
  }

  /** Deletes a client. */
  delete(client: ClientLike, options?: CallOptions): Promise<void> {
    return this.#runner.run(
      this.delete,
      (native) => native.clientsDelete(clientArgument(client)),
      nothing,
      options,
    );
  }

  /** Sets a client's plan, and with it the session limit and the license count. */
  setPlan(client: ClientLike, plan: PlanLike, options?: CallOptions): Promise<void> {
    return this.#runner.run(
      this.setPlan,
      (native) => native.clientsSetPlan(clientArgument(client), planArgument(plan)),
      nothing,
      options,
    );
  }

  /**
   * How many meetings a client had. Default: those of the last 28 days that lasted at least 40 seconds.
   *
   * @example
   * const { numSessions } = await cw.clients.usage(27084, '2019-02', { minSeconds: 60 });
   */
  usage(client: ClientLike, period?: PeriodLike | null, options?: UsageOptions): Promise<ClientUsage> {
    return this.#runner.run(
      this.usage,
      (native) =>
        native.clientsUsage(clientArgument(client), periodArgument(period), seconds(options?.minSeconds)),
      asUsage,
      options,
      ['minSeconds'],
    );
  }

  /** Which plans a client had in a period, and for how long. The API has no default period here. */
  billing(client: ClientLike, period: PeriodLike, options?: CallOptions): Promise<ClientBilling> {
    return this.#runner.run(
      this.billing,
      (native) => native.clientsBilling(clientArgument(client), periodArgument(period)),
      asBilling,
      options,
    );
  }

  /** The client with this `sname`, `undefined` if you have none. Reads the whole list. */
  find(sname: string, options?: CallOptions): Promise<Client | undefined> {
    const decode = (found: unknown) => (typeof found === 'string' ? asClient(found) : undefined);
    return this.#runner.run(this.find, (native) => native.clientsFind(text('sname', sname)), decode, options);
  }

  /**
   * The client with the `sname` of these fields: created, or the one that exists, which is never changed.
   *
   * @example
   * const { client, created } = await cw.clients.getOrCreate({ sname: 'acmecorp', lname: 'Acme' });
   */
  getOrCreate(fields: ClientFields, options?: CallOptions): Promise<{ client: Client; created: boolean }> {
    const decode = (made: unknown) => {
      const { client, created } = made as { client: string; created: boolean };
      return { client: asClient(client), created };
    };
    return this.#runner.run(
      this.getOrCreate,
      (native) => native.clientsGetOrCreate(clientFields(fields)),
      decode,
      options,
    );
  }
}

function seconds(value: number | undefined | null): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (Number.isSafeInteger(value)) return value;
  throw invalidArgument('minSeconds', `must be an integer, got ${describe(value)}`);
}
