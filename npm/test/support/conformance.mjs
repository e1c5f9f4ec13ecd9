// Runs the whole conformance table through one module system's copy of the package.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { inspect } from 'node:util';
import { startServer } from './conformance-server.mjs';
import { recordShown } from './shown.mjs';

const KEY = 'conformance-key-9f2c';
const CONTRACT = new URL('../../../crates/crankwheel/openapi.json', import.meta.url);

const { paths } = JSON.parse(readFileSync(CONTRACT, 'utf8'));

/** The operations of the contract by their names in the SDK. */
const DESCRIBED = new Map(
  Object.values(paths)
    .flatMap((path) => Object.values(path))
    .filter((operation) => operation['x-sdk-name'] !== undefined)
    .map((operation) => [operation['x-sdk-name'], operation]),
);

const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

/** Only the cases whose name contains this are tested, if it is set. */
const ONLY = process.env.CONFORMANCE_CASE;

/** Tests every case with the package as `sdk`. */
export function testConformance(label, sdk) {
  describe(`conformance (${label})`, { concurrency: 8 }, () => {
    let server;
    let table;
    const started = startServer().then(async (running) => {
      server = running;
      table = await server.cases();
      assert.ok(table.length > 100);
      if (ONLY) table = table.filter((entry) => entry.name.includes(ONLY));
      assert.ok(table.length > 0, `no case has ${ONLY} in its name`);
      return table;
    });
    before(() => started);
    after(() => server?.stop());

    test('every case', async (t) => {
      const ran = new Set();
      await Promise.all(
        table.map((entry) =>
          t.test(entry.name, async () => {
            for (const step of entry.steps) ran.add(step.operation);
            await runCase(sdk, server, entry);
          }),
        ),
      );
      if (ONLY) return;
      const operations = [sdk.Clients, sdk.Sso, sdk.Reseller].flatMap(({ name, prototype }) => {
        const methods = Object.getOwnPropertyNames(prototype).filter((method) => method !== 'constructor');
        return methods.map((method) => `${name.toLowerCase()}.${method}`);
      });
      assert.deepEqual([...ran].map(camel).sort(), operations.sort());
      for (const name of DESCRIBED.keys()) assert.ok(ran.has(name), name);
    });
  });
}

async function runCase(sdk, server, entry) {
  const { run, base_url: baseUrl } = await server.begin(entry.name);
  const key = entry.options?.api_key === undefined ? KEY : entry.options.api_key;
  let cw;
  try {
    let problem;
    try {
      cw = new sdk.CrankWheel({ baseUrl, ...options(entry.options ?? {}) });
    } catch (error) {
      problem = error;
    }
    const results = [];
    for (const [index, step] of entry.steps.entries()) {
      let value;
      let error = problem;
      if (cw !== undefined) {
        try {
          const copy = step.with_options && cw.withOptions(spelled(step.with_options));
          value = await perform(sdk, copy ?? cw, step, results);
        } catch (thrown) {
          error = thrown;
        }
      }
      results.push(value);
      try {
        check(sdk, step.expect, value, error, key);
      } catch (failure) {
        failure.message = `step ${index}: ${failure.message}${error ? `\n${inspect(error)}` : ''}`;
        throw failure;
      }
    }
  } finally {
    cw?.close();
    const { ok, problems } = await server.end(run);
    assert.ok(ok, problems?.join('\n'));
  }
}

function options(given) {
  return spelled({ api_key: KEY, max_retries: 0, ...given });
}

/** Options under their Node names; durations in milliseconds. */
function spelled(given) {
  const out = {};
  for (const [name, value] of Object.entries(given)) {
    if (value !== null) out[camel(name)] = name.endsWith('timeout') ? value * 1000 : value;
  }
  return out;
}

async function perform(sdk, cw, step, results) {
  const [resource, name] = camel(step.operation).split('.');
  const operation = cw[resource][name];
  assert.ok(operation, `no such operation: ${step.operation}`);
  const args = (step.args ?? []).map((value) => special(sdk, value, results));
  const kwargs = named(sdk, step.kwargs ?? {}, results);
  const fields = step.operation === 'clients.get_or_create' || DESCRIBED.get(step.operation)?.requestBody;
  if (!fields && Object.keys(kwargs).length === 0) return operation.apply(cw[resource], args);
  // Options are the last parameter, fields the one before.
  const before = operation.length - (fields ? 2 : 1);
  while (args.length < before) args.push(undefined);
  return operation.apply(cw[resource], [...args, kwargs]);
}

