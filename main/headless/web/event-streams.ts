import type { ServerResponse } from 'node:http';
import { topics, type Topic } from '../../../preload/contract/calls.js';
import { changedParts, type EventOf } from '../../../preload/contract/events.js';
import { heartbeatMs } from '../../../preload/contract/web.js';
import type { WebApplication } from './application.js';
import { createLineStream, type LineStream } from './line-stream.js';
import { Refused } from './refused.js';

/** What the program tells, to every page that listens. */
export interface EventStreams {
  /** Goes on until the page, the session or the program ends it. @throws Refused where there are too many */
  open(sessionId: string, response: ServerResponse): void;
  /** To the pages of one session only. */
  send<Name extends Topic>(sessionId: string, topic: Name, event: EventOf<Name>): void;
  /** Those of a session that is over. */
  endSession(sessionId: string): void;
  close(): void;
}

export interface EventStreamsOptions {
  readonly application: Pick<WebApplication, 'subscribe' | 'state'>;
  readonly isLive: (sessionId: string) => boolean;
  /** Milliseconds that never go back. */
  readonly now: () => number;
  readonly every: (intervalMs: number, run: () => void) => () => void;
}

const mostStreams = 50;
const mostWaiting = 256 * 1024;
const stuckAfterMs = 60_000;

interface Stream {
  readonly sessionId: string;
  readonly response: ServerResponse;
  readonly lines: LineStream;
}

export function createEventStreams({ application, isLive, now, every }: EventStreamsOptions): EventStreams {
  const streams = new Set<Stream>();

  function sendTo<Name extends Topic>(lines: LineStream, topic: Name, event: EventOf<Name>): void {
    lines.push(keyOf(topic, event), JSON.stringify({ topic, event }));
  }

  /** Whatever happened while nobody listened: the page shall ask for everything again. */
  function tellAll(lines: LineStream): void {
    sendTo(lines, 'data.changed', { parts: [...changedParts] });
    // One that cannot be had is told by the page's next call.
    void application.state().then(
      ({ state }) => {
        sendTo(lines, 'workspace.changed', { state });
      },
      () => undefined,
    );
  }

  const stops = topics.map((topic) =>
    application.subscribe(topic, (event) => {
      for (const { lines } of streams) sendTo(lines, topic, event);
    }),
  );

  stops.push(
    every(heartbeatMs, () => {
      for (const { sessionId, response, lines } of streams) {
        if (lines.isStuck(stuckAfterMs)) response.destroy();
        else if (isLive(sessionId)) lines.push('heartbeat', '');
        else response.end();
      }
    }),
  );

  return {
    open(sessionId, response) {
      if (streams.size >= mostStreams) throw new Refused(503, 'rate-limited', 'Too many pages are open.');
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson; charset=utf-8' });
      response.flushHeaders();
      const lines: LineStream = createLineStream(response, {
        mostWaiting,
        now,
        onGap: () => {
          tellAll(lines);
        },
      });
      const stream: Stream = { sessionId, response, lines };
      streams.add(stream);
      response.once('close', () => streams.delete(stream));
      tellAll(lines);
    },

    send(sessionId, topic, event) {
      for (const stream of streams) if (stream.sessionId === sessionId) sendTo(stream.lines, topic, event);
    },

    endSession(sessionId) {
      for (const stream of streams) if (stream.sessionId === sessionId) stream.response.end();
    },

    close() {
      for (const stop of stops) stop();
      for (const { response } of streams) response.end();
    },
  };
}

/** Of a run's progress only the last counts. */
function keyOf(topic: Topic, event: EventOf<Topic>): string | null {
  if (topic === 'run.progress' && 'runId' in event) return `run ${event.runId}`;
  return 'callId' in event ? `call ${event.callId}` : null;
}
