import type { BrakeName, Reason, RowKind } from '../../preload/contract/plan.js';
import type { ProgressView } from '../../preload/contract/progress.js';
import type { RunOutcomeName } from '../../preload/contract/views.js';
import type { Schedule } from '../../preload/contract/settings.js';

export type Tone = 'good' | 'warn' | 'bad' | 'quiet' | 'accent';

export const reasonWords: Readonly<Record<Reason, string>> = {
  'new-item': 'new item',
  'new-comment': 'new comment',
  'changed-left': 'changed on the left',
  'changed-right': 'changed on the right',
  'both-changed-equal': 'both sides changed to the same',
  'both-changed-policy-left': 'both changed; left wins by policy',
  'both-changed-policy-right': 'both changed; right wins by policy',
  'both-changed-newest-left': 'both changed; left was later',
  'both-changed-newest-right': 'both changed; right was later',
  'both-changed-ask': 'both changed; you are asked',
  'resolved-by-user': 'as you decided',
  'initial-equal': 'equal when paired',
  'initial-fill': 'was empty when paired',
  'initial-left': 'differed when paired; left counts',
  'initial-right': 'differed when paired; right counts',
  'initial-ask': 'differed when paired; you are asked',
  'matched-by-marker': 'matched by its marker',
  'matched-by-field': 'matched by the match field',
  'matched-by-content': 'matched by equal content',
  'match-ambiguous': 'several items would match',
  'deleted-left': 'deleted on the left',
  'deleted-right': 'deleted on the right',
  'deleted-both': 'deleted on both sides',
  'deleted-here-edited-there': 'deleted on one side, edited on the other',
  'hidden-left': 'made private on the left',
  'hidden-right': 'made private on the right',
  'private-left': 'private on the left',
  'private-right': 'private on the right',
  'out-of-scope-left': 'left the scope on the left',
  'out-of-scope-right': 'left the scope on the right',
  'back-in-scope': 'back in the scope',
  'not-visible-left': 'cannot be seen on the left',
  'not-visible-right': 'cannot be seen on the right',
  'option-without-twin': 'this option has no twin in the mapping',
  'user-without-twin': 'this user has no twin in the user map',
  'item-without-twin': 'the item it names has no twin yet',
  'not-editable': 'cannot be edited on this item',
  'against-direction': 'against the direction of the mapping',
  'failed-before': 'failed before, and nothing changed since',
  'needs-review': 'needs your review',
  'frozen-flip': 'goes back and forth; frozen',
  'waits-for-lookup': 'waits until an earlier write is looked up',
  'comment-not-editable': 'the tracker cannot edit this comment',
};

export const kindWords: Readonly<Record<RowKind | 'event', string>> = {
  'create': 'Create',
  'set': 'Set',
  'match': 'Pair up',
  'refresh': 'Agree',
  'unpair': 'End pair',
  'rest': 'Rest',
  'wake': 'Wake',
  'conflict': 'Conflict',
  'add-comment': 'Add comment',
  'edit-comment': 'Edit comment',
  'hide-comment': 'Hide comment',
  'delete-comment': 'Delete comment',
  'drop-comment': 'Forget comment',
  'skip': 'Skip',
  'event': 'Note',
};

export const kindTones: Readonly<Record<RowKind | 'event', Tone>> = {
  'create': 'good',
  'set': 'accent',
  'match': 'accent',
  'refresh': 'quiet',
  'unpair': 'bad',
  'rest': 'quiet',
  'wake': 'accent',
  'conflict': 'warn',
  'add-comment': 'good',
  'edit-comment': 'accent',
  'hide-comment': 'warn',
  'delete-comment': 'bad',
  'drop-comment': 'quiet',
  'skip': 'quiet',
  'event': 'quiet',
};

export const outcomeWords: Readonly<Record<RunOutcomeName, string>> = {
  done: 'Done',
  failures: 'Some changes failed',
  conflicts: 'Conflicts wait',
  braked: 'Stopped by a brake',
  cancelled: 'Cancelled',
  failed: 'Could not run',
  running: 'Running',
};

