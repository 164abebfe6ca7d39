import type { Site } from './world.js';

export interface WireIssue {
  readonly id: number;
  readonly subject: string;
  readonly description: string | null;
  readonly [name: string]: unknown;
}

export interface WireJournal {
  readonly id: number;
  readonly notes: string | null;
  readonly private_notes: boolean;
}

const page = 100;

/** Every issue of the project, closed ones included, by Redmine's API alone. */
export async function issuesOf({ server, seed }: Site): Promise<readonly WireIssue[]> {
  const issues: WireIssue[] = [];
  for (;;) {
    const query = `project_id=${seed.project.identifier}&status_id=*&limit=${String(page)}&sort=id`;
    const listed = (await server.adminGet(`/issues.json?${query}&offset=${String(issues.length)}`)) as {
      readonly issues: readonly WireIssue[];
      readonly total_count: number;
    };
    issues.push(...listed.issues);
    if (listed.issues.length === 0 || issues.length >= listed.total_count) return issues;
  }
}

export async function commentsOf({ server }: Site, issueId: number): Promise<readonly WireJournal[]> {
  const shown = (await server.adminGet(`/issues/${String(issueId)}.json?include=journals`)) as {
    readonly issue: { readonly journals: readonly WireJournal[] };
  };
  return shown.issue.journals.filter((journal) => (journal.notes ?? '') !== '');
}

/** The line that names a mirrored comment's author; `comment-header.ts` describes it. */
export const header = /^.* \(ref [a-z2-7]{16}\):/u;

/** What a comment says, without that line. */
export function commentText(notes: string | null): string {
  return (notes ?? '').replaceAll('\r\n', '\n').replace(header, '').trim();
}

/** One issue in every mapped field, options and people by name. */
export type IssuePicture = Readonly<Record<string, unknown>>;

/**
 * All that is mapped, issue by issue, sorted; a duplicate shows as one entry too many. A parent is named by its subject:
 * the people of these tests give no two issues the same.
 */
export async function pictureOf(site: Site): Promise<readonly IssuePicture[]> {
  const issues = await issuesOf(site);
  const subjects = new Map(issues.map(({ id, subject }) => [id, subject]));
  const name = (value: unknown): string | null => (value as { name?: string } | undefined)?.name ?? null;
  const pictures: IssuePicture[] = [];
  for (const issue of issues) {
    const parent = (issue['parent'] as { id: number } | undefined)?.id;
    const comments = (await commentsOf(site, issue.id)).filter((comment) => !comment.private_notes);
    pictures.push({
      subject: issue.subject,
      description: (issue.description ?? '').replaceAll('\r\n', '\n'),
      tracker: name(issue['tracker']),
      status: name(issue['status']),
      priority: name(issue['priority']),
      assignee: name(issue['assigned_to']),
      start: issue['start_date'] ?? null,
      due: issue['due_date'] ?? null,
      done: issue['done_ratio'],
      parent: parent === undefined ? null : (subjects.get(parent) ?? `#${String(parent)}`),
      comments: comments.map(({ notes }) => commentText(notes)).sort(),
    });
  }
  return pictures.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
