import { startPracticeRedmine } from '../../main/practice/redmine/index.js';
import type { PracticeRedmine } from '../../main/practice/redmine/index.js';
import { ManualClock, fixedRandom } from '../main/connectors/http/manual-clock.js';
import { commonSite, logins, memberRoles } from './redmine-site.js';
import type { Login, RedmineConformanceSite } from './redmine-site.js';

/** Of the HTTP client; sleeps of this length are its timers, and must not pass by themselves. */
const timeoutMs = 30_000;

export interface PracticeSite {
  readonly site: RedmineConformanceSite;
  readonly server: PracticeRedmine;
  readonly clock: ManualClock;
  stop(): Promise<void>;
}

/** A practice Redmine for the suite. Without `dateHeader` it tells its time no more than Redmine's own server does. */
export async function startPracticeSite(options: { readonly dateHeader: boolean }): Promise<PracticeSite> {
  const clock = new ManualClock();
  clock.auto = (ms) => ms !== timeoutMs;
  const server = await startPracticeRedmine({ clock, random: fixedRandom(), dateHeader: options.dateHeader });
  const { state, seed } = server;
  state.addUser({ login: logins.outsider, firstname: 'Dora', lastname: 'Doe' });
  const user = (login: Login): { readonly id: number; readonly apiKey: string } => {
    const { id, apiKey } = state.user(login);
    return { id, apiKey };
  };
  const common = commonSite(
    {
      url: server.url,
      statuses: seed.statuses,
      priorities: seed.priorities,
      users: { alice: user('alice'), bob: user('bob'), chloe: user('chloe'), dora: user('dora') },
    },
    clock,
  );
  let scopes = 0;
  let strange = 900;
  const site: RedmineConformanceSite = {
    ...common,
    newScope: async () => {
      scopes += 1;
      const project = state.addProject({ identifier: `case-${String(scopes)}` });
      for (const [login, role] of Object.entries(memberRoles)) state.setMember(project.identifier, login, [role]);
      return { scope: String(project.id), types: [...project.trackerIds].map(String) };
    },
    setRoles: async (scope, login, roles) => {
      state.setMember(scope.scope, login, roles);
    },
    setReadOnly: async (role, field, isReadOnly) => {
      if (isReadOnly) state.setFieldRule(role, 'New', field, 'readonly');
      else state.store.fieldRules.length = 0;
      state.store.touch();
    },
    remove: async (ref) => {
      state.as('admin').remove(Number(ref));
    },
    move: async (ref, scope) => {
      state.as('admin').update(Number(ref), { project_id: Number(scope) });
    },
    fill: async (scope, count) => {
      for (let index = 0; index < count; index += 1) {
        state.addIssue({ subject: `Many ${String(index)}`, projectId: Number(scope.scope) });
      }
    },
    hide: async (ref) => {
      state.as('admin').update(Number(ref), { is_private: true });
    },
    tick: async () => {
      clock.advance(1_000);
    },
    writes: () => server.requests.writes,
    requests: () => server.requests.total,
    time: {
      advance: (ms) => {
        clock.advance(ms);
      },
      setServerAheadMs: (ms) => {
        state.setClockOffset(ms);
      },
    },
    faults: {
      rateLimit: (times, wait) => server.faults.rateLimit(times, wait),
      fail: (times, status = 500) =>
        server.faults.order({ fault: { kind: 'answer', status, contentType: 'application/json' }, times }),
      cut: (when, where) => server.faults.cut(when, where),
      hold: (where) => server.faults.hold(where),
      answerHtml: (where) => server.faults.answerHtml(where),
      // As something in between that keeps the first page and gives it out whatever is asked.
      endless: async (scope) => {
        const query = `project_id=${scope.scope}&status_id=*&limit=100&sort=id`;
        const headers = { 'X-Redmine-API-Key': seed.apiKey };
        const page = await (await fetch(`${server.url}/issues.json?${query}`, { headers })).json();
        const body = JSON.stringify({ ...(page as object), total_count: 1_000 });
        const fault = { kind: 'answer', status: 200, contentType: 'application/json; charset=utf-8', body } as const;
        return server.faults.order({ fault, path: /^\/issues\.json/, times: Infinity });
      },
      huge: (bytes) => server.faults.order({ fault: { kind: 'huge', bytes } }),
      clear: () => {
        server.faults.clear();
      },
    },
    putUnknown: async (ref) => {
      strange += 1;
      state.store.statuses.set(strange, { id: strange, name: `Strange ${String(strange)}`, isClosed: false });
      const stranger = state.addUser({ login: `x${String(strange)}`, firstname: 'X', lastname: 'Y', id: strange });
      const field = state.addCustomField({ name: `Strange ${String(strange)}`, format: 'string' });
      const issue = state.issue(Number(ref));
      issue.statusId = strange;
      issue.assignedToId = stranger.id;
      issue.custom.set(field.id, 'kept');
      state.store.touch();
      return { status: String(strange), assignee: String(strange), [`cf_${String(field.id)}`]: 'kept' };
    },
    forbidPrivateComments: async (scope) => {
      state.setMember(scope.scope, logins.account, ['Reporter']);
    },
  };
  return { site, server, clock, stop: async () => server.stop() };
}
