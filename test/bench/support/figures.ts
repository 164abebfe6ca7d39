import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** One line of the table that `npm run bench` prints. */
export interface Figure {
  readonly subject: string;
  readonly value: number;
  readonly unit: 'ratio' | 'ms' | 'MB' | 'calls' | 'rows' | 'requests/s';
  /** Above it the bench fails; null for what is only told. Never a time: machines differ. */
  readonly limit: number | null;
}

/** Benchmarks run each in a process of its own; their figures meet in this file. */
function figuresFile(): string {
  const path = process.env['LOCKSTEP_BENCH_FIGURES'];
  if (path === undefined) throw new Error('Start the benchmarks with: npm run bench');
  return path;
}

/** Adds a figure to the table. */
export function record(subject: string, value: number, unit: Figure['unit'], limit: number | null = null): void {
  const figure: Figure = { subject, value, unit, limit };
  appendFileSync(figuresFile(), `${JSON.stringify(figure)}\n`);
}

export function clearFigures(): void {
  mkdirSync(dirname(figuresFile()), { recursive: true });
  rmSync(figuresFile(), { force: true });
}

export function readFigures(): readonly Figure[] {
  if (!existsSync(figuresFile())) return [];
  const lines = readFileSync(figuresFile(), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Figure);
}

export const megabyte = 2 ** 20;

/** The most memory that this process ever held, in MB (getrusage's ru_maxrss is in KB on Linux). */
export function peakMemoryMb(): number {
  return process.resourceUsage().maxRSS / 1024;
}

/** Runs it and tells how long it took. */
export async function timed<T>(action: () => T | Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const start = performance.now();
  const result = await action();
  return { result, ms: performance.now() - start };
}

/** The middle of an odd number of measurements. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
