import { hasCode } from '../../preload/contract/errors.js';
import type { ScheduleView } from '../../preload/contract/views.js';
import type { Program } from '../runner/program.js';
import { dueTime, keepSchedule, nextTimes, readSchedule } from '../runner/schedules.js';
import type { IntegrationRecord } from '../store/repositories/integrations.js';
import type { FeatureHandlers } from './dispatcher.js';
import { findIntegration } from './integrations.js';

type Calls = 'schedule.list' | 'schedule.check' | 'schedule.set';

const timesShown = 5;

export function scheduleHandlers(program: Program): FeatureHandlers<Calls> {
  const { stored, host } = program;

  async function viewOf({ id, name }: IntegrationRecord): Promise<ScheduleView> {
    const kept = await readSchedule(stored.meta, id);
    return { integration: name, schedule: kept.schedule, paused: kept.paused, nextRunAtMs: dueTime(kept) };
  }

  return {
    async 'schedule.list'() {
      const views: ScheduleView[] = [];
      for (const integration of await stored.integrations.list()) views.push(await viewOf(integration));
      return views;
    },

    'schedule.check'({ schedule }) {
      try {
        return Promise.resolve({ problem: null, nextMs: nextTimes(schedule, host.clock.now(), timesShown) });
      } catch (thrown) {
        if (!hasCode(thrown, 'input-invalid')) throw thrown;
        return Promise.resolve({ problem: thrown.message, nextMs: [] });
      }
    },

    async 'schedule.set'({ name, schedule, paused }) {
      const integration = await findIntegration(program, name);
      const now = host.clock.now();
      nextTimes(schedule, now, 1);
      await keepSchedule(stored.meta, integration.id, { schedule, paused, countsFromMs: now });
      const detail = { integration: name, schedule, paused };
      await stored.acts.add({ atMs: now, kind: 'configuration-changed', integrationId: integration.id, detail });
      return viewOf(integration);
    },
  };
}
