import { parentPort, workerData } from 'node:worker_threads';
import { createNodeStoreHost } from './node-host.js';
import { openService, type StoreOptions } from './open-store.js';
import { type AnswerMessage, answerRequest, encodeError, openedMessageId, type RequestMessage } from './protocol.js';

/** The worker's entry: a thin shell around the service. Its bundle stands beside the program's. */
const port = parentPort;
if (port === null) throw new Error('The store worker is not a program of its own.');

const answer = (message: AnswerMessage): void => {
  port.postMessage(message);
};

try {
  const service = await openService(workerData as StoreOptions, createNodeStoreHost());
  port.on('message', ({ id, request }: RequestMessage) => {
    void (async () => {
      try {
        const value = await answerRequest(service, request);
        answer({ id, value });
      } catch (thrown) {
        answer({ id, error: encodeError(thrown) });
      }
      if (request.call === 'close') port.close();
    })();
  });
  answer({ id: openedMessageId, value: undefined });
} catch (thrown) {
  answer({ id: openedMessageId, error: encodeError(thrown) });
  port.close();
}
