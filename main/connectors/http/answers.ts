import { HttpError } from './http-error.js';
import type { Arrived } from './dispatch.js';
import { readRateHint } from './rate-headers.js';
import { redact } from './redact.js';
import { isRedirect } from './redirects.js';
import { refusalOf } from './refusals.js';
import type { HttpRequest } from './types.js';

export interface Judged {
  /** Null where the answer is what was asked for. */
  readonly failure: HttpError | null;
  readonly json: unknown;
}

export interface JudgeContext {
  /** `name:port` of the tracker, and of the proxy where there is one. */
  readonly host: string;
  readonly proxyHost: string | null;
  readonly secrets: readonly string[];
  readonly maxBodyBytes: number;
  /** Ms since 1970. */
  readonly nowMs: number;
}

/** Is this an answer that a connector can work with? Redirects are left to whoever follows them. */
export function judgeAnswer(asked: HttpRequest, arrived: Arrived, context: JudgeContext): Judged {
  const { status, headers, text } = arrived;
  if (status < 200 || status > 299) {
    if (status === 304 || isRedirect(status)) return { failure: null, json: null };
    const failure = refusalOf({
      status,
      host: context.host,
      proxyHost: context.proxyHost,
      text: redact(text, context.secrets),
      contentType: headers['content-type'],
      hint: readRateHint(headers, context.nowMs),
    });
    return { failure, json: null };
  }
  if (arrived.cut) return { failure: tooLarge(asked, arrived, context), json: null };
  if (asked.expect === 'text' || text.trim() === '') return { failure: null, json: null };
  try {
    return { failure: null, json: JSON.parse(text) as unknown };
  } catch {
    return { failure: notJson(asked, arrived, context), json: null };
  }
}

function tooLarge(asked: HttpRequest, arrived: Arrived, context: JudgeContext): HttpError {
  return unreadable(
    'answer-too-large',
    `${context.host} answered with more than ${formatSize(context.maxBodyBytes)}.`,
    'Nothing of it was used. Is this the address of the tracker, and nothing in between?',
    asked,
    arrived,
    context,
  );
}

function notJson(asked: HttpRequest, arrived: Arrived, context: JudgeContext): HttpError {
  const isPage = arrived.text.trimStart().startsWith('<');
  return unreadable(
    'answer-not-json',
    isPage
      ? `${context.host} answered with a web page, not with data.`
      : `${context.host} answered with data that cannot be read.`,
    isPage
      ? 'Is the address right? A login page or a proxy may be in between.'
      : 'Try again; if it stays, something between you and the tracker spoils its answers.',
    asked,
    arrived,
    context,
  );
}

function unreadable(
  code: 'answer-too-large' | 'answer-not-json',
  message: string,
  action: string,
  asked: HttpRequest,
  arrived: Arrived,
  context: JudgeContext,
): HttpError {
  const reads = asked.method === 'GET' || asked.method === 'HEAD';
  // The server took a writing request; only what came of it cannot be read.
  return new HttpError(code, message, reads ? 'answered' : 'unknown', {
    action,
    context: { host: context.host, status: arrived.status, contentType: arrived.headers['content-type'] ?? null },
  });
}

function formatSize(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${String(Math.round(bytes / 1024 / 1024))} MB` : `${String(bytes)} bytes`;
}
