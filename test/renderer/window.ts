import { readFile, rm, mkdtemp } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import type { CallName } from '../../preload/contract/calls.js';
import { topics } from '../../preload/contract/calls.js';
import type { FakeBridge } from './fake-bridge.js';

const root = join(import.meta.dirname, '../../out/renderer');
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const nonce = 'dGVzdC1ub25jZQ';
/** The desktop's, so that whatever it would refuse is refused here. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' 'nonce-${nonce}'`,
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export interface TestWindow {
  readonly page: Page;
  /** What the page complained of: violations of the policy, errors, warnings of React. */
  readonly complaints: readonly string[];
}

export interface Browser {
  /** Loads the window anew in the one page of the browser: what was open before is gone. */
  open(bridge: FakeBridge, path?: string): Promise<TestWindow>;
  close(): Promise<void>;
}

/** The built window in Chromium, its bridge in this process. */
export async function startBrowser(size = { width: 1280, height: 800 }): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'lockstep-browser-'));
  const server = await serve();
  const context: BrowserContext = await chromium.launchPersistentContext(profile, {
    executablePath: process.env['LOCKSTEP_BROWSER'] ?? '/usr/bin/chromium',
    headless: true,
    viewport: size,
    reducedMotion: 'reduce',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  // Waiting ends with the test of whoever waits, not before.
  context.setDefaultTimeout(100_000);
  const page = context.pages()[0] ?? (await context.newPage());
  let bridge: FakeBridge | null = null;
  let complain: (text: string) => void = () => undefined;
  page.on('pageerror', (error) => complain(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complain(message.text());
  });
  await page.exposeFunction('fakeCall', (name: CallName, input: never, callId?: string) =>
    bridge?.call(name, input, callId),
  );
  await page.exposeFunction('fakeCancel', (callId: string) => bridge?.cancel(callId));
  await page.addInitScript(bridgeScript, topics);
  return {
    async open(next, path = '/') {
      bridge = next;
      const complaints: string[] = [];
      complain = (text) => complaints.push(text);
      next.onEmit((topic, event) => {
        if (bridge !== next) return;
        void page.evaluate(([to, what]) => (globalThis as unknown as FakeGlobals).fakeEmit(to, what), [
          topic,
          event,
        ] as const);
      });
      // An address that differs after the # only would not load the window anew.
      await page.goto('about:blank');
      await page.goto(`${origin}/#${path}`);
      return { page, complaints };
    },
    async close() {
      await context.close();
      server.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

interface FakeGlobals {
  readonly fakeCall: (name: string, input: unknown, callId?: string) => Promise<unknown>;
  readonly fakeCancel: (callId: string) => void;
  fakeEmit: (topic: string, event: unknown) => void;
  lockstep: unknown;
}

/** Runs in the page, before anything of it. */
function bridgeScript(all: readonly string[]): void {
  const page = globalThis as unknown as FakeGlobals;
  const listeners = new Map(all.map((topic) => [topic, new Set<(event: unknown) => void>()]));
  page.fakeEmit = (topic, event) => listeners.get(topic)?.forEach((listener) => listener(event));
  page.lockstep = {
    call: (name: string, input: unknown, callId?: string) => page.fakeCall(name, input, callId),
    cancel: (callId: string) => page.fakeCancel(callId),
    subscribe: (topic: string, listener: (event: unknown) => void) => {
      listeners.get(topic)?.add(listener);
      return () => listeners.get(topic)?.delete(listener);
    },
  };
}

function serve(): Promise<Server> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const name = path === '/' ? 'index.html' : path.slice(1);
    if (name.includes('..')) {
      response.writeHead(400).end();
      return;
    }
    readFile(join(root, name)).then(
      (body) => {
        const html = name.endsWith('.html');
        response.writeHead(200, {
          'Content-Type': types[extname(name)] ?? 'application/octet-stream',
          'Content-Security-Policy': policy,
        });
        response.end(html ? body.toString('utf8').replace('LOCKSTEP_NONCE', nonce) : body);
      },
      () => response.writeHead(404).end(),
    );
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
