import type { Io, Output } from '../io.js';

export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

const plain: Style = { bold: same, dim: same, red: same, green: same, yellow: same };
const coloured: Style = { bold: code(1), dim: code(2), red: code(31), green: code(32), yellow: code(33) };

function same(text: string): string {
  return text;
}

function code(number: number): (text: string) => string {
  return (text) => `\u001b[${String(number)}m${text}\u001b[0m`;
}

/** Colours only on a terminal that knows them, and not against `NO_COLOR` (no-color.org: set and not empty). */
export function styleFor(output: Output, env: Io['env']): Style {
  const refused = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return output.isTty && !refused ? coloured : plain;
}
