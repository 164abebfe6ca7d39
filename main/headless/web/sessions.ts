import { jwtVerify, SignJWT } from 'jose';
import type { WebRole } from '../../../preload/contract/web.js';
import type { Clock, Random } from '../../host.js';

export interface Session {
  readonly id: string;
  readonly role: WebRole;
  /** A newer token for the caller, where it is time for one. */
  readonly renewed: string | null;
}

/** Who is logged in. A token is a JWT of ours; it ends by itself where it is not used. */
export interface Sessions {
  begin(role: WebRole): Promise<string>;
  /** Whose token it is; null where it is none of ours, too old, or its session was ended. Counts as use. */
  use(token: string): Promise<Session | null>;
  end(id: string): void;
  isLive(id: string): boolean;
}

export interface SessionsOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Our own: a token is good for this address only. */
  readonly origin: string;
  /** Without use it ends after this. */
  readonly idleMs: number;
  /** Used or not, it ends after this. */
  readonly longestMs: number;
  /** A token that is older is exchanged for a new one as it is used. */
  readonly renewAfterMs: number;
}

const algorithm = 'HS256';
const issuer = 'lockstep';

interface Live {
  readonly role: WebRole;
  readonly endsAtMs: number;
  /** When its newest token ends. */
  expiresAtMs: number;
}

/** The key is this process's own, and kept nowhere: what it signed is worth nothing after its end. */
export function createSessions(options: SessionsOptions): Sessions {
  const { clock, random, origin, idleMs, longestMs, renewAfterMs } = options;
  const key = random.bytes(32);
  const live = new Map<string, Live>();

  async function sign(id: string, session: Live): Promise<string> {
    const nowMs = clock.now();
    session.expiresAtMs = Math.min(nowMs + idleMs, session.endsAtMs);
    return new SignJWT({ role: session.role, sid: id })
      .setProtectedHeader({ alg: algorithm })
      .setIssuer(issuer)
      .setAudience(origin)
      .setIssuedAt(Math.floor(nowMs / 1000))
      .setExpirationTime(Math.floor(session.expiresAtMs / 1000))
      .sign(key);
  }

  function liveOf(id: string): Live | null {
    const session = live.get(id);
    if (session === undefined) return null;
    if (clock.now() < session.expiresAtMs) return session;
    live.delete(id);
    return null;
  }

  return {
    begin(role) {
      const id = Buffer.from(random.bytes(16)).toString('base64url');
      const session = { role, endsAtMs: clock.now() + longestMs, expiresAtMs: 0 };
      live.set(id, session);
      return sign(id, session);
    },

    async use(token) {
      const claims = await verify(token);
      const session = claims === null ? null : liveOf(claims.id);
      if (claims === null || session === null) return null;
      const dueForNew = clock.now() - claims.issuedAtMs >= renewAfterMs;
      return { id: claims.id, role: session.role, renewed: dueForNew ? await sign(claims.id, session) : null };
    },

    end(id) {
      live.delete(id);
    },
    isLive: (id) => liveOf(id) !== null,
  };

  async function verify(token: string): Promise<{ readonly id: string; readonly issuedAtMs: number } | null> {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [algorithm],
        issuer,
        audience: origin,
        currentDate: new Date(clock.now()),
        requiredClaims: ['exp', 'iat', 'sid'],
      });
      const { sid, iat } = payload;
      return typeof sid === 'string' && iat !== undefined ? { id: sid, issuedAtMs: iat * 1000 } : null;
    } catch {
      return null;
    }
  }
}
