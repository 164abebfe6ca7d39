import { isTopic, type Topic } from '../../preload/contract/calls.js';
import type { AppError } from '../../preload/contract/errors.js';
import { eventSchemas, type Bridge, type CallResult } from '../../preload/contract/events.js';
import {
  callIdHeader,
  codeFragment,
  heartbeatMs,
  tokenHeader,
  webPaths,
  type WebPending,
  type WebSession,
} from '../../preload/contract/web.js';

const tokenKey = 'lockstep.session';
const reconnectMs = 2_000;
const shortestWaitMs = 250;
const longestWaitMs = 1_000;

type Listener = (event: never) => void;

/** The parts of the browser's window that it uses. */
export type Page = Pick<Window, 'fetch' | 'location' | 'history' | 'sessionStorage' | 'setTimeout' | 'clearTimeout'> & {
  readonly document: Pick<Document, 'visibilityState' | 'addEventListener'>;
  addEventListener(type: 'hashchange', listener: () => void): void;
};

/** The bridge of a page in a browser: calls over HTTP, events as a stream. The token lives as long as the tab. */
export function createWebBridge(page: Page): Bridge {
  const listeners = new Map<Topic, Set<Listener>>();
  /** Why the log-in failed; null: it did not, or there was none. */
  let login = logInByAddress();
  let listening = false;
  let stream: AbortController | null = null;
  let wake: () => void = () => undefined;

  // The address of another log-in, pasted into this tab: the browser changes the fragment and loads nothing.
  page.addEventListener('hashchange', () => {
    if (!page.location.hash.startsWith(codeFragment)) return;
    login = logInByAddress();
    void login.then(() => {
      page.location.reload();
    });
  });

  // A page that nobody sees holds no connection; what it missed it is told when it is seen again.
  page.document.addEventListener('visibilitychange', () => {
    if (isHidden()) stream?.abort();
    else wake();
  });

  function isHidden(): boolean {
    return page.document.visibilityState === 'hidden';
  }

  /** Trades the code in the address for a token. The code leaves the address, and the history, before anything else. */
  function logInByAddress(): Promise<AppError | null> {
    const { hash } = page.location;
    if (!hash.startsWith(codeFragment)) return Promise.resolve(null);
    page.history.replaceState(null, '', page.location.pathname);
    return logIn(hash.slice(codeFragment.length));
  }

  async function logIn(code: string): Promise<AppError | null> {
    try {
      const response = await page.fetch(webPaths.session, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ code }),
      });
      const answer = (await response.json()) as WebSession | { readonly error: AppError };
      // Its own address once more in a tab that is logged in: nothing is wrong with that.
      if ('error' in answer) return page.sessionStorage.getItem(tokenKey) === null ? answer.error : null;
      page.sessionStorage.setItem(tokenKey, answer.token);
      return null;
    } catch {
      return unreachable();
    }
  }

  async function send(path: string, init: RequestInit = {}, more: Record<string, string> = {}): Promise<Response> {
    const token = page.sessionStorage.getItem(tokenKey) ?? '';
    const response = await page.fetch(path, { ...init, headers: { ...more, Authorization: `Bearer ${token}` } });
    const newer = response.headers.get(tokenHeader);
    if (newer !== null) page.sessionStorage.setItem(tokenKey, newer);
    return response;
  }

  function sendJson(path: string, body: unknown, more: Record<string, string> = {}): Promise<Response> {
    const init = { method: 'POST', body: JSON.stringify(body) };
    return send(path, init, { ...more, 'Content-Type': 'application/json' });
  }

  function wait(ms: number): Promise<void> {
    return new Promise((resolve) => page.setTimeout(resolve, ms));
  }

  /** Comes back for an answer that takes longer than a connection may be held. */
  async function fetchAnswer(first: Response): Promise<CallResult<never>> {
    let answer = (await first.json()) as WebPending | CallResult<never>;
    for (let waitMs = shortestWaitMs; 'pending' in answer; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
      await wait(waitMs);
      const response = await send(webPaths.answer + answer.pending);
      answer = (await response.json()) as WebPending | CallResult<never>;
    }
    return answer;
  }

  async function listen(): Promise<void> {
    for (;;) {
      if (isHidden()) await new Promise<void>((resolve) => (wake = resolve));
      const ending = new AbortController();
      stream = ending;
      try {
        const response = await send(webPaths.events, { signal: ending.signal });
        // Over: the next call says so, and only another log-in helps.
        if (response.status === 401) return;
        if (response.ok && response.body !== null) await readLines(response.body, ending);
      } catch {
        // The program was ended, or the machine slept, or nobody sees the page: below.
      }
      stream = null;
      if (!isHidden()) await wait(reconnectMs);
    }
  }

  async function readLines(body: ReadableStream<Uint8Array>, ending: AbortController): Promise<void> {
    const decoder = new TextDecoder();
    const reader = body.getReader();
    let rest = '';
    for (;;) {
      const tooQuiet = page.setTimeout(() => {
        ending.abort();
      }, 2 * heartbeatMs);
      const { done, value } = await reader.read().finally(() => {
        page.clearTimeout(tooQuiet);
      });
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(deliver);
    }
  }

  function deliver(line: string): void {
    if (line === '') return;
    const { topic, event } = JSON.parse(line) as { readonly topic: string; readonly event: unknown };
    if (!isTopic(topic)) return;
    const parsed = eventSchemas[topic].safeParse(event);
    if (!parsed.success) return;
    for (const listener of [...(listeners.get(topic) ?? [])]) (listener as (event: unknown) => void)(parsed.data);
  }

  return {
    async call(name, input, callId) {
      const refused = await login;
      if (refused !== null) return { ok: false, error: refused };
      try {
        const headers: Record<string, string> = callId === undefined ? {} : { [callIdHeader]: callId };
        return await fetchAnswer(await sendJson(webPaths.call + name, input, headers));
      } catch {
        return { ok: false, error: unreachable() };
      }
    },
    cancel(callId) {
      void sendJson(webPaths.cancel, { callId }).catch(() => undefined);
    },
    subscribe(topic, listener) {
      const of = listeners.get(topic) ?? new Set();
      listeners.set(topic, of.add(listener));
      if (!listening) {
        listening = true;
        void login.then((refused) => (refused === null ? listen() : undefined));
      }
      return () => void of.delete(listener);
    },
  };
}

function unreachable(): AppError {
  return {
    kind: 'transient',
    code: 'connection-lost',
    message: 'The program does not answer.',
    retryable: true,
    action: 'See whether `lockstep serve` is still running, then try again.',
    context: {},
  };
}
