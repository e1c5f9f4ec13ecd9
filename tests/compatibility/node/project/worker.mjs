// The same work in two worker threads at once and in the main thread.
import { Worker } from 'node:worker_threads';

const ends = [1, 2].map(
  () =>
    new Promise((resolve, reject) =>
      new Worker(new URL('./esm.mjs', import.meta.url)).on('exit', resolve).on('error', reject),
    ),
);
await import('./esm.mjs');
await Promise.all(ends);
