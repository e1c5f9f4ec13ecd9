// Spans of OpenTelemetry: hooks run under the span of their caller, and spans are propagated.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, before, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { Sandbox } from 'crankwheel/sandbox';
import { deferred, rejection, withServer } from './support/server.mjs';

const CALLS = 64;
const PLANS = '/ss/rsapi/reseller/plans';
const exporter = new InMemorySpanExporter();
let tracer;

before(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  trace.setGlobalTracerProvider(provider);
  tracer = trace.getTracer('tests');
});

afterEach(() => exporter.reset());

/** Runs a function under a separate span, which ends with it. */
function underSpan(name, run) {
  return tracer.startActiveSpan(name, async (span) => {
    try {
      return await run(span);
    } finally {
      span.end();
    }
  });
}

/** Hooks that record the active span, and whether it was recording, with what they receive. */
function recording(seen) {
  const record = (kind) => (info) => {
    const span = trace.getActiveSpan();
    seen.push({ kind, span: span?.name, isRecording: span?.isRecording(), ...info });
  };
  return { onRequest: record('request'), onResponse: record('response') };
}

/** Checks that each event was under a recording span, and that each span has its own call. Returns the ends. */
function check(seen, callers) {
  assert.ok(seen.every(({ isRecording }) => isRecording));
  const pairs = new Set(seen.map(({ span, callId }) => `${span}: ${callId}`));
  const calls = new Set(seen.map(({ callId }) => callId));
  const names = [...new Set(seen.map(({ span }) => span))];
  assert.deepEqual(
    names.toSorted(),
    Array.from({ length: callers }, (_, caller) => `call ${caller}`).toSorted(),
  );
  assert.equal(pairs.size, callers);
  assert.equal(calls.size, callers);
  const ends = seen.filter(({ kind }) => kind === 'response');
  assert.equal(ends.length, seen.length / 2);
  return ends;
}

async function withSandbox(use, options) {
  const sandbox = await Sandbox.start({ clients: 5, now: '2019-03-15T12:00:00Z' });
  try {
    return await use(sandbox.client(options), sandbox);
  } finally {
    await sandbox.stop();
  }
}

/** Makes calls at once, each under its own span. */
function calls(count, call) {
  return Promise.all(
    Array.from({ length: count }, (_, caller) => underSpan(`call ${caller}`, (span) => call(span, caller))),
  );
}

test('hooks of concurrent calls run under the spans of their callers', async () => {
  const seen = [];
  await withSandbox(
    (cw) => underSpan('all calls', () => calls(CALLS, () => cw.reseller.plans())),
    recording(seen),
  );
  assert.equal(check(seen, CALLS).length, CALLS);
});

test('hooks of retries run under the span of their caller', async () => {
  const seen = [];
  await withSandbox(
    async (cw, sandbox) => {
      sandbox.fail({ kind: 'status', status: 429, headers: { 'retry-after': '0' }, times: 20 });
      await calls(CALLS, () => cw.reseller.plans());
    },
    { maxRetries: 8, ...recording(seen) },
  );
  const ends = check(seen, CALLS);
  assert.equal(ends.filter(({ status }) => status === 200).length, CALLS);
  assert.equal(ends.filter(({ status }) => status === 429).length, 20);
});

test('hooks of failed calls run under the span of their caller', async () => {
  const seen = [];
  await withSandbox(async (cw, sandbox) => {
    sandbox.fail({ kind: 'status', status: 400 });
    await calls(CALLS, async () => {
      assert.equal((await rejection(cw.reseller.plans())).status, 400);
    });
  }, recording(seen));
  assert.equal(check(seen, CALLS).length, CALLS);
});

test('hooks of aborted calls run under the span of their caller', async () => {
  const seen = [];
  const count = 16;
  const arrived = deferred();
  let requests = 0;
  const silent = () => {
    requests += 1;
    if (requests === count) arrived.resolve();
  };
  await withServer(
    silent,
    (cw) =>
      calls(count, async () => {
        const controller = new AbortController();
        const call = rejection(cw.reseller.plans({ signal: controller.signal }));
        await arrived.promise;
        controller.abort();
        assert.equal((await call).name, 'AbortError');
      }),
    recording(seen),
  );
  const ends = check(seen, count);
  assert.deepEqual([...new Set(ends.map(({ problem }) => problem))], ['cancelled']);
});

test('a span is not kept after its call', async () => {
  const kept = [];
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  await withSandbox(async (cw) => {
    await calls(CALLS, (span) => {
      kept.push(new WeakRef(span));
      return cw.reseller.plans();
    });
    exporter.reset();
    // What a turn of the loop refers to is free in the next one.
    for (let turn = 0; turn < 5; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
    }
    assert.equal(kept.length, CALLS);
    assert.equal(kept.filter((reference) => reference.deref() !== undefined).length, 0);
  }, recording([]));
});

function traceparent(span) {
  const { traceId, spanId } = span.spanContext();
  return `00-${traceId}-${spanId}-01`;
}

for (const [where, call] of [
  ['of one call', (cw, headers, id) => cw.clients.get(id, { headers })],
  ['of a copy', (cw, headers, id) => cw.withOptions({ headers }).clients.get(id)],
]) {
  test(`each caller propagates its own span in the headers ${where}`, async () => {
    await withSandbox(
      async (cw, sandbox) => {
        const ids = (await cw.clients.list()).map(({ id }) => id);
        sandbox.clearRequests();
        const expected = await calls(CALLS, async (span, caller) => {
          const headers = {};
          propagation.inject(context.active(), headers);
          const id = ids[caller % ids.length];
          await call(cw, headers, id);
          return `/ss/rsapi/clients/${id} ${traceparent(span)} blue`;
        });
        const sent = sandbox.requests.map(
          ({ path, headers }) => `${path} ${headers.traceparent} ${headers['x-gateway']}`,
        );
        assert.deepEqual(sent.toSorted(), expected.toSorted());
        assert.equal(new Set(sent).size, CALLS);
      },
      { headers: { 'x-gateway': 'blue' } },
    );
  });
}

test('the example of the README', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, code] = /## OpenTelemetry\n.*?```js\n(.*?)```/s.exec(readme);
  await withSandbox(async (_, sandbox) => {
    const modules = {
      '@opentelemetry/api': { context, propagation, trace },
      crankwheel: await import('crankwheel'),
    };
    const body = code.replaceAll(/^import (.*) from '(.*)';$/gm, "const $1 = modules['$2'];");
    const AsyncFunction = (async () => {}).constructor;
    const before = { ...process.env };
    process.env.CRANKWHEEL_API_KEY = sandbox.apiKey;
    process.env.CRANKWHEEL_BASE_URL = sandbox.url;
    try {
      await new AsyncFunction('modules', 'console', body)(modules, { log() {} });
    } finally {
      process.env = before;
    }
    const [span] = exporter.getFinishedSpans();
    assert.equal(span.events.length, 1);
    assert.equal(span.events[0].attributes['url.template'], PLANS);
    assert.equal(span.events[0].attributes['http.response.status_code'], 200);
    assert.equal(sandbox.requests[0].headers.traceparent, traceparent(span));
  });
});
