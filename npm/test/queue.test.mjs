// The queue of results: each thread has its own, and it keeps a program alive exactly while calls are in flight.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { CrankWheel } from 'crankwheel';
import { output } from './support/program.mjs';
import { json, withServer } from './support/server.mjs';

const cwd = fileURLToPath(new URL('..', import.meta.url));

/** Starts a server whose responses take `delay` milliseconds, and passes its URL. */
async function withSlow(delay, use) {
  const server = createServer((request, response) => {
    setTimeout(() => json(response, { id: Number(request.url.split('/').pop()), sname: 'acmecorp' }), delay);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Runs a program in a separate process, and returns its output. It fails if the program does not end by itself. */
function program(url, text) {
  const start = `import { CrankWheel } from 'crankwheel'; const cw = new CrankWheel({ apiKey: 'test-key-1234', baseUrl: '${url}' });`;
  return output(['--input-type=module', '-e', start + text], { cwd, timeout: 30_000 });
}

test('a program waits for its calls, one after another and at once, and then ends by itself', async () => {
  await withSlow(150, async (url) => {
    const text = `
      cw.clients.get(1).then(({ id }) => {
        console.log(id);
        setTimeout(() => {
          for (const next of [2, 3]) cw.clients.get(next).then(({ id }) => console.log(id));
          cw.clients.get(4, { signal: AbortSignal.timeout(20) }).catch(({ name }) => console.log(name));
          cw.clients.get('x').catch(({ name }) => console.log(name));
          process.on('exit', () => console.log('end'));
        }, 50);
      });`;
    const lines = (await program(url, text)).split('\n').filter(Boolean);
    assert.deepEqual(lines.slice(0, 3), ['1', 'InvalidRequestError', 'TimeoutError']);
    assert.deepEqual(lines.slice(3).sort(), ['2', '3', 'end']);
    assert.equal(lines.at(-1), 'end');
  });
});

test('a client without calls in flight does not keep a program alive, nor does a call that is not sent', async () => {
  const text = `
    cw.dryRun.clients.get(1);
    cw.clients.list({ signal: AbortSignal.abort() }).catch(() => {});
    cw.clients.get({}).catch(() => {});
    process.on('exit', () => console.log(performance.now() < 10_000 ? 'soon' : 'late'));`;
  assert.equal(await program('http://127.0.0.1:9', text), 'soon\n');
});

const WORKER = `
  const { workerData, parentPort } = require('node:worker_threads');
  const { CrankWheel } = require('crankwheel');
  const cw = new CrankWheel({ apiKey: 'test-key-1234', baseUrl: workerData.url });
  const calls = Array.from({ length: workerData.calls }, (_, index) => cw.clients.get(workerData.first + index));
  parentPort.postMessage('started');
  Promise.all(calls).then((clients) => parentPort.postMessage(clients.map((client) => client.id)));
`;

test('four worker threads and the main thread each receive their own results', async () => {
  await withSlow(5, async (url) => {
    const ids = (first) => Array.from({ length: 100 }, (_, index) => first + index);
    const received = [1000, 2000, 3000, 4000].map((first) => {
      const worker = new Worker(WORKER, { eval: true, workerData: { url, first, calls: 100 } });
      return new Promise((resolve, reject) => {
        const messages = [];
        worker.on('message', (message) => messages.push(message));
        worker.on('error', reject);
        worker.on('exit', (code) => resolve([code, ...messages]));
      });
    });
    const cw = new CrankWheel({ apiKey: 'test-key-1234', baseUrl: url });
    const own = await Promise.all(ids(5000).map((id) => cw.clients.get(id)));
    assert.deepEqual(
      own.map((client) => client.id),
      ids(5000),
    );
    assert.deepEqual(
      await Promise.all(received),
      [1000, 2000, 3000, 4000].map((first) => [0, 'started', ids(first)]),
    );
  });
});

test('a worker thread can end while its calls are in flight, and while their results arrive', async () => {
  const held = [];
  let came = () => {};
  const handler = (request, response) => {
    if (request.url.endsWith('/1')) return json(response, { id: 1, sname: 'acmecorp' });
    held.push(response);
    if (held.length === 20) came();
  };
  const respond = (responses) => {
    for (const response of responses) json(response, { id: 7, sname: 'acmecorp' });
  };
  await withServer(handler, async (cw) => {
    for (const before of [0, 1, 10, 20]) {
      const arrived = new Promise((resolve) => {
        came = resolve;
      });
      const workerData = { url: cw.baseUrl, first: 2, calls: 20 };
      const worker = new Worker(WORKER, { eval: true, workerData });
      await arrived;
      respond(held.splice(0, before));
      await worker.terminate();
      // These results belong to no thread.
      respond(held.splice(0));
      assert.equal((await cw.clients.get(1)).id, 1);
    }
  });
});

test('process.exit with calls in flight ends the program at once', async () => {
  await withSlow(2_000, async (url) => {
    const began = performance.now();
    const text = `for (let id = 1; id < 50; id += 1) cw.clients.get(id); setTimeout(() => process.exit(), 50);
      process.on('exit', () => console.log('end'));`;
    assert.equal(await program(url, text), 'end\n');
    assert.ok(performance.now() - began < 2_000);
  });
});

test('results of one wake-up reach their own promises, whatever their order', async () => {
  await withServer(
    (request, response) => {
      const id = Number(request.url.split('/').pop());
      const body = id % 7 === 0 ? { problem: 'no id' } : { id, sname: `client${id}`, host: id % 5 ? 'a' : 7 };
      setTimeout(() => json(response, body, id % 11 === 0 ? 404 : 200), (id * 37) % 50);
    },
    async (cw) => {
      const ids = Array.from({ length: 400 }, (_, index) => index + 1);
      const results = await Promise.allSettled(ids.map((id) => cw.clients.get(id)));
      for (const [index, { status, value, reason }] of results.entries()) {
        const id = ids[index];
        const expected = id % 11 === 0 ? 'NotFoundError' : id % 7 === 0 ? 'APIResponseError' : id;
        assert.equal(status === 'fulfilled' ? value.id : reason.name, expected);
      }
    },
  );
});
