import { get, type IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedParts, type EventOf } from '../../../../preload/contract/events.js';
import { createLineStream } from '../../../../main/headless/web/line-stream.js';
import { ownHeaders, withServed, type Served } from './support/served.js';

const all = { topic: 'data.changed', event: { parts: [...changedParts] } };
const open = { topic: 'workspace.changed', event: { state: 'open' } };
const progressOf = (done: number): EventOf<'run.progress'> => ({
  runId: 'r1',
  integration: 'shop',
  progress: { phase: 'apply', side: 'left', done, total: 9, item: null, waiting: null },
});

interface Listening {
  /** The next line, as it came; null at the end of the stream. */
  next(): Promise<string | null>;
  json(): Promise<unknown>;
  readonly response: IncomingMessage;
}

describe('the stream of events', () => {
  it('begins with what may have changed before, then tells each topic', () =>
    withServed(async (served) => {
      const page = await listen(served, await served.logIn('viewer'));
      expect(page.response.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
      expect(await page.json()).toEqual(all);
      expect(await page.json()).toEqual(open);
      served.emit('run.progress', progressOf(1));
      served.emit('data.changed', { parts: ['runs'] });
      expect(await page.json()).toEqual({ topic: 'run.progress', event: progressOf(1) });
      expect(await page.json()).toEqual({ topic: 'data.changed', event: { parts: ['runs'] } });
      served.beat();
      expect(await page.next()).toBe('');
    }));

  it('tells the progress of a call to the session that made it only', () =>
    withServed(
      async (served) => {
        const [admin, viewer] = [await served.logIn('admin'), await served.logIn('viewer')];
        const [mine, theirs] = [await listen(served, admin), await listen(served, viewer)];
        for (const page of [mine, theirs]) for (const line of [all, open]) expect(await page.json()).toEqual(line);
        const headers = { 'x-lockstep-call': 'c1' };
        await served.request('POST', '/call/preview.make', { token: admin, headers, body: {} });
        served.emit('data.changed', { parts: ['runs'] });
        const { progress } = progressOf(4);
        expect(await mine.json()).toEqual({ topic: 'call.progress', event: { callId: 'c1', progress } });
        expect(await theirs.json()).toEqual({ topic: 'data.changed', event: { parts: ['runs'] } });
      },
      (_name, { onProgress }) => {
        onProgress?.(progressOf(4).progress);
        return Promise.resolve({ ok: true, value: null });
      },
    ));

  it('ends with its session: at the log-out, and at the next heartbeat after its time', () =>
    withServed(async (served) => {
      const first = await served.logIn('admin');
      const page = await listen(served, first);
      await served.request('POST', '/logout', { token: first });
      while ((await page.next()) !== null);

      const second = await listen(served, await served.logIn('admin'));
      for (const line of [all, open]) expect(await second.json()).toEqual(line);
      await served.clock.advance(30 * 60_000);
      served.beat();
      expect(await second.next()).toBeNull();
    }));

  it('ends when the server stops', () =>
    withServed(async (served) => {
      const page = await listen(served, await served.logIn('admin'));
      served.server.stop();
      while ((await page.next()) !== null);
      expect(page.response.complete).toBe(true);
    }));

  it('is not had more than fifty times', () =>
    withServed(async (served) => {
      const token = await served.logIn('admin');
      for (let pages = 0; pages < 50; pages += 1) await listen(served, token);
      expect((await served.request('GET', '/events', { token })).status).toBe(503);
    }));
});

describe('lines to a slow reader', () => {
  const slowStream = (mostWaiting: number, onGap: () => void = () => undefined) => {
    const target = new PassThrough({ highWaterMark: 8 });
    let nowMs = 0;
    const lines = createLineStream(target, { mostWaiting, now: () => nowMs, onGap });
    return {
      target,
      lines,
      pass: (ms: number) => (nowMs += ms),
      /** Reads all there is, until nothing comes any more. */
      async read(): Promise<readonly string[]> {
        let text = '';
        for (let quiet = 0; quiet < 3; quiet += 1) {
          const chunk = target.read() as Buffer | null;
          if (chunk !== null) {
            text += chunk.toString();
            quiet = 0;
          }
          await new Promise((resolve) => setImmediate(resolve));
        }
        return text.split('\n').slice(0, -1);
      },
    };
  };

  it('keeps the last of each key and every other line, in the order of their last', async () => {
    const { lines, read } = slowStream(10_000);
    lines.push(null, 'the first fills the buffer');
    lines.push('a', 'a1');
    lines.push(null, 'x');
    lines.push('a', 'a2');
    lines.push(null, 'y');
    expect(await read()).toEqual(['the first fills the buffer', 'x', 'a2', 'y']);
  });

  it('throws all away where it is too much, and says so once the reader is back', async () => {
    const gaps: string[] = [];
    const { lines, read } = slowStream(100, () => {
      gaps.push('gap');
      lines.push(null, 'everything may have changed');
    });
    lines.push(null, 'the first fills the buffer');
    for (let at = 0; at < 200; at += 1) lines.push(null, `line ${String(at)}`);
    expect(await read()).toEqual(['the first fills the buffer', 'everything may have changed']);
    expect(gaps).toEqual(['gap']);
    lines.push(null, 'after');
    expect(await read()).toEqual(['after']);
  });

  it('tells when it has waited too long', async () => {
    const { lines, read, pass } = slowStream(100);
    expect(lines.isStuck(10)).toBe(false);
    lines.push(null, 'the first fills the buffer');
    pass(11);
    expect(lines.isStuck(10)).toBe(true);
    await read();
    expect(lines.isStuck(10)).toBe(false);
  });

  it('loses nothing without a key as long as there is no gap, whatever is read when', async () => {
    const step = fc.oneof(fc.constant('read' as const), fc.record({ key: fc.constantFrom(null, 'a', 'b') }));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { lines, read } = slowStream(1_000_000);
        const pushed: { key: string | null; line: string }[] = [];
        const got: string[] = [];
        for (const [at, one] of steps.entries()) {
          if (one === 'read') {
            got.push(...(await read()));
            continue;
          }
          const line = `${one.key ?? '-'} ${String(at)}`;
          pushed.push({ key: one.key, line });
          lines.push(one.key, line);
        }
        got.push(...(await read()));
        const isLast = (key: string, line: string): boolean => pushed.findLast((one) => one.key === key)?.line === line;
        const must = pushed.filter(({ key, line }) => key === null || isLast(key, line)).map(({ line }) => line);
        expect(got.filter((line) => must.includes(line))).toEqual(must);
        expect(new Set(got).size).toBe(got.length);
      }),
      { numRuns: 50 },
    );
  });
});

async function listen({ server, port }: Served, token: string): Promise<Listening> {
  const headers = ownHeaders(server.origin, 'GET', { token });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/events', headers, setHost: false, agent: false }, resolve).on(
      'error',
      reject,
    );
  });
  const lines = linesOf(response);
  const next = async (): Promise<string | null> => {
    const step = await lines.next();
    return step.done === true ? null : step.value;
  };
  return { response, next, json: async () => JSON.parse((await next()) ?? 'null') as unknown };
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string, void> {
  let rest = '';
  response.setEncoding('utf8');
  try {
    for await (const chunk of response) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch {
    // The test ended its server.
  }
}
