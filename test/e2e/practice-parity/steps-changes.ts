import { fieldRuleSql, grantSql, revokeSql, transitionSql, type Change } from './change.js';
import { filter, get, look, post, put, remove, type Step } from './step.js';

const modules = ['issue_tracking', 'time_tracking', 'news', 'documents', 'files', 'wiki'];
const fieldIds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/**
 * Projects that issues move between: 2 is another one with Alice alone, 3 lies below 1, 4 is public. Issues so far:
 * 1 with its children 2 and, closed or not, others; 6 and 9 stand alone.
 */
export const moveSteps: readonly (Step | Change)[] = [
  {
    change: 'two more projects and a public one',
    api: [
      ...[
        { name: 'Other', identifier: 'other', is_public: false, tracker_ids: [1, 2] },
        { name: 'Below', identifier: 'below', is_public: false, tracker_ids: [1, 2, 3], parent_id: 1 },
        { name: 'Square', identifier: 'square', is_public: true, tracker_ids: [1, 2, 3] },
      ].map((project) => ({
        method: 'POST',
        path: '/projects.json',
        body: { project: { ...project, enabled_module_names: modules, issue_custom_field_ids: fieldIds } },
      })),
      { method: 'POST', path: '/projects/other/memberships.json', body: { membership: { user_id: 5, role_ids: [3] } } },
      { method: 'POST', path: '/projects/below/memberships.json', body: { membership: { user_id: 5, role_ids: [3] } } },
      { method: 'POST', path: '/projects/below/memberships.json', body: { membership: { user_id: 6, role_ids: [4] } } },
      { method: 'POST', path: '/projects/other/issue_categories.json', body: { issue_category: { name: 'Backend' } } },
    ],
    practice: (state) => {
      state.addProject({ identifier: 'other', name: 'Other' }).trackerIds.delete(3);
      state.addProject({ identifier: 'below', name: 'Below', parent: 'parity' });
      state.addProject({ identifier: 'square', name: 'Square', isPublic: true });
      state.setMember('other', 'alice', ['Manager']);
      state.setMember('below', 'alice', ['Manager']);
      state.setMember('below', 'bob', ['Developer']);
      state.store.categories.set(2, { id: 2, projectId: 2, name: 'Backend', assignedToId: null });
    },
  },
  get('alice', '/projects.json', 'projects by name'),
  get('bob', '/projects/below.json', 'a project below one that he sees'),
  get('chloe', '/projects/below.json', 'a project below, without a membership'),
  get('chloe', '/projects/square.json', 'a public project'),
  get('anonymous', '/projects.json', 'nobody sees the public one'),
  get('alice', '/users/current.json?include=memberships', 'three memberships'),
  put('bob', 4, { project_id: 2, subject: 'stays' }, 'no move to where he may add nothing'),
  look('bob', 4, 'it stayed'),
  put('alice', 9, { project_id: 2 }, 'a move: category by its name'),
  look('alice', 9, 'after the move'),
  get('bob', '/issues/9.json', 'moved out of sight'),
  filter('bob', 'issue_id=9', 'out of sight in listings too'),
  filter('alice', 'project_id=1&issue_id=9', 'not in its old project'),
  filter('alice', 'project_id=other', 'but in the new one'),
  put('alice', 5, { project_id: 'other' }, 'a tracker that the other project has not'),
  look('alice', 5, 'the first one then'),
  put('alice', 2, { project_id: 2 }, 'a child leaves its parent’s tree of projects'),
  look('alice', 2, 'it has no parent now'),
  look('alice', 1, 'the parent lost it'),
  put('alice', 2, { project_id: 1, parent_issue_id: 1 }, 'and back'),
  put('alice', 1, { project_id: 3 }, 'a parent takes its children along'),
  look('alice', 1, 'the parent'),
  look('alice', 2, 'the child'),
  look('bob', 2, 'the child for a member'),
  filter('alice', 'project_id=1&sort=id', 'a project with what lies below'),
  filter('alice', 'project_id=1&subproject_id=!*&sort=id', 'without what lies below'),
  filter('alice', 'project_id=1&subproject_id=*&sort=id', 'with all below'),
  filter('alice', 'project_id=1&subproject_id=3&sort=id', 'with one below'),
  filter('alice', 'project_id=1&subproject_id=!3&sort=id', 'without one below'),
  filter('chloe', 'project_id=1&sort=id', 'a reporter sees less of it'),
  filter('alice', 'project_id=below&sort=id', 'the one below'),
  filter('alice', 'subproject_id=!*&sort=id', 'without a project it filters nothing'),
  post(
    'chloe',
    { project_id: 4, subject: 'by a guest', status_id: 5, assigned_to_id: 7 },
    'a guest in a public project',
  ),
  look('chloe', 13, 'a guest has no workflow'),
  put('chloe', 13, { notes: 'me again', subject: 'no' }, 'a guest may comment'),
  get('anonymous', '/issues/13.json?include=journals,allowed_statuses,watchers', 'nobody may read it'),
  put('anonymous', 13, { notes: 'x' }, 'nobody may not comment'),
  get('anonymous', '/issues.json', 'nobody’s listing'),
  get('anonymous', '/projects/square/memberships.json', 'members of a public project'),
  {
    change: 'the public project is closed',
    api: [{ method: 'PUT', path: '/projects/square/close.json' }],
    practice: (state) => state.setProjectStatus('square', 5),
  },
  get('chloe', '/issues/13.json', 'a closed project can be read'),
  put('chloe', 13, { notes: 'x' }, 'but not written'),
  put('admin', 13, { notes: 'x' }, 'not even by the administrator'),
  post('admin', { project_id: 4, subject: 'x' }, 'nor can it be added to'),
  get('alice', '/projects.json', 'closed projects are not listed'),
  {
    change: 'the other project is archived',
    api: [{ method: 'PUT', path: '/projects/other/archive.json' }],
    practice: (state) => state.setProjectStatus('other', 9),
  },
  get('alice', '/projects/other.json', 'an archived project'),
  get('alice', '/issues/9.json', 'an issue of an archived project'),
  get('admin', '/issues/9.json', 'also for the administrator'),
  filter('alice', 'issue_id=9', 'not in listings'),
  filter('alice', 'project_id=other', 'its own listing'),
  put('alice', 9, { subject: 'x' }, 'no edit'),
];

