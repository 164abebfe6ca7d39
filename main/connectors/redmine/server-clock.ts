import type { Clock } from '../../host.js';

/**
 * What we know of the server's time. Redmine's own server (puma) sends no `Date` header, a web server in front of it
 * does. Without it, times of items that we saw are all there is: the server's clock is at least as late as those.
 */
export interface ServerClock {
  /** Called with every answer; `serverTimeMs` null where the answer does not say. */
  heard(serverTimeMs: number | null): void;
  /** Called with times that the server itself gave to what it holds (`updated_on`). */
  saw(times: readonly string[]): void;
  /** The server's clock now is surely not before this (ms since 1970); null where nothing is known. */
  floorMs(): number | null;
  /** Null until the first answer. */
  tellsTime(): boolean | null;
}

export function createServerClock(clock: Clock): ServerClock {
  let tells: boolean | null = null;
  /** The best of (server's time less our monotonic clock); that clock stands still in sleep, which only lowers the floor. */
  let offsetMs: number | null = null;

  function note(serverMs: number): void {
    const offset = serverMs - clock.monotonic();
    if (offsetMs === null || offset > offsetMs) offsetMs = offset;
  }

  return {
    heard(serverTimeMs) {
      tells = serverTimeMs !== null;
      if (serverTimeMs !== null) note(serverTimeMs);
    },
    saw(times) {
      if (tells === true) return;
      const latest = Math.max(...times.map((time) => Date.parse(time)).filter((ms) => !Number.isNaN(ms)));
      // Imported items may lie in the future.
      if (Number.isFinite(latest)) note(Math.min(latest, clock.now()));
    },
    floorMs: () => (offsetMs === null ? null : offsetMs + clock.monotonic()),
    tellsTime: () => tells,
  };
}

/**
 * An item's stamp: its `updated_on`, but only where the second in which it was written had passed when we asked.
 * Otherwise a further change could come under the same stamp, and be missed.
 */
export function stampOf(updatedOn: string, floorMs: number | null): string | null {
  if (floorMs === null) return null;
  return Math.floor(floorMs / 1000) > Math.floor(Date.parse(updatedOn) / 1000) ? updatedOn : null;
}

/** ISO 8601 to the second, as Redmine writes it. */
export function toSecond(ms: number): string {
  return `${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}