export const outcomeTones: Readonly<Record<RunOutcomeName, Tone>> = {
  done: 'good',
  failures: 'bad',
  conflicts: 'warn',
  braked: 'warn',
  cancelled: 'quiet',
  failed: 'bad',
  running: 'accent',
};

export const rowOutcomes = ['done', 'adopted', 'failed', 'dropped', 'parked', 'skipped', 'note'] as const;
export type RowOutcome = (typeof rowOutcomes)[number];

const rowOutcomeWords: Readonly<Record<RowOutcome, string>> = {
  done: 'Done',
  adopted: 'Found again',
  failed: 'Failed',
  dropped: 'Dropped',
  parked: 'Parked',
  skipped: 'Skipped',
  note: 'Note',
};
const rowOutcomeTones: Readonly<Record<RowOutcome, Tone>> = {
  done: 'good',
  adopted: 'good',
  failed: 'bad',
  dropped: 'warn',
  parked: 'warn',
  skipped: 'quiet',
  note: 'quiet',
};

const isRowOutcome = (word: string): word is RowOutcome => (rowOutcomes as readonly string[]).includes(word);

export function rowOutcomeWord(outcome: string): string {
  return isRowOutcome(outcome) ? rowOutcomeWords[outcome] : outcome;
}

export function rowOutcomeTone(outcome: string): Tone {
  return isRowOutcome(outcome) ? rowOutcomeTones[outcome] : 'quiet';
}

export const phaseWords: Readonly<Record<ProgressView['phase'], string>> = {
  preflight: 'Checking both connections',
  lookups: 'Looking up earlier writes',
  read: 'Reading changes',
  plan: 'Planning',
  brakes: 'Checking the plan',
  apply: 'Writing',
  commit: 'Closing the run',
};

export const phases: readonly ProgressView['phase'][] = [
  'preflight',
  'lookups',
  'read',
  'plan',
  'brakes',
  'apply',
  'commit',
];

interface BrakeWords {
  readonly title: string;
  readonly why: string;
}

/** What each brake is for; what it saw comes from the run. */
export const brakeWords: Readonly<Record<BrakeName, BrakeWords>> = {
  'first-run': {
    title: 'First run',
    why: 'Look the plan through, then release the brake. From then on, runs write without asking.',
  },
  'config-changed': {
    title: 'The integration was changed',
    why: 'A new mapping or filter can touch many items at once. See that the plan is what you meant.',
  },
  'creates': { title: 'Many new items', why: 'More items than the limit would be created.' },
  'closes': { title: 'Many items closed', why: 'More items than the limit would be closed, deleted or unpaired.' },
  'half-changed': { title: 'Very many changes', why: 'More pairs than the limit would change at once.' },
  'empty-listing': {
    title: 'A side suddenly looks empty',
    why: 'Last time it had items. A lost right or a moved project looks just like this.',
  },
  'other-site': {
    title: 'Another site answers',
    why: 'The address leads to a different tracker than at the last run.',
  },
  'other-lockstep': {
    title: 'Another Lockstep works here',
    why: 'Items carry the markers of another workspace. Two of them on one scope fight each other.',
  },
  'clock-skew': { title: 'The clocks disagree', why: 'A wrong clock makes "newest" choose wrongly.' },
  'recovered': {
    title: 'The store is older than the trackers',
    why: 'It was restored or repaired. Approve this plan as it is; the brake cannot be released otherwise.',
  },
};

const minuteWords = (minutes: number): string => {
  if (minutes === 1) return 'Every minute';
  if (minutes % 1_440 === 0) return minutes === 1_440 ? 'Every day' : `Every ${String(minutes / 1_440)} days`;
  if (minutes % 60 === 0) return minutes === 60 ? 'Every hour' : `Every ${String(minutes / 60)} hours`;
  return `Every ${String(minutes)} minutes`;
};

export function scheduleWords(schedule: Schedule): string {
  if (schedule.kind === 'manual') return 'By hand';
  return schedule.kind === 'every' ? minuteWords(schedule.minutes) : `Cron ${schedule.expression}`;
}

export const conflictWords: Readonly<Record<string, string>> = {
  ask: 'Both sides changed',
  loser: 'A value was overwritten',
  gone: 'Deleted on one side, edited on the other',
  review: 'A create whose end is unknown',
  match: 'Several items would match',
};