/** Keyword arguments under their Node names; what is inside `extra` keeps its own. */
function named(sdk, kwargs, results) {
  const out = {};
  for (const [name, value] of Object.entries(kwargs)) {
    if (name === 'extra') out.extra = value;
    else if (name === 'settings' && value !== null && typeof value === 'object' && !('$result' in value)) {
      out.settings = named(sdk, value, results);
    } else out[camel(name)] = special(sdk, value, results);
  }
  return out;
}

function special(sdk, value, results) {
  if (value === null || typeof value !== 'object') return value;
  if ('$result' in value)
    return value.path ? pick(results[value.$result], value.path) : results[value.$result];
  if ('$datetime' in value) return new Date(value.$datetime);
  if ('$date' in value) return value.$date;
  if ('$month' in value) return sdk.Period.month(value.$month);
  if ('$period' in value) {
    const { start, end } = value.$period;
    return new sdk.Period(special(sdk, start, results), special(sdk, end, results));
  }
  return value;
}

/** Reads `periods[0].effective_to`, `plans_pro_rata["plan_2"].units`, `sessions.$length`. */
function pick(value, path, verbatim = false) {
  const token = /\.?(?:\$(length)|\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([A-Za-z_]\w*))/y;
  let at = value;
  while (token.lastIndex < path.length) {
    const [, length, key, index, name] = token.exec(path) ?? assert.fail(`unreadable path: ${path}`);
    // A map by plan is a plain object without a length.
    if (length) at = at.length ?? Object.keys(at).length;
    else if (key !== undefined) at = at[JSON.parse(`"${key}"`)];
    else if (index !== undefined) at = at[Number(index)];
    else at = at[verbatim ? name : camel(name)];
  }
  return at;
}

function check(sdk, expect, value, error, key) {
  recordShown('node-conformance.txt', error ?? value);
  if (expect.error) return checkError(sdk, expect.error, error, key);
  if (error) throw error;
  if (key) assert.ok(!inspect(value, { depth: 10 }).includes(key), 'the result shows the key');
  if ('value' in expect) assert.deepEqual(rawJson(value), expect.value);
  for (const [path, wanted] of Object.entries(expect.attributes ?? {})) same(pick(value, path), wanted, path);
}

function rawJson(value) {
  // Through JSON text, as a caller would write it: also checks that `JSON.stringify` finds `toJSON`.
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}

function checkError(sdk, expect, error, key) {
  assert.ok(error, `expected ${expect.class}, nothing was thrown`);
  assert.equal(error.name, expect.class, error.stack);
  assert.equal(error.constructor.name, expect.class);
  for (const base of ['CrankWheelError', ...(expect.is_a ?? [])]) {
    assert.ok(error instanceof sdk[base], `not a ${base}`);
  }
  for (const [path, wanted] of Object.entries(expect.attributes ?? {})) {
    same(pick(error, path.replace(/^status_code\b/, 'status')), wanted, path);
  }
  if (expect.fields) assert.deepEqual(Object.keys(error.errors).sort(), expect.fields.map(camel).sort());
  for (const text of expect.message_has ?? []) {
    // A name in braces is spelled by the language.
    const shown = text.replace(/^\{([\w.]+)\}$/, (_, name) => camel(name));
    assert.ok(error.message.includes(shown), `${error.message} lacks ${shown}`);
  }
  const shown = `${error.message}\n${inspect(error, { depth: 10, showHidden: true })}\n${error.stack}`;
  for (const text of [...(expect.message_lacks ?? []), ...(key ? [key] : [])]) {
    assert.ok(!shown.includes(text), `the error shows ${text}`);
  }
}

function same(got, wanted, path) {
  if (wanted === null)
    return assert.ok(got === null || got === undefined, `${path} is ${inspect(got)}, not null`);
  if (typeof wanted !== 'object') return assert.strictEqual(got, wanted, path);
  if ('$time' in wanted) {
    assert.ok(got instanceof Date, `${path} is not a Date: ${inspect(got)}`);
    // `Date.parse` truncates to milliseconds, as a Date does.
    return assert.equal(got.getTime(), Date.parse(wanted.$time), path);
  }
  return assert.deepEqual(JSON.parse(JSON.stringify(got)), wanted, path);
}
