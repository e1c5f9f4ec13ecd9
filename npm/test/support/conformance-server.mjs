// Starts the conformance server, which plays the API's part over raw sockets (tests/conformance/README.md).

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BUILT = fileURLToPath(new URL('../../../target/debug/conformance-server', import.meta.url));

export async function startServer() {
  const program =
    process.env.CRANKWHEEL_CONFORMANCE_SERVER ?? (existsSync(`${BUILT}.exe`) ? `${BUILT}.exe` : BUILT);
  if (!existsSync(program)) {
    throw new Error('no conformance server: run `cargo build -p crankwheel-conformance` first');
  }
  // It serves until its standard input closes: when this process ends, so does the server.
  const server = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: server.stdout });
  const [line] = await Promise.race([
    new Promise((resolve) => lines.once('line', (text) => resolve([text]))),
    new Promise((_, reject) =>
      server.once('exit', (code) => reject(new Error(`the conformance server ended with ${code}`))),
    ),
  ]);
  const { control } = JSON.parse(line);
  const call = async (path, method) => {
    const response = await fetch(control + path, { method });
    const body = await response.json();
    if (!response.ok) throw new Error(`${path}: ${body.error}`);
    return body;
  };
  return {
    cases: () => call('/_cases', 'GET'),
    begin: (name) => call(`/_begin?case=${encodeURIComponent(name)}`, 'POST'),
    end: (run) => call(`/_end?run=${run}`, 'POST'),
    stop: () => server.stdin.end(),
  };
}
