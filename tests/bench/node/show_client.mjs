// Show client, one call after the other or 64 in flight: CPU a call. A variant is the tool, `+`, and the number
// of calls in flight. Each call reads five fields of the response, one of them of its settings.

import http from 'node:http';
import { CLIENT, clock, finish, HEADERS, parameters } from './measure.mjs';

/** Reads the fields as the API names them. */
function untyped(client) {
  if (client.sname === client.lname || client.current_plan === client.settings.audit_log)
    throw new Error('no client');
  return client.id;
}

const TOOLS = {
  async crankwheel(url) {
    const { CrankWheel } = await import('crankwheel');
    const cw = new CrankWheel({ apiKey: 'bench-key', baseUrl: url });
    return async () => {
      const client = await cw.clients.get(27084);
      if (client.sname === client.lname || client.currentPlan === client.settings.auditLog)
        throw new Error('no client');
      return client.id;
    };
  },

  fetch(url) {
    return async () => {
      const response = await fetch(url + CLIENT, { headers: HEADERS });
      if (!response.ok) throw new Error(response.statusText);
      return untyped(await response.json());
    };
  },

  async axios(url, inFlight) {
    const { default: axios } = await import('axios');
    const httpAgent = new http.Agent({ keepAlive: true, maxSockets: inFlight });
    const session = axios.create({ baseURL: url, headers: HEADERS, httpAgent });
    return async () => untyped((await session.get(CLIENT)).data);
  },

  async got(url, inFlight) {
    const { default: got } = await import('got');
    const agent = { http: new http.Agent({ keepAlive: true, maxSockets: inFlight }) };
    const session = got.extend({ headers: HEADERS, agent });
    return async () => untyped(await session(url + CLIENT).json());
  },

  async undici(url, inFlight) {
    const { Pool } = await import('undici');
    const { origin, pathname } = new URL(url);
    const pool = new Pool(origin, { connections: inFlight });
    const path = pathname + CLIENT;
    return async () => {
      const { statusCode, body } = await pool.request({ method: 'GET', path, headers: HEADERS });
      if (statusCode !== 200) throw new Error(`status ${statusCode}`);
      return untyped(JSON.parse(await body.text()));
    };
  },
};

/** Makes `count` calls with `inFlight` of them at a time, and returns the number of those that succeeded. */
async function run(call, count, inFlight) {
  let left = count;
  let done = 0;
  async function work() {
    while (left-- > 0) if ((await call()) === 27084) done++;
  }
  await Promise.all(Array.from({ length: inFlight }, work));
  return done;
}

const { variant, url, count } = parameters();
const [tool, flight] = variant.split('+');
const inFlight = Number(flight);
const call = await TOOLS[tool](url, inFlight);
await run(call, Math.max(500, count / 5), inFlight);
const stop = clock();
const done = await run(call, count, inFlight);
const { wall, cpu } = stop();
finish({ cpu: cpu / done, wall: wall / done, rate: done / wall, check: done });
process.exit(); // some agents would wait for their idle connections
