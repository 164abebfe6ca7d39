import { calls, isCallName, type CallName } from '../../../preload/contract/calls.js';
import type { ProgressView } from '../../../preload/contract/progress.js';
import type { WebPending } from '../../../preload/contract/web.js';
import type { Clock, Random } from '../../host.js';
import type { AnyResult, WebApplication } from './application.js';
import { Refused } from './refused.js';
import type { Session } from './sessions.js';

/** Calls of pages: who may make which, and answers that take longer than a connection may be held. */
export interface WebCalls {
  /** Before the body is read. @throws Refused 404, 403 */
  assertAllowed(name: string, session: Session): CallName;
  /** @param callId the page's own; null where the call cannot be cancelled. @throws Refused 400 */
  make(session: Session, name: CallName, input: unknown, callId: string | null): Promise<AnyResult | WebPending>;
  /** Of a call that took longer. It is kept for a while: the answer may be lost on its way. @throws Refused 404 */
  answer(session: Session, id: string): AnyResult | WebPending;
  cancel(session: Session, callId: string): void;
}

export interface WebCallsOptions {
  readonly application: Pick<WebApplication, 'dispatch' | 'cancel'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly onProgress: (sessionId: string, callId: string, progress: ProgressView) => void;
}

/** How long a call may hold one of the browser's six connections. */
const answerWithinMs = 2_000;
const keptMs = 120_000;

interface Later {
  readonly sessionId: string;
  result: AnyResult | null;
  /** When it came to its end, or was last asked for. */
  touchedAtMs: number;
}

export function createWebCalls({ application, clock, random, onProgress }: WebCallsOptions): WebCalls {
  const later = new Map<string, Later>();
  const underWay = new Set<string>();

  function forgetOld(): void {
    for (const [id, { result, touchedAtMs }] of later) {
      if (result !== null && clock.monotonic() - touchedAtMs > keptMs) later.delete(id);
    }
  }

  /** The program's ids are one space; a page's are its session's own. */
  function idOf(session: Session, callId: string): string {
    if (!/^[\w-]{1,100}$/u.test(callId)) throw new Refused(400, 'input-invalid', 'This is no id of a call.');
    return `${session.id}/${callId}`;
  }

  function dispatch(session: Session, name: CallName, input: unknown, callId: string | null): Promise<AnyResult> {
    const { role } = session;
    if (callId === null) return application.dispatch(name, input, { role });
    const id = idOf(session, callId);
    if (underWay.has(id)) throw new Refused(400, 'input-invalid', 'A call of this id is under way.');
    underWay.add(id);
    const report = (progress: ProgressView): void => {
      onProgress(session.id, callId, progress);
    };
    return application.dispatch(name, input, { role, callId: id, onProgress: report }).finally(() => {
      underWay.delete(id);
    });
  }

  return {
    assertAllowed(name, { role }) {
      if (!isCallName(name)) throw new Refused(404, 'input-invalid', 'There is no such call.');
      if (role === 'admin' || calls[name] === 'query') return name;
      throw new Refused(403, 'forbidden', 'Who only views may not change anything.', {
        action: 'Log in with the code for admins.',
      });
    },

    async make(session, name, input, callId) {
      const answer = dispatch(session, name, input, callId);
      const inTime = new AbortController();
      const tooLong = clock.sleep(answerWithinMs, inTime.signal).then(
        () => null,
        () => null,
      );
      const first = await Promise.race([answer, tooLong]);
      inTime.abort();
      if (first !== null) return first;
      forgetOld();
      const pending = Buffer.from(random.bytes(16)).toString('base64url');
      const entry: Later = { sessionId: session.id, result: null, touchedAtMs: clock.monotonic() };
      later.set(pending, entry);
      void answer.then((result) => {
        entry.result = result;
        entry.touchedAtMs = clock.monotonic();
      });
      return { pending };
    },

    answer(session, id) {
      forgetOld();
      const entry = later.get(id);
      if (entry?.sessionId !== session.id) throw new Refused(404, 'gone', 'This answer is not kept any more.');
      return entry.result ?? { pending: id };
    },

    cancel(session, callId) {
      application.cancel(idOf(session, callId));
    },
  };
}
