import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { LockstepError } from '../../preload/contract/errors.js';
import type { Database } from './database.js';
import { createNodeStoreHost } from './node-host.js';
import { openInThread, type StoreOptions } from './open-store.js';
import {
  type AnswerMessage,
  createDatabase,
  decodeError,
  openedMessageId,
  type RequestMessage,
  type StoreAnswer,
} from './protocol.js';

/** The worker's bundle, beside the bundle that this code is in. From source there is none. */
function workerFile(): URL | null {
  const file = new URL(/* @vite-ignore */ './store-worker.js', import.meta.url);
  return existsSync(file) ? file : null;
}

/** The real store: in a worker, or in this thread where the program runs from source. */
export function openStore(options: StoreOptions): Promise<Database> {
  const file = workerFile();
  return file === null ? openInThread(options, createNodeStoreHost()) : openInWorker(options, file);
}

interface Pending {
  readonly resolve: (value: StoreAnswer) => void;
  readonly reject: (reason: LockstepError) => void;
}

/** @param file the worker's bundle */
export async function openInWorker(options: StoreOptions, file: URL): Promise<Database> {
  const worker = new Worker(file, { workerData: options });
  const pending = new Map<number, Pending>();
  let lastId = openedMessageId;
  let stopped: LockstepError | null = null;

  const expect = (id: number): Promise<StoreAnswer> =>
    new Promise((resolve, reject) => {
      pending.set(id, { resolve, reject });
    });
  const stop = (error: LockstepError): void => {
    stopped ??= error;
    for (const { reject } of pending.values()) reject(stopped);
    pending.clear();
  };

  worker.on('message', (message: AnswerMessage) => {
    const waiting = pending.get(message.id);
    pending.delete(message.id);
    if ('error' in message) waiting?.reject(decodeError(message.error));
    else waiting?.resolve(message.value);
  });
  worker.on('error', (cause) => {
    stop(new LockstepError('store-stopped', 'The store has failed.', { cause, action: 'Start again.' }));
  });
  worker.on('exit', () => {
    stop(new LockstepError('store-stopped', 'The workspace is closed.'));
  });

  await expect(openedMessageId);
  let closing: Promise<StoreAnswer> | null = null;
  return createDatabase((request) => {
    if (request.call === 'close' && closing !== null) return closing;
    if (stopped !== null) return Promise.reject(stopped);
    lastId += 1;
    const message: RequestMessage = { id: lastId, request };
    const answer = expect(lastId);
    worker.postMessage(message);
    if (request.call === 'close') closing = answer;
    return answer;
  });
}
