// Shared by the cases: clocks, memory, and the line of figures that each process prints.

import { readFileSync, writeFileSync } from 'node:fs';

export const HEADERS = { authorization: 'Basic bench-key', accept: 'application/json' };
export const CLIENT = '/ss/rsapi/clients/27084';
export const HISTORY =
  '/ss/rsapi/clients_usage?from=2026-10-01T00%3A00%3A00Z&to=2026-10-31T23%3A59%3A59.999999Z';

/** Returns the variant, the base URL and the number of calls. */
export function parameters() {
  const [variant, url, count] = process.argv.slice(2);
  return { variant, url, count: Number(count) };
}

/** Starts the wall clock and the processor time of this process; the function that it returns stops them, in seconds. */
export function clock() {
  const cpu = process.cpuUsage();
  const wall = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { wall: (performance.now() - wall) / 1e3, cpu: (user + system) / 1e6 };
  };
}

/** Starts to watch the memory of this process; the function that it returns returns the peak above the start, in bytes. */
export function memory() {
  globalThis.gc();
  writeFileSync('/proc/self/clear_refs', '5'); // resets the peak
  const start = status('VmRSS');
  return () => Math.max(0, status('VmHWM') - start);
}

function status(name) {
  const line = readFileSync('/proc/self/status', 'utf8').match(new RegExp(`^${name}:\\s+(\\d+)`, 'm'));
  return Number(line[1]) * 1024;
}

/** Watches the event loop; the function that it returns ends that and returns the longest block, in seconds. */
export function loop() {
  const tick = 1;
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - tick);
    last = now;
  }, tick);
  return () => {
    clearInterval(timer);
    return Math.max(longest, performance.now() - last - tick) / 1e3;
  };
}

/** Prints the figures of this process. */
export function finish(figures) {
  console.log(JSON.stringify(figures));
}
