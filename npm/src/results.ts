// Creates the caller's objects from the results of operations on the native side.

import { read } from './factories';
import { UsageHistory } from './history';
import { type Model, type ModelClass, model } from './model';
import { BillingOverview, Client, ClientBillingList } from './models';
import { type NativeHistory, type NativeLink, type NativeList, type NativeOverview, native } from './native';
import { type Members, readExactForm } from './readers';
import type { Decode } from './runner';
import { LoginLink } from './secrets';

/** Reads the result of a write, whose status says everything. */
export const readNothing = (): void => undefined;

/** Reads a model. */
export const readModel: <T extends Model>(Class: ModelClass<T>) => Decode<T> = model;

/** Reads a model that can be missing. */
export function readOptional<T extends Model>(Class: ModelClass<T>): Decode<T | undefined> {
  const read = model(Class);
  return (found) => (typeof found === 'string' ? read(found) : undefined);
}

/** Reads a list. */
export function readList<T>(Class: new (list: NativeList) => T): Decode<T> {
  return (list) => new Class(list as NativeList);
}

/** Reads a client, and whether it was created. */
export function readCreated(result: unknown): { client: Client; created: boolean } {
  const { client, created } = result as { client: string; created: boolean };
  return { client: model(Client)(client), created };
}

/** Reads a login link. */
export function readLoginLink(link: unknown): LoginLink {
  return new LoginLink(link as NativeLink);
}

/** Reads a usage history, whose sessions stay in the addon. */
export function readUsageHistory(history: unknown): UsageHistory {
  return new UsageHistory(history as NativeHistory);
}

// Its companies are a list of their own, so that it is not read as other models are.
Object.defineProperty(BillingOverview, 'fromJSON', {
  value: (json: unknown) => readBillingOverview(read('BillingOverview', json, native.overviewFromJson)),
});

/** Reads a billing overview, whose companies stay in the addon until they are accessed. */
export function readBillingOverview(overview: unknown): BillingOverview {
  const found = overview as NativeOverview;
  const read = (own: Members) =>
    new BillingOverview({ ...own, per_company: new ClientBillingList(found.companies()) }, () =>
      found.json(),
    );
  return readExactForm(found.exact(), read);
}
