const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** "3 min ago", "in 12 min", "yesterday 14:05", "12 Nov". Short enough for a table; the exact time is one hover away. */
export function relativeTime(atMs: number, nowMs: number): string {
  // The window's clock ticks in steps: what happened since its last tick is not ahead.
  const ahead = atMs - nowMs > 15_000;
  const distance = Math.abs(atMs - nowMs);
  if (distance < 45_000) return ahead ? 'in a moment' : 'just now';
  if (distance < hourMs) return around(Math.max(1, Math.round(distance / minuteMs)), 'min', ahead);
  if (distance < 12 * hourMs) return around(Math.round(distance / hourMs), 'h', ahead);
  const days = dayNumber(atMs) - dayNumber(nowMs);
  if (days === 0) return `today ${clockTime(atMs)}`;
  if (days === -1) return `yesterday ${clockTime(atMs)}`;
  if (days === 1) return `tomorrow ${clockTime(atMs)}`;
  if (distance < 7 * dayMs) return around(Math.abs(days), 'days', ahead);
  const date = new Date(atMs);
  const year = date.getFullYear() === new Date(nowMs).getFullYear() ? '' : ` ${String(date.getFullYear())}`;
  return `${String(date.getDate())} ${date.toLocaleString('en-GB', { month: 'short' })}${year}`;
}

function around(amount: number, unit: string, ahead: boolean): string {
  return ahead ? `in ${String(amount)} ${unit}` : `${String(amount)} ${unit} ago`;
}

/** Days since 1970 by the machine's calendar. */
function dayNumber(atMs: number): number {
  const date = new Date(atMs);
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / dayMs);
}

/** 14:05 */
export function clockTime(atMs: number): string {
  return new Date(atMs).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

/** Tue 24 Nov 2026, 14:05:12 */
export function exactTime(atMs: number): string {
  const options = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const;
  const date = new Date(atMs);
  return `${date.toLocaleDateString('en-GB', options)}, ${date.toLocaleTimeString('en-GB')}`;
}

/** 24 Nov 14:05:12, for lines of a log: always as wide. */
export function logTime(atMs: number): string {
  const date = new Date(atMs);
  const day = date.toLocaleDateString('en-GB', { day: '2-digit', month: 'short' });
  return `${day} ${date.toLocaleTimeString('en-GB')}`;
}

/** 850 ms, 4.2 s, 3 min 10 s, 2 h 5 min */
export function duration(ms: number): string {
  if (ms < 1_000) return `${String(Math.round(ms))} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${String(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${String(minutes)} min${seconds % 60 === 0 ? '' : ` ${String(seconds % 60)} s`}`;
  return `${String(Math.floor(minutes / 60))} h${minutes % 60 === 0 ? '' : ` ${String(minutes % 60)} min`}`;
}
