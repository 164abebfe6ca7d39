import { redact } from '../connectors/http/redact.js';

export type LogLevel = 'info' | 'warning' | 'error';
export type LogFacts = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface LineWriter {
  /** One line of JSON without the secrets that are known by now, and without its end. */
  format(level: LogLevel, event: string, facts?: LogFacts): string;
  /** From here on this text is in no line. */
  addSecret(secret: string): void;
}

/** What every host's app log has in common. @param now milliseconds since 1970 */
export function createLineWriter(now: () => number): LineWriter {
  const secrets = new Set<string>();
  return {
    format: (level, event, facts = {}) =>
      redact(JSON.stringify({ time: new Date(now()).toISOString(), level, event, ...facts }), [...secrets]),
    addSecret(secret) {
      if (secret !== '') secrets.add(secret);
    },
  };
}