/** Rights, workflow and fields as an administrator changes them. Roles: 3 Manager, 4 Developer, 5 Reporter. */
export const ruleSteps: readonly (Step | Change)[] = [
  {
    change: 'reporters may comment no more',
    sql: [revokeSql(5, 'add_issue_notes')],
    practice: (state) => state.revoke('Reporter', 'add_issue_notes'),
  },
  put('chloe', 4, { notes: 'x' }, 'the right to comment is gone'),
  {
    change: 'reporters may edit their own',
    sql: [grantSql(5, 'edit_own_issues')],
    practice: (state) => state.grant('Reporter', 'edit_own_issues'),
  },
  post('chloe', { project_id: 1, subject: 'hers' }, 'her own'),
  put(
    'chloe',
    14,
    { subject: 'hers, edited', notes: 'but no note', status_id: 5 },
    'she edits her own, without a note',
  ),
  look('chloe', 14, 'no note, but closed'),
  put('chloe', 4, { subject: 'x' }, 'nobody else’s'),
  {
    change: 'developers may not see private notes',
    sql: [revokeSql(4, 'view_private_notes')],
    practice: (state) => state.revoke('Developer', 'view_private_notes'),
  },
  put('alice', 4, { notes: 'managers only', private_notes: true }, 'a private note'),
  look('bob', 4, 'hidden from developers now'),
  put('bob', 4, { notes: 'his own', private_notes: true }, 'a private note of his'),
  look('bob', 4, 'his own he sees'),
  {
    change: 'developers see their own issues only',
    sql: [`UPDATE roles SET issues_visibility = 'own' WHERE id = 4`],
    practice: (state) => {
      state.role('Developer').issuesVisibility = 'own';
      state.store.touch();
    },
  },
  filter('bob', 'sort=id', 'his own issues'),
  get('bob', '/issues/14.json', 'another’s'),
  {
    change: 'developers see all again',
    sql: [`UPDATE roles SET issues_visibility = 'default' WHERE id = 4`],
    practice: (state) => {
      state.role('Developer').issuesVisibility = 'default';
      state.store.touch();
    },
  },
  {
    change: 'developers may start with In Progress',
    sql: [transitionSql(4, 0, 2)],
    practice: (state) => state.allowTransition('Developer', null, 'In Progress'),
  },
  post('bob', { project_id: 1, subject: 'started', status_id: 2 }, 'a status for a new issue'),
  post(
    'bob',
    { project_id: 1, subject: 'not closed', status_id: 5 },
    'another is still dropped: the first allowed one it is',
  ),
  post('admin', { project_id: 1, subject: 'by admin', status_id: 2 }, 'the administrator has every role’s transitions'),
  {
    change: 'fields: due date read-only, priority read-only, category required for developers',
    sql: [
      fieldRuleSql(4, 2, 'due_date', 'readonly'),
      fieldRuleSql(4, 2, '5', 'readonly'),
      fieldRuleSql(4, 2, 'category_id', 'required'),
    ],
    practice: (state) => {
      state.setFieldRule('Developer', 'In Progress', 'due_date', 'readonly');
      state.setFieldRule('Developer', 'In Progress', '5', 'readonly');
      state.setFieldRule('Developer', 'In Progress', 'category_id', 'required');
    },
  },
  put(
    'bob',
    15,
    {
      due_date: '2031-01-01',
      custom_fields: [
        { id: 5, value: 'Minor' },
        { id: 1, value: 'x' },
      ],
    },
    'a required field is missing',
  ),
  put(
    'bob',
    15,
    {
      category_id: 1,
      due_date: '2031-01-01',
      custom_fields: [
        { id: 5, value: 'Minor' },
        { id: 1, value: 'x' },
      ],
    },
    'read-only fields are dropped',
  ),
  look('bob', 15, 'what came through'),
  put('alice', 15, { due_date: '2031-01-01' }, 'a manager may'),
  {
    change: 'Support has neither due date nor ratio',
    sql: ['UPDATE trackers SET fields_bits = 32 + 128 WHERE id = 3'],
    practice: (state) => {
      state.setFieldUsed('Support', 'due_date', false);
      state.setFieldUsed('Support', 'done_ratio', false);
    },
  },
  get('alice', '/trackers.json', 'standard fields that are off'),
  post(
    'alice',
    { project_id: 1, subject: 'S', tracker_id: 3, due_date: '2031-01-01', done_ratio: 50 },
    'fields that are off are dropped',
  ),
  put('alice', 15, { tracker_id: 3 }, 'and lost with a change of tracker'),
  look('alice', 15, 'they are gone'),
  {
    change: 'Story points must be filled in',
    sql: ['UPDATE custom_fields SET is_required = 1 WHERE id = 3'],
    practice: (state) => (state.customField('Story points').isRequired = true),
  },
  post('alice', { project_id: 1, subject: 'x' }, 'a required custom field is missing'),
  post('alice', { project_id: 1, subject: 'ok', custom_fields: [{ id: 3, value: '-3' }] }, 'it is there'),
  put('alice', 14, { subject: 'edited' }, 'an edit that does not touch custom fields passes'),
  put('alice', 14, { custom_fields: [{ id: 1, value: 'y' }] }, 'one that does, does not'),
  {
    change: 'it need not',
    sql: ['UPDATE custom_fields SET is_required = 0 WHERE id = 3'],
    practice: (state) => (state.customField('Story points').isRequired = false),
  },
  {
    change: 'Bob is locked',
    api: [{ method: 'PUT', path: '/users/6.json', body: { user: { status: 3 } } }],
    practice: (state) => state.lockUser('bob'),
  },
  get('bob', '/users/current.json', 'his key counts no more'),
  get('alice', '/users/6.json', 'he is not there for others'),
  get('admin', '/users.json?status=3', 'the administrator finds him'),
  get('alice', '/projects/parity/memberships.json', 'is he still a member'),
  put('alice', 14, { assigned_to_id: 6 }, 'nobody can give him an issue'),
  put('alice', 15, { subject: 'still Bob’s' }, 'what he has he keeps'),
  look('alice', 15, 'his name stays'),
  {
    change: 'a transition is taken away',
    sql: ['DELETE FROM workflows WHERE role_id = 3 AND new_status_id = 6'],
    practice: (state) =>
      ['New', 'In Progress', 'Resolved', 'Feedback', 'Closed'].forEach((from) =>
        state.forbidTransition('Manager', from, 'Rejected'),
      ),
  },
  put('alice', 14, { status_id: 6 }, 'Rejected is out of reach'),
  look('alice', 14, 'still as it was'),
  {
    change: 'a blocker',
    api: [
      {
        method: 'POST',
        path: '/issues/18/relations.json',
        body: { relation: { issue_to_id: 19, relation_type: 'blocks' } },
      },
    ],
    practice: (state) => state.addRelation(18, 19, 'blocks'),
  },
  look('alice', 18, 'the blocker’s history'),
  look('alice', 19, 'a blocked issue cannot be closed'),
  put('alice', 19, { status_id: 5 }, 'the attempt is swallowed'),
  look('alice', 19, 'still open'),
  {
    change: 'managers may delete no more',
    sql: [revokeSql(3, 'delete_issues')],
    practice: (state) => state.revoke('Manager', 'delete_issues'),
  },
  remove('alice', 14, 'no delete without the right'),
  {
    change: 'everybody must log in',
    sql: [`INSERT INTO settings (name, value, updated_on) VALUES ('login_required', '1', datetime('now', '+1 day'))`],
    practice: (state) => (state.store.settings.loginRequired = true),
  },
  get('anonymous', '/trackers.json', 'nothing is public now'),
  get('wrong-key', '/issues.json', 'a wrong key is told at last'),
  get('alice', '/issues.json?limit=1', 'a right one goes on'),
  {
    change: 'the API is switched off',
    sql: [`UPDATE settings SET value = '0', updated_on = datetime('now', '+2 days') WHERE name = 'rest_api_enabled'`],
    practice: (state) => {
      state.store.settings.restApiEnabled = false;
      state.store.touch();
    },
  },
  get('alice', '/users/current.json', 'no key counts'),
  get('alice', '/issues/14.json', 'an issue is not there to see'),
  get('alice', '/projects/parity.json', 'nor a project'),
  get('alice', '/issues.json?limit=1', 'nor a list'),
  put('alice', 14, { subject: 'x' }, 'nor to edit'),
  get('wrong-key', '/users/current.json', 'a wrong key fares the same'),
];
