/**
 * A process that holds a store of its own, in the built worker, until it is killed. It prints `open` and then, where it
 * is to write, the number of every batch that was acknowledged. Options come on standard input.
 */
import { writeSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Worker } from 'node:worker_threads';

const { worker: file, write, options } = JSON.parse(await text(process.stdin));
const worker = new Worker(file, {
  workerData: { ...options, key: new Uint8Array(Buffer.from(options.key, 'base64')) },
});
// Straight to the pipe: what is in it was acknowledged, even where the process ends with the next instruction.
const print = (line) => writeSync(1, `${line}\n`);
const pending = new Map();
let lastId = 0;
const ask = (request) =>
  new Promise((resolve, reject) => {
    lastId += 1;
    pending.set(lastId, { resolve, reject });
    worker.postMessage({ id: lastId, request });
  });

/** Batch n: one item changed, one log row with a value; every third relaxed, and now and then a snapshot after it. */
async function writeBatch(n) {
  const bytes = new Uint8Array(200 + ((n * 37) % 3000)).fill(n % 251);
  const batch = [
    ['put', ['last', n, bytes]],
    ['log', [{ runId: 'run-1', bytes }]],
  ];
  await ask({ call: 'write', batch, durability: n % 3 === 0 ? 'relaxed' : 'durable' });
  print(n);
  if (n % 41 === 0) await ask({ call: 'snapshot' });
}

async function writeForEver() {
  const { rows } = await ask({ call: 'read', statementId: 'addresses', params: [] });
  let next = rows.length + 1;
  const writer = async () => {
    for (;;) await writeBatch(next++);
  };
  await Promise.all([writer(), writer(), writer()]);
}

worker.on('error', (error) => {
  throw error;
});
worker.on('message', ({ id, value, error }) => {
  if (id === 0) {
    if (error !== undefined) throw new Error(error.message);
    print('open');
    if (write) void writeForEver();
    return;
  }
  const waiting = pending.get(id);
  pending.delete(id);
  if (error === undefined) waiting.resolve(value);
  else waiting.reject(new Error(error.message));
});
