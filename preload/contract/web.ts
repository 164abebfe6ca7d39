/**
 * How a page talks to the program over HTTP, where it is served on 127.0.0.1. Every body is JSON.
 *
 * log-in    POST `session` with `{code}` → 200 `WebSession`; 401 for a code that is wrong, used or too old
 * call      POST `call/NAME` with the call's input, and the header `callId` where it can be cancelled → 200 `CallResult`
 * cancel    DELETE `call/ID` → 204
 * events    GET `events` → a stream of lines, each `{topic, event}`; an empty line now and then keeps it alive
 *
 * All but the log-in carry `Authorization: Bearer TOKEN` and answer 401 once the session is over.
 */
export const webPaths = { session: 'api/session', call: 'api/call/', events: 'api/events' } as const;
export const callIdHeader = 'x-lockstep-call';
/** The one-time code comes in the address's fragment, which no browser sends anywhere. */
export const codeFragment = '#code=';

export interface WebSession {
  readonly token: string;
  readonly expiresAtMs: number;
  readonly role: 'admin' | 'viewer';
}
