// Compiled by each version of TypeScript, never run.
import {
  type Client,
  type ClientFields,
  type ClientList,
  ConflictError,
  CrankWheel,
  Period,
} from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';

export async function bill(cw: CrankWheel, fields: ClientFields): Promise<number | undefined> {
  const list: ClientList = await cw.clients.list();
  const first: Client | undefined = list.at(0);
  const ids: number[] = list.map((client) => client.id);
  try {
    const { client, created } = await cw.clients.getOrCreate(fields);
    await cw.clients.update(client, { settings: { ...client.settings, auditLog: created } });
    await cw.clients.setPlan(first ?? ids[0] ?? client, 'plan_1', { signal: AbortSignal.timeout(5) });
  } catch (error) {
    if (error instanceof ConflictError) return error.existingId;
    throw error;
  }
  const overview = await cw.reseller.billing(Period.month('2019-02'));
  const dry: string = cw.dryRun.clients.list().curl;
  const raw = await cw.withRawResponse.clients.list();
  const same: ClientList = raw.parse();
  return overview.totalProRata['plan_1']?.units ?? dry.length + same.length;
}

export async function start(): Promise<Sandbox> {
  return Sandbox.start({ clients: 1, now: '2019-02-01T00:00:00Z' });
}

// @ts-expect-error an id of the wrong type
export const wrong = new CrankWheel().clients.get(true);
// @ts-expect-error a field that does not exist
export const misspelt = new CrankWheel().clients.create({ sname: 'acmecorp', lnmae: 'x' });
