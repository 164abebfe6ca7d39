import { ipcMain, type IpcMainInvokeEvent, type IpcMainEvent, type WebContents } from 'electron';
import { z } from 'zod';
import { isCallName, isTopic, topics, type Topic } from '../../preload/contract/calls.js';
import { callChannel, cancelChannel, eventChannel } from '../../preload/contract/channels.js';
import { LockstepError } from '../../preload/contract/errors.js';
import { eventSchemas, type CallResult } from '../../preload/contract/events.js';
import type { AppLog } from '../logging/app-log.js';
import { pageOrigin } from './app-scheme.js';
import { isPage } from './navigation.js';
import type { Callable } from './callable.js';

const callIdSchema = z.string().min(8).max(200);

/**
 * The only listener on what a window sends. Who may send: the main frame of the one trusted page, at the exact origin of
 * our own scheme. What may be sent: a call of the contract; its input is parsed by the dispatcher.
 * @returns what ends it
 */
export function connectWindow(program: Callable, trusted: () => WebContents | null, log: AppLog): () => void {
  ipcMain.handle(
    callChannel,
    async (event, name: unknown, input: unknown, callId: unknown): Promise<CallResult<unknown>> => {
      if (!isTrusted(event, trusted())) return refuse(log, 'sender', 'This window may not call the program.');
      if (typeof name !== 'string' || !isCallName(name)) return refuse(log, 'name', 'There is no such call.');
      const id = callIdSchema.optional().safeParse(callId ?? undefined);
      if (!id.success) return refuse(log, 'call-id', 'The id of the call is no id.', name);
      return program.dispatch(name, input, id.data);
    },
  );
  ipcMain.on(cancelChannel, (event, callId: unknown) => {
    if (!isTrusted(event, trusted())) {
      refuse(log, 'sender', 'This window may not call the program.');
      return;
    }
    const id = callIdSchema.safeParse(callId);
    if (id.success) program.cancel(id.data);
    else refuse(log, 'call-id', 'The id of the call is no id.');
  });
  const subscriptions = topics.map((topic) =>
    program.subscribe(topic, (payload) => {
      sendEvent(trusted(), topic, payload);
    }),
  );
  return () => {
    for (const end of subscriptions) end();
    ipcMain.removeHandler(callChannel);
    ipcMain.removeAllListeners(cancelChannel);
  };
}

/** To the window, where there is one. */
export function sendEvent(contents: WebContents | null, topic: Topic, payload: unknown): void {
  if (contents === null || contents.isDestroyed() || !isTopic(topic)) return;
  const event = eventSchemas[topic].safeParse(payload);
  if (event.success) contents.send(eventChannel, topic, event.data);
}

function isTrusted(event: IpcMainInvokeEvent | IpcMainEvent, contents: WebContents | null): boolean {
  const frame = event.senderFrame;
  return (
    contents !== null &&
    event.sender === contents &&
    // Null: the frame is gone, or has gone elsewhere since.
    frame !== null &&
    frame.parent === null &&
    frame === contents.mainFrame &&
    frame.origin === pageOrigin &&
    isPage(frame.url)
  );
}

function refuse(log: AppLog, why: string, message: string, name?: string): CallResult<never> {
  log.write('warning', 'call-refused', { why, call: name ?? null });
  return { ok: false, error: new LockstepError('input-invalid', message).toAppError() };
}
