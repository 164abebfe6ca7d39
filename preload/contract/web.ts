/**
 * How a page talks to the program over HTTP, where it is served on 127.0.0.1. Every body is JSON.
 *
 *     log in   POST login {code}           -> 200 WebSession; 401 for a code that is wrong, used or too old; 429
 *     call     POST call/NAME input        -> 200 CallResult; 202 WebPending where it takes longer
 *     answer   GET answer/ID               -> 200 CallResult; 202 WebPending while it is still under way
 *     cancel   POST cancel {callId}        -> 204
 *     events   GET events                  -> a stream of lines, each {topic, event}; an empty one is a sign of life
 *     log out  POST logout {}              -> 204
 *
 * All but the log-in carry `Authorization: Bearer TOKEN`, and answer 401 once the session is over. What goes wrong before
 * the call is reached has another status, and the body of a CallResult all the same.
 *
 * A browser opens six connections to a host at most, for all its tabs: so no call may hold one for long. That is why there
 * are answers to come back for, and why a page that nobody sees has no stream.
 */
export const webPaths = {
  session: 'login',
  end: 'logout',
  call: 'call/',
  answer: 'answer/',
  cancel: 'cancel',
  events: 'events',
} as const;

/** The caller's own id of the call, where it can be cancelled and reports its progress. */
export const callIdHeader = 'x-lockstep-call';
/** A newer token in an answer: the session was used, so it goes on. */
export const tokenHeader = 'x-lockstep-token';
/** The one-time code comes in the address's fragment, which no browser sends anywhere. */
export const codeFragment = '#code=';
/** How often the stream of events shows a sign of life; twice without one is a broken stream. */
export const heartbeatMs = 15_000;

export type WebRole = 'admin' | 'viewer';

export interface WebSession {
  readonly token: string;
  readonly role: WebRole;
}

export interface WebPending {
  /** To ask `answer/ID` with. */
  readonly pending: string;
}
