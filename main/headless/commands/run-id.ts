import { LockstepError } from '../../../preload/contract/errors.js';
import type { Session } from '../session.js';

/** The id of a run; an integration's name stands for its newest one. Error `run-unknown`. */
export async function runIdOf(session: Session, word: string): Promise<string> {
  const integrations = await session.call('integration.list', {});
  const named = integrations.find(({ name }) => name === word);
  if (named === undefined) return word;
  if (named.lastRun !== null) return named.lastRun.id;
  throw new LockstepError('run-unknown', `"${word}" has not run yet.`, { action: `Run: lockstep preview ${word}` });
}
