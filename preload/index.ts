/**
 * The bridge: all that the page gets of the program, as `window.lockstep`. It runs in the sandbox, in a world of its own;
 * what it exposes are functions over plain data, never a thing of Electron. No zod in here: the other side checks.
 */
import { contextBridge, ipcRenderer } from 'electron';
import { isCallName, isTopic } from './contract/calls.js';
import { callChannel, cancelChannel, eventChannel } from './contract/channels.js';
import type { CallResult } from './contract/events.js';

type Listener = (event: unknown) => void;
const listeners = new Map<string, Set<Listener>>();

// One listener for all: its first argument, which can send to the program, stays here.
ipcRenderer.on(eventChannel, (_event, topic: unknown, payload: unknown) => {
  if (typeof topic !== 'string') return;
  for (const listener of listeners.get(topic) ?? []) listener(payload);
});

const bridge = {
  async call(name: unknown, input: unknown, callId?: unknown): Promise<unknown> {
    if (typeof name !== 'string' || !isCallName(name)) return refused(`There is no call "${String(name)}".`);
    try {
      return await ipcRenderer.invoke(callChannel, name, input, callId);
    } catch (thrown) {
      // Also where the input cannot be cloned.
      return refused(thrown instanceof Error ? thrown.message : String(thrown));
    }
  },
  cancel(callId: unknown): void {
    if (typeof callId === 'string') ipcRenderer.send(cancelChannel, callId);
  },
  subscribe(topic: unknown, listener: unknown): () => void {
    if (typeof topic !== 'string' || !isTopic(topic) || typeof listener !== 'function') return () => undefined;
    // A function of its own for each subscription: the same listener may be given twice.
    const own: Listener = (event) => {
      (listener as Listener)(event);
    };
    const set = listeners.get(topic) ?? new Set<Listener>();
    listeners.set(topic, set.add(own));
    return () => {
      set.delete(own);
    };
  },
};

function refused(message: string): CallResult<never> {
  return { ok: false, error: { kind: 'bug', code: 'internal', message, retryable: false, context: {} } };
}

// The page takes it for the contract's Bridge; what really comes is checked on the other side, whoever sends it.
contextBridge.exposeInMainWorld('lockstep', bridge);
