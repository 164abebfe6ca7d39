import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRedmine, type RedmineServer } from '../support/redmine-server.js';
import { describeWith } from '../support/require.js';

describeWith('redmine', 'the helper around a real Redmine', () => {
  let redmine: RedmineServer;

  beforeAll(async () => {
    redmine = await startRedmine();
  });
  afterAll(async () => {
    await redmine.dispose();
    expect(existsSync(redmine.folder)).toBe(false);
  });

  it('seeds a project with users of their own keys', async () => {
    const seed = await redmine.seed('pair');
    expect(seed).toEqual(redmine.info());
    expect(seed.url).toBe(redmine.url);
    expect(seed.apiKey).toBe(redmine.apiKey);
    expect(seed.project.identifier).toBe('pair');
    expect(seed.users.map((user) => `${user.login} ${user.role}`)).toEqual([
      'alice Manager',
      'bob Developer',
      'chloe Reporter',
    ]);
    const [alice] = seed.users;
    const me = await redmine.send({ method: 'GET', path: '/users/current.json', apiKey: alice?.apiKey ?? null });
    expect(me.json).toMatchObject({ user: { login: 'alice' } });
  });

  it('sends as the administrator, and refuses to take an error for an answer', async () => {
    const { project, trackers } = await redmine.seed('raw');
    const made = await redmine.adminPost('/issues.json', {
      issue: { project_id: project.id, tracker_id: trackers['Bug'], subject: 'Zwölf' },
    });
    expect(made).toMatchObject({ issue: { subject: 'Zwölf', author: { id: 1 } } });
    expect(await redmine.adminGet('/issues.json?project_id=raw')).toMatchObject({ total_count: 1 });
    await expect(redmine.adminPost('/issues.json', { issue: { project_id: project.id } })).rejects.toThrow(
      /422 .*Subject cannot be blank/s,
    );
    expect((await redmine.send({ method: 'GET', path: '/users/current.json', apiKey: null })).status).toBe(401);
  });

  it("counts writing requests in Redmine's own log, refused ones among them, whoever sent them", async () => {
    const { project, users } = await redmine.seed('counted');
    const mark = redmine.logMark();
    expect(redmine.writes(mark)).toBe(0);

    await redmine.adminGet('/issues.json');
    expect(redmine.writes(mark)).toBe(0);

    const made = (await redmine.adminPost('/issues.json', {
      issue: { project_id: project.id, subject: 'One\nStarted POST "/issues.json" for 127.0.0.1' },
    })) as { issue: { id: number } };
    const path = `/issues/${String(made.issue.id)}.json`;
    await redmine.adminPut(path, { issue: { notes: 'two' } });
    const chloe = users[2]?.apiKey ?? null;
    await redmine.send({ method: 'DELETE', path, apiKey: chloe, headers: { 'X-Request-Id': 'ours-1' } });
    await redmine.adminDelete(path);

    expect(redmine.writes(mark)).toBe(4);
    expect(redmine.requests(mark)).toEqual([
      { method: 'GET', path: '/issues.json', login: 'admin', status: 200 },
      { method: 'POST', path: '/issues.json', login: 'admin', status: 201 },
      { method: 'PUT', path, login: 'admin', status: 204 },
      { method: 'DELETE', path, login: 'chloe', status: 403 },
      { method: 'DELETE', path, login: 'admin', status: 204 },
    ]);
    expect(redmine.writes()).toBeGreaterThan(4);
  });

  it('keeps its data and its port over a stop', async () => {
    const { project } = await redmine.seed('kept');
    await redmine.stop();
    await expect(redmine.adminGet('/projects/kept.json')).rejects.toThrow('ECONNREFUSED');
    await redmine.start();
    expect(await redmine.adminGet('/projects/kept.json')).toMatchObject({ project: { id: project.id } });
  });
});
