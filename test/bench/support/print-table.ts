import { cpus, totalmem } from 'node:os';
import { clearFigures, type Figure, readFigures } from './figures.js';

/** Around the whole run: an empty table before, the printed one after. */
export default function setup(): () => void {
  clearFigures();
  return () => {
    const { length: cores, 0: first } = cpus();
    console.log(
      `\nNode ${process.version}, ${String(cores)} cores (${first?.model.trim() ?? 'unknown'}), ` +
        `${String(Math.round(totalmem() / 2 ** 30))} GB\n`,
    );
    console.log(tableOf(readFigures()));
  };
}

function tableOf(figures: readonly Figure[]): string {
  const lines = figures.map(({ subject, value, unit, limit }) => [
    subject,
    `${format(value, unit)} ${unit === 'ratio' ? '' : unit}`.trim(),
    limit === null ? '' : `at most ${format(limit, unit)}`,
  ]);
  const widths = [0, 1].map((column) => Math.max(0, ...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map(([subject = '', value = '', limit = '']) =>
      `${subject.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${limit}`.trimEnd(),
    )
    .join('\n');
}

function format(value: number, unit: Figure['unit']): string {
  if (unit === 'ratio') return value.toFixed(3);
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 2 : 0 });
}
