// An HTTP server on localhost for one test, and the promises that the test waits for.

import { createServer } from 'node:http';
import { CrankWheel } from 'crankwheel';
import { recordShown } from './shown.mjs';

/** Starts a server with `handler`, calls `use` with a client of it, and stops the server. */
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

/** Sends a JSON response. */
export function json(response, body, status = 200, headers = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}

/** Returns the error that a promise is rejected with. */
export async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    recordShown('node-errors.txt', error);
    return error;
  }
  throw new Error('nothing was thrown');
}

/** Returns a promise and the function that resolves it. */
export function deferred() {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
