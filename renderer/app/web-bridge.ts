import type { Topic } from '../../preload/contract/calls.js';
import { isTopic } from '../../preload/contract/calls.js';
import type { AppError } from '../../preload/contract/errors.js';
import { eventSchemas, type Bridge, type CallResult } from '../../preload/contract/events.js';
import { callIdHeader, codeFragment, webPaths, type WebSession } from '../../preload/contract/web.js';

const tokenKey = 'lockstep.session';
const reconnectMs = 2_000;

type Listener = (event: never) => void;

/** The bridge of a page in a browser: calls over HTTP, events as a stream. The token lives as long as the tab. */
export function createWebBridge(page: Window): Bridge {
  const listeners = new Map<Topic, Set<Listener>>();
  let login: Promise<AppError | null> | null = null;
  let listening = false;

  const authorization = (): Record<string, string> => ({
    Authorization: `Bearer ${page.sessionStorage.getItem(tokenKey) ?? ''}`,
  });

  /** Trades the code in the address for a token, once; the code leaves the address at once. */
  function ensureSession(): Promise<AppError | null> {
    login ??= logIn();
    return login;
  }

  async function logIn(): Promise<AppError | null> {
    const { hash } = page.location;
    if (!hash.startsWith(codeFragment)) return null;
    page.history.replaceState(null, '', page.location.pathname + page.location.search);
    const code = decodeURIComponent(hash.slice(codeFragment.length));
    try {
      const response = await page.fetch(webPaths.session, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ code }),
      });
      if (!response.ok) return sessionOver();
      const session = (await response.json()) as WebSession;
      page.sessionStorage.setItem(tokenKey, session.token);
      return null;
    } catch {
      return unreachable();
    }
  }

  async function listen(): Promise<void> {
    for (;;) {
      try {
        const response = await page.fetch(webPaths.events, { headers: authorization() });
        if (response.status === 401) return;
        if (response.ok && response.body !== null) await readLines(response.body, deliver);
      } catch {
        // The program was closed or the machine slept: try again below.
      }
      await new Promise((resolve) => page.setTimeout(resolve, reconnectMs));
    }
  }

  function deliver(line: string): void {
    if (line === '') return;
    const { topic, event } = JSON.parse(line) as { readonly topic: string; readonly event: unknown };
    if (!isTopic(topic)) return;
    const parsed = eventSchemas[topic].safeParse(event);
    if (!parsed.success) return;
    for (const listener of listeners.get(topic) ?? []) (listener as (event: unknown) => void)(parsed.data);
  }

  return {
    async call(name, input, callId) {
      const refused = await ensureSession();
      if (refused !== null) return { ok: false, error: refused };
      try {
        const response = await page.fetch(webPaths.call + name, {
          method: 'POST',
          headers: {
            ...authorization(),
            'Content-Type': 'application/json',
            ...(callId === undefined ? {} : { [callIdHeader]: callId }),
          },
          body: JSON.stringify(input),
        });
        if (response.status === 401) return { ok: false, error: sessionOver() };
        return (await response.json()) as CallResult<never>;
      } catch {
        return { ok: false, error: unreachable() };
      }
    },
    cancel(callId) {
      void page
        .fetch(webPaths.call + encodeURIComponent(callId), { method: 'DELETE', headers: authorization() })
        .catch(() => undefined);
    },
    subscribe(topic, listener) {
      const of = listeners.get(topic) ?? new Set();
      listeners.set(topic, of.add(listener));
      if (!listening) {
        listening = true;
        void ensureSession().then(listen);
      }
      return () => void of.delete(listener);
    },
  };
}

async function readLines(body: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  }
}

function sessionOver(): AppError {
  return {
    kind: 'auth',
    code: 'vault-locked',
    message: 'This page is not logged in, or its session is over.',
    retryable: false,
    action: 'Run "lockstep serve" again, or press its key for a new link, and open the address that it prints.',
    context: { session: 'over' },
  };
}

function unreachable(): AppError {
  return {
    kind: 'transient',
    code: 'connection-lost',
    message: 'The program does not answer.',
    retryable: true,
    action: 'See whether "lockstep serve" is still running, then try again.',
    context: {},
  };
}
