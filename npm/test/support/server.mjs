// An HTTP server on loopback for one test, and the promises that the test waits for.

import { createServer } from 'node:http';
import { CrankWheel } from 'crankwheel';
import { keep } from './kept.mjs';

/** Serves with `handler`, gives a client of it to `use`, and ends with it. */
export async function withServer(handler, use, options = {}) {
  const server = createServer(handler);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${server.address().port}`;
  const cw = new CrankWheel({ apiKey: 'test-key-1234', baseUrl, maxRetries: 0, ...options });
  try {
    return await use(cw, baseUrl);
  } finally {
    cw.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Answers with JSON. */
export function json(response, body, status = 200, headers = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}

/** The error that a promise is rejected with. */
export async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    keep('node-errors.txt', error);
    return error;
  }
  throw new Error('nothing was thrown');
}

/** A promise, and what settles it. */
export function deferred() {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
