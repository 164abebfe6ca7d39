import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { LockstepError } from '../../preload/contract/errors.js';
import type { Clock } from '../../main/host.js';
import { startRedmine } from '../support/redmine-server.js';
import type { RedmineServer } from '../support/redmine-server.js';
import { commonSite, logins, memberRoles } from './redmine-site.js';
import type { Login, RedmineConformanceSite } from './redmine-site.js';

const run = promisify(execFile);

/** The machine's own time: the server has no other. */
const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    try {
      await sleep(ms, undefined, signal === undefined ? {} : { signal });
    } catch {
      throw new LockstepError('cancelled', 'Cancelled.');
    }
  },
};

export interface RealSite {
  readonly site: RedmineConformanceSite;
  readonly server: RedmineServer;
  readonly userIds: Readonly<Record<Login, number>>;
  stop(): Promise<void>;
}

const withId = <K extends string>(key: K): z.ZodType<Record<K, { id: number; api_key?: string | undefined }>> =>
  z.object({ [key]: z.object({ id: z.number(), api_key: z.string().optional() }) }) as never;

export async function startRealSite(): Promise<RealSite> {
  const server = await startRedmine();
  const seed = await server.seed('conformance');
  const made = withId('user').parse(
    await server.adminPost('/users.json', {
      user: {
        login: logins.outsider,
        firstname: 'Dora',
        lastname: 'Doe',
        mail: 'dora@example.test',
        password: 'dora-pass-1',
      },
    }),
  );
  const dora = withId('user').parse(await server.adminGet(`/users/${String(made.user.id)}.json`)).user;
  const seeded = (login: Login): { readonly id: number; readonly apiKey: string } => {
    const user = seed.users.find((each) => each.login === login);
    if (user === undefined) throw new Error(`no user ${login}`);
    return user;
  };
  const users = {
    alice: seeded('alice'),
    bob: seeded('bob'),
    chloe: seeded('chloe'),
    dora: { id: dora.id, apiKey: dora.api_key ?? '' },
  };
  const common = commonSite(
    { url: server.url, statuses: seed.statuses, priorities: seed.priorities, users },
    systemClock,
  );
  // An account far from the server's time zone, who reads the newest comments first: neither may matter.
  await server.adminPut(`/users/${String(users.alice.id)}.json`, {
    user: {},
    pref: { time_zone: 'Hawaii', comments_sorting: 'desc' },
  });
  const types = Object.values(seed.trackers).map(String);
  const mark = server.logMark();
  const memberships = new Map<string, number>();
  let scopes = 0;

  async function sql(text: string): Promise<void> {
    await run('sqlite3', [`${server.folder}/redmine.sqlite3`, '.timeout 10000', text]);
  }

  const site: RedmineConformanceSite = {
    ...common,
    newScope: async () => {
      scopes += 1;
      const identifier = `case-${String(scopes)}`;
      const { project } = withId('project').parse(
        await server.adminPost('/projects.json', {
          project: {
            name: `Case ${String(scopes)}`,
            identifier,
            is_public: false,
            enabled_module_names: ['issue_tracking'],
            tracker_ids: Object.values(seed.trackers),
            issue_custom_field_ids: Object.values(seed.customFields).map((field) => field.id),
          },
        }),
      );
      for (const [login, role] of Object.entries(memberRoles)) {
        const answer = await server.adminPost(`/projects/${identifier}/memberships.json`, {
          membership: { user_id: users[login as Login].id, role_ids: [seed.roles[role]] },
        });
        memberships.set(`${String(project.id)} ${login}`, withId('membership').parse(answer).membership.id);
      }
      return { scope: String(project.id), types };
    },
    setRoles: async (scope, login, roles) => {
      await server.adminPut(`/memberships/${String(memberships.get(`${scope.scope} ${login}`))}.json`, {
        membership: { role_ids: roles.map((role) => seed.roles[role]) },
      });
    },
    setReadOnly: async (role, field, isReadOnly) => {
      const rule = `type = 'WorkflowPermission' AND field_name = '${field}'`;
      await sql(`DELETE FROM workflows WHERE ${rule};`);
      if (!isReadOnly) return;
      await sql(`INSERT INTO workflows (type, tracker_id, old_status_id, role_id, field_name, rule)
        SELECT 'WorkflowPermission', id, ${String(seed.statuses['New'])}, ${String(seed.roles[role])}, '${field}', 'readonly'
        FROM trackers;`);
    },
    remove: async (ref) => {
      await server.adminDelete(`/issues/${ref}.json`);
    },
    move: async (ref, scope) => {
      await server.adminPut(`/issues/${ref}.json`, { issue: { project_id: Number(scope) } });
    },
    // Copies of one row: a hundred issues by the API would take seconds, and never share one time of change.
    fill: async (scope, count) => {
      const answer = await server.adminPost('/issues.json', {
        issue: { project_id: Number(scope.scope), subject: 'Many', tracker_id: Number(types[0]) },
      });
      const { id } = withId('issue').parse(answer).issue;
      const same =
        'tracker_id, project_id, subject, status_id, priority_id, author_id, lock_version, created_on, updated_on, done_ratio, is_private';
      await sql(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${String(count - 1)})
         INSERT INTO issues (${same}, lft, rgt) SELECT ${same}, 1, 2 FROM issues, n WHERE issues.id = ${String(id)};
         UPDATE issues SET root_id = id WHERE root_id IS NULL;`,
      );
    },
    hide: async (ref) => {
      await server.adminPut(`/issues/${ref}.json`, { issue: { is_private: true } });
    },
    tick: async () => {
      // The server's time is the machine's: it can only be waited for. Until the next second is not enough: a server that
      // does not tell its time is known by times of items alone, and these are cut to the second.
      await sleep(1_100);
    },
    writes: () => server.writes(mark),
    requests: () => server.requests(mark).length,
    forbidPrivateComments: async (scope) => {
      await site.setRoles(scope, logins.account, ['Reporter']);
    },
  };
  return {
    site,
    server,
    userIds: { alice: users.alice.id, bob: users.bob.id, chloe: users.chloe.id, dora: users.dora.id },
    stop: async () => server.dispose(),
  };
}
