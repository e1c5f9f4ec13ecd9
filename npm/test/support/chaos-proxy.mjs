// Starts the proxy that breaks connections (tests/chaos): resets, stalls, truncates and delays them.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BUILT = fileURLToPath(new URL('../../../target/debug/chaos-proxy', import.meta.url));

/** Starts a proxy in front of a server on localhost; it breaks three in ten connections. */
export async function startChaos(upstream, seed) {
  const program = process.env.CRANKWHEEL_CHAOS_PROXY ?? (existsSync(`${BUILT}.exe`) ? `${BUILT}.exe` : BUILT);
  if (!existsSync(program)) throw new Error('no chaos proxy: run `cargo build -p crankwheel-chaos` first');
  // It runs until its standard input closes: when this process ends, so does the proxy.
  const proxy = spawn(program, [new URL(upstream).port, String(seed), '0.3'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: proxy.stdout });
  const ended = once(proxy, 'exit');
  const [url] = await Promise.race([
    once(lines, 'line'),
    ended.then(([code]) => {
      throw new Error(`the chaos proxy ended with ${code}`);
    }),
  ]);
  return {
    url,
    stop: async () => {
      proxy.stdin.end();
      await ended;
    },
  };
}
