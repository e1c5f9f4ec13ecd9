// The declared types: with `exactOptionalPropertyTypes`, of lists, of errors, of clients in other forms.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { typeCheck, withProject } from './support/consumer.mjs';

const PROGRAM = `
import { APIStatusError, Client, ClientList, CrankWheel, NotFoundError, Period } from 'crankwheel';
import type { CallOptions, ClientFields, ClientUpdate, CrankWheelOptions, GrantTokenOptions, RequestOptions, Session } from 'crankwheel';
import type { SettingsFields, UsageOptions, ZoneOptions } from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';
import type { CannedResponse, Duration, Fault, SandboxOptions } from 'crankwheel/sandbox';

const none = undefined;
export const options: CrankWheelOptions = { apiKey: none, timeout: none, onRequest: none, readOnly: none };
export const call: CallOptions & UsageOptions & GrantTokenOptions & RequestOptions = {
  signal: none, timeout: none, minSeconds: none, createIn: none, multiLogin: none, query: none, json: none,
};
export const fields: ClientFields = { sname: none, lname: none, settings: none, extra: none };
export const settings: SettingsFields = { id: none, auditLog: none, extra: none };
export const zone: ZoneOptions = { timeZone: none };
export const sandboxOptions: SandboxOptions = { clients: none, now: none };
export const canned: CannedResponse = { status: none, body: none, times: none };
export const by: Duration = { days: none };
export const fault: Fault = { kind: 'latency', ms: 5, times: none, path: none };
export const error = new NotFoundError('x', { requestId: none, cause: none });

export function update(client: Client): ClientUpdate {
  return { ...client, lname: client.lname, smsname: none };
}

export async function use(cw: CrankWheel, sandbox: Sandbox): Promise<void> {
  const list = await cw.clients.list();
  const rows: readonly Client[] = list;
  const sorted: Client[] = list.toSorted((a, b) => a.id - b.id);
  const last: Client | undefined = rows.findLast((client) => client.id > 5);
  const joined: string = list.map((client) => client.sname).join();
  const both: Client[] = sorted.concat(list);
  const made: ClientList = ClientList.fromJSON([{ id: 5 }]);
  const acme: Client = Client.fromJSON({ id: 5 });
  const sessions: readonly Session[] = (await cw.reseller.usage()).sessions;
  await cw.clients.get({ ...acme });
  await cw.clients.get({ id: 5, sname: 'acmecorp' });
  await cw.clients.setPlan(5n, { apiName: 'plan_1' });
  sandbox.addUser(5, 'a@b.example');
  const created: NotFoundError = new NotFoundError('x');
  void [last, joined, both, made, sessions, created, new APIStatusError('x', { status: 418 })];
  // @ts-expect-error: a list is read-only
  list[0] = acme;
  // @ts-expect-error: a list is read-only
  list.push(acme);
  // @ts-expect-error: a list is read-only
  list.sort();
  // @ts-expect-error: the status has no default
  new APIStatusError('x');
  // @ts-expect-error: no attribute has this name
  new NotFoundError('x', { statusCode: 404 });
  // @ts-expect-error: a month needs no zone as a string
  Period.month('2019-02', 'Europe/Berlin');
  // @ts-expect-error: a client needs an id
  await cw.clients.get({ sname: 'acmecorp' });
}
`;

test('optional members take undefined, lists are readonly arrays, errors can be created', async () => {
  await withProject({ 'package.json': '{}', 'types.mts': PROGRAM, 'types2.cts': PROGRAM }, (folder) => {
    assert.deepEqual(typeCheck(folder, { exactOptionalPropertyTypes: true, skipLibCheck: false }), []);
    assert.deepEqual(typeCheck(folder), []);
  });
});

test('every part of the package has declarations where TypeScript does not read exports', () => {
  // `moduleResolution: node10` reads `types` and `typesVersions` instead.
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const parts = Object.keys(manifest.exports).filter((part) => !['.', './package.json'].includes(part));
  const [[versions, paths]] = Object.entries(manifest.typesVersions);
  assert.equal(versions, '*');
  assert.deepEqual(
    Object.keys(paths),
    parts.map((part) => part.slice(2)),
  );
  for (const [file] of Object.values(paths))
    assert.ok(existsSync(new URL(`../${file}`, import.meta.url)), file);
});
