import type { IntegrationView, RunningView } from '../../preload/contract/views.js';
import { counted } from '../format/values.js';
import type { Tone } from '../format/words.js';

export interface HealthState {
  readonly tone: Tone;
  /** One or two words for a badge. */
  readonly words: string;
  /** What to do about it; null where nothing is to be done. */
  readonly advice: string | null;
}

/** How an integration is, from the worst to the best: what wants its user comes first. */
export function stateOf(integration: IntegrationView, running: RunningView | null, paused: boolean): HealthState {
  const { lastRun, openConflicts, recovered } = integration;
  if (running !== null) return { tone: 'accent', words: running.cancelling ? 'Cancelling' : 'Running', advice: null };
  if (recovered !== null)
    return { tone: 'bad', words: 'Store recovered', advice: 'Look at a preview and carry it out.' };
  if (lastRun?.outcome === 'failed') return { tone: 'bad', words: 'Could not run', advice: lastRun.message };
  if (lastRun?.outcome === 'braked') {
    return { tone: 'warn', words: 'Stopped by a brake', advice: 'Look at a preview, then release the brake.' };
  }
  if (lastRun?.outcome === 'failures') {
    return { tone: 'bad', words: 'Some changes failed', advice: 'See the last run for which, and why.' };
  }
  if (openConflicts > 0) {
    return { tone: 'warn', words: counted(openConflicts, 'conflict'), advice: 'Decide which side counts.' };
  }
  if (paused) return { tone: 'quiet', words: 'Paused', advice: null };
  if (lastRun === null) return { tone: 'quiet', words: 'Never ran', advice: 'Look at the first preview.' };
  if (lastRun.outcome === 'cancelled') return { tone: 'quiet', words: 'Cancelled', advice: 'The next run goes on.' };
  return { tone: 'good', words: 'In step', advice: null };
}
