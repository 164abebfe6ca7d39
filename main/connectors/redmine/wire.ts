import { z } from 'zod';

/** The parts of Redmine's answers that we use. Unknown members are dropped, not refused. */

const named = z.object({ id: z.number(), name: z.string().default('') });
export type Named = z.infer<typeof named>;

/** In UTC, to the second: `2030-01-31T12:00:00Z`. */
const time = z.string();
const date = z.string().nullish();

const customValue = z.object({
  id: z.number(),
  name: z.string().default(''),
  multiple: z.boolean().optional(),
  value: z.union([z.string(), z.array(z.string())]).nullish(),
});

const detail = z.object({
  property: z.string(),
  name: z.string(),
  old_value: z.string().nullish(),
  new_value: z.string().nullish(),
});
export type WireDetail = z.infer<typeof detail>;

const journal = z.object({
  id: z.number(),
  user: named.optional(),
  notes: z.string().nullish(),
  created_on: time,
  private_notes: z.boolean().default(false),
  details: z.array(detail).default([]),
});
export type WireJournal = z.infer<typeof journal>;

export const issueSchema = z.object({
  id: z.number(),
  project: named,
  tracker: named,
  status: named,
  priority: named,
  author: named.optional(),
  assigned_to: named.optional(),
  parent: z.object({ id: z.number() }).optional(),
  subject: z.string(),
  description: z.string().nullish(),
  start_date: date,
  due_date: date,
  done_ratio: z.number().nullish(),
  is_private: z.boolean().default(false),
  custom_fields: z.array(customValue).default([]),
  created_on: time,
  updated_on: time,
  /** Only where they were asked for. */
  journals: z.array(journal).optional(),
  children: z.array(z.object({ id: z.number() })).optional(),
});
export type WireIssue = z.infer<typeof issueSchema>;

export const issueAnswer = z.object({ issue: issueSchema });
export const issuesAnswer = z.object({ issues: z.array(issueSchema), total_count: z.number() });

export const userAnswer = z.object({
  user: z.object({
    id: z.number(),
    login: z.string().default(''),
    firstname: z.string().default(''),
    lastname: z.string().default(''),
    admin: z.boolean().default(false),
    created_on: time,
    memberships: z.array(z.object({ project: named, roles: z.array(named) })).default([]),
  }),
});
export type WireUser = z.infer<typeof userAnswer>['user'];

export const roleAnswer = z.object({
  role: z.object({ id: z.number(), permissions: z.array(z.string()).default([]) }),
});

const project = z.object({
  id: z.number(),
  name: z.string(),
  identifier: z.string(),
  /** 1 active, 5 closed (read only), 9 archived. */
  status: z.number().default(1),
  created_on: time,
  trackers: z.array(named).default([]),
  issue_custom_fields: z.array(named).default([]),
});
export type WireProject = z.infer<typeof project>;
export const projectAnswer = z.object({ project });
export const projectsAnswer = z.object({ projects: z.array(project), total_count: z.number() });

export const membershipsAnswer = z.object({
  memberships: z.array(z.object({ id: z.number(), user: named.optional() })),
  total_count: z.number(),
});

export const usersAnswer = z.object({
  users: z.array(z.object({ id: z.number(), login: z.string().default(''), mail: z.string().optional() })),
  total_count: z.number(),
});

const tracker = named.extend({ enabled_standard_fields: z.array(z.string()).optional() });
export type WireTracker = z.infer<typeof tracker>;
export const trackersAnswer = z.object({ trackers: z.array(tracker) });

export const statusesAnswer = z.object({
  issue_statuses: z.array(named.extend({ is_closed: z.boolean().default(false) })),
});

export const prioritiesAnswer = z.object({
  issue_priorities: z.array(
    named.extend({ is_default: z.boolean().default(false), active: z.boolean().default(true) }),
  ),
});

const customField = z.object({
  id: z.number(),
  name: z.string(),
  customized_type: z.string().optional(),
  field_format: z.string(),
  multiple: z.boolean().default(false),
  is_required: z.boolean().default(false),
  max_length: z.number().nullish(),
  trackers: z.array(named).default([]),
});
export type WireCustomField = z.infer<typeof customField>;
export const customFieldsAnswer = z.object({ custom_fields: z.array(customField) });
