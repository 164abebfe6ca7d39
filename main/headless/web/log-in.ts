import { z } from 'zod';
import type { WebSession } from '../../../preload/contract/web.js';
import { createFailureLimit, type Codes } from './codes.js';
import { Refused } from './refused.js';
import type { Sessions } from './sessions.js';

/** Trades a code for a token. @throws Refused 429, 400, 401 */
export type LogIn = (body: () => Promise<unknown>) => Promise<WebSession>;

const loginSchema = z.strictObject({ code: z.string().min(1).max(100) });
const mostFailures = 5;
const windowMs = 60_000;

/** @param now milliseconds that never go back */
export function createLogIn(codes: Codes, sessions: Sessions, now: () => number): LogIn {
  const limit = createFailureLimit(now, mostFailures, windowMs);
  return async (body) => {
    assertNotLimited(limit.waitMs());
    const parsed = loginSchema.safeParse(await body());
    if (!parsed.success) throw new Refused(400, 'input-invalid', 'A log-in is {"code": "..."}.');
    // Others may have failed while this body came in; and from here to `failed` nothing waits.
    assertNotLimited(limit.waitMs());
    const role = codes.take(parsed.data.code);
    if (role === null) {
      limit.failed();
      throw new Refused(401, 'code-refused', 'This code is wrong, too old, or was used before: each opens one page.', {
        action: 'Press Enter where `lockstep serve` runs (or start it again), and open the address that it prints.',
      });
    }
    return { token: await sessions.begin(role), role };
  };
}

function assertNotLimited(waitMs: number): void {
  if (waitMs <= 0) return;
  const seconds = String(Math.ceil(waitMs / 1000));
  throw new Refused(429, 'rate-limited', 'Too many wrong codes.', {
    action: `Wait ${seconds} seconds.`,
    headers: { 'Retry-After': seconds },
  });
}
