export interface LedgerEntry {
  /** `name:port`. */
  readonly host: string;
  readonly connectionId: string;
  /** `tracker` or the `proxy` on the way to it. */
  readonly role: HostRole;
  /** Ms since 1970. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly contacts: number;
  readonly refusals: number;
  /** Why the last attempt was refused; null where none was. */
  readonly refusedBecause: string | null;
}
export type HostRole = 'tracker' | 'proxy' | 'foreign';

/** Every host that the program ever contacted, or refused to. */
export interface NetworkLedger {
  contacted(host: string, connectionId: string, role: HostRole, atMs: number): void;
  refused(host: string, connectionId: string, why: string, atMs: number): void;
  /** Sorted by host, then connection, then role. */
  entries(): readonly LedgerEntry[];
}

/** Foreign hosts are named by whoever answers us, so their number is not ours to bound otherwise. */
const maxForeignHosts = 1_000;

/** In memory; `onChange` lets the store keep it. `initial` is what it kept. */
export function createNetworkLedger(
  initial: readonly LedgerEntry[] = [],
  onChange: (entry: LedgerEntry) => void = () => undefined,
): NetworkLedger {
  const entries = new Map(initial.map((entry) => [keyOf(entry.host, entry.connectionId, entry.role), entry]));
  let foreign = initial.filter((entry) => entry.role === 'foreign').length;

  function update(
    host: string,
    connectionId: string,
    role: HostRole,
    atMs: number,
    refusedBecause: string | null,
  ): void {
    const key = keyOf(host, connectionId, role);
    const old = entries.get(key);
    if (old === undefined && role === 'foreign' && ++foreign > maxForeignHosts) return;
    const entry: LedgerEntry = {
      host,
      connectionId,
      role,
      firstMs: old?.firstMs ?? atMs,
      lastMs: atMs,
      contacts: (old?.contacts ?? 0) + (refusedBecause === null ? 1 : 0),
      refusals: (old?.refusals ?? 0) + (refusedBecause === null ? 0 : 1),
      refusedBecause: refusedBecause ?? old?.refusedBecause ?? null,
    };
    entries.set(key, entry);
    onChange(entry);
  }

  return {
    contacted: (host, connectionId, role, atMs) => {
      update(host, connectionId, role, atMs, null);
    },
    refused: (host, connectionId, why, atMs) => {
      update(host, connectionId, 'foreign', atMs, why);
    },
    entries: () => [...entries.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry),
  };
}

function keyOf(host: string, connectionId: string, role: HostRole): string {
  return [host, connectionId, role].join('\n');
}
