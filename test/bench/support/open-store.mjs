/**
 * Opens a store in the built worker, in a process that did nothing else, and prints how long it took and the most
 * memory that was held. Options come on standard input: a secret is never an argument.
 */
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { Worker } from 'node:worker_threads';

const options = JSON.parse(await text(process.stdin));
const start = performance.now();
const worker = new Worker(process.argv[2], {
  workerData: { ...options, key: new Uint8Array(Buffer.from(options.key, 'base64')) },
});
worker.on('error', (error) => {
  throw error;
});
worker.on('message', (message) => {
  if (message.error !== undefined) throw new Error(message.error.message);
  if (message.id === 0) {
    const ms = performance.now() - start;
    const peakMb = process.resourceUsage().maxRSS / 1024;
    worker.postMessage({ id: 1, request: { call: 'close' } });
    process.stdout.write(JSON.stringify({ ms, peakMb }));
  }
});
