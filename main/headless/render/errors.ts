import type { AppError } from '../../../preload/contract/errors.js';
import { safeText } from './text.js';
import type { Style } from './style.js';

/** What happened, where, and what to do: for standard error. */
export function renderError(error: AppError, style: Style): string {
  const lines = [`${style.red('Error:')} ${safeText(error.message)}`];
  const where = placeOf(error);
  if (where !== null) lines.push(style.dim(where));
  if (error.action !== undefined) lines.push(`What to do: ${safeText(error.action)}`);
  lines.push(style.dim(`(${error.code})`));
  return `${lines.join('\n')}\n`;
}

const placeNames = [
  'connection',
  'integration',
  'side',
  'host',
  'method',
  'path',
  'status',
  'file',
  'requestId',
] as const;

function placeOf(error: AppError): string | null {
  const parts = placeNames.flatMap((name) => {
    const value = error.context[name];
    return value === undefined || value === null || value === '' ? [] : [`${name} ${safeText(String(value))}`];
  });
  return parts.length === 0 ? null : `Where: ${parts.join(', ')}`;
}
