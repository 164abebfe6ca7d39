import { Cron } from 'croner';
import { z } from 'zod';
import { LockstepError } from '../../preload/contract/errors.js';
import { scheduleSchema, type Schedule } from '../../preload/contract/settings.js';
import type { Meta } from '../store/repositories/notes.js';

const storedSchema = z.object({
  schedule: scheduleSchema,
  paused: z.boolean(),
  /** When it was last set or started a run; the next time counts from here. Ms since 1970. */
  countsFromMs: z.number(),
});
export type StoredSchedule = z.infer<typeof storedSchema>;

const unset: StoredSchedule = { schedule: { kind: 'manual' }, paused: false, countsFromMs: 0 };
const keyOf = (integrationId: string): string => `schedule:${integrationId}`;

/** What is not there, or cannot be read any more, runs by hand only. */
export async function readSchedule(meta: Meta, integrationId: string): Promise<StoredSchedule> {
  const text = await meta.get(keyOf(integrationId));
  if (text === null) return unset;
  const parsed = storedSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : unset;
}

export async function keepSchedule(meta: Meta, integrationId: string, stored: StoredSchedule): Promise<void> {
  await meta.put(keyOf(integrationId), JSON.stringify(stored));
}

export async function forgetSchedule(meta: Meta, integrationId: string): Promise<void> {
  await meta.remove(keyOf(integrationId));
}

/**
 * The first time after, ms since 1970; null where it never comes. Cron counts in the machine's time zone.
 * @throws LockstepError `input-invalid` for a cron expression that is none
 */
export function nextTime(schedule: Schedule, afterMs: number): number | null {
  switch (schedule.kind) {
    case 'manual':
      return null;
    case 'every':
      return afterMs + schedule.minutes * 60_000;
    case 'cron':
      return parseCron(schedule.expression).nextRun(new Date(afterMs))?.getTime() ?? null;
  }
}

/** When a run is due by a stored schedule: in the past where one was missed; null where none is. */
export function dueTime({ schedule, paused, countsFromMs }: StoredSchedule): number | null {
  return paused ? null : nextTime(schedule, countsFromMs);
}

/** The next times; fewer where there are no more. */
export function nextTimes(schedule: Schedule, afterMs: number, count: number): readonly number[] {
  const times: number[] = [];
  let at: number | null = nextTime(schedule, afterMs);
  while (at !== null && times.length < count) {
    times.push(at);
    at = nextTime(schedule, at);
  }
  return times;
}

function parseCron(expression: string): Cron {
  try {
    return new Cron(expression, { mode: '5-part', paused: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/^CronPattern: /u, '') : String(cause);
    throw new LockstepError('input-invalid', `This is no schedule in five fields: ${why}`, {
      action: 'Write minute, hour, day of month, month and day of week, for example 0 7 * * 1-5.',
      cause,
    });
  }
}
