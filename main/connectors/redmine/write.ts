import { LockstepError, hasCode } from '../../../preload/contract/errors.js';
import type { FieldValue } from '../../../preload/contract/values.js';
import type { CommentDraft, Draft, FieldValues, WriteResult } from '../contract.js';
import { has } from './account.js';
import { asNotSent, asUnknownOutcome } from './client.js';
import { changesOf, journalsAfter, sortedJournals } from './history.js';
import { commentRef, journalIdOf } from './map.js';
import type { RedmineSite } from './site.js';
import { asText, canonicalText, wellFormed } from './text.js';
import type { WireIssue } from './wire.js';

const wireNames: Readonly<Record<string, string>> = {
  type: 'tracker_id',
  subject: 'subject',
  description: 'description',
  status: 'status_id',
  priority: 'priority_id',
  assignee: 'assigned_to_id',
  startDate: 'start_date',
  dueDate: 'due_date',
  doneRatio: 'done_ratio',
  parent: 'parent_issue_id',
};
/** Redmine answers 422 to an empty one, or ignores it; on a new issue they are left to its defaults. */
const neverEmpty = new Set(['type', 'status', 'priority']);

export async function createItem(site: RedmineSite, draft: Draft, signal: AbortSignal): Promise<WriteResult> {
  const project = await beforeWrite(site.project(draft.scope, signal));
  const marker = site.markerField(project);
  const type = draft.fields['type'] ?? null;
  if (!project.trackers.some((tracker) => String(tracker.id) === type)) {
    // Redmine would take the project's first tracker and say nothing.
    throw notSent(
      'rejected-by-tracker',
      `The project ${project.identifier} does not use the tracker ${String(type)}.`,
      {
        action: 'Add the tracker to the project, or map the type to another one.',
        field: 'type',
      },
    );
  }
  if (draft.marker !== null && marker === null) {
    throw new LockstepError('internal', 'An item with a marker was to be created, but no marker field is set.');
  }
  const body = issueBody(draft.fields, 'create');
  const custom = [...(body.custom_fields ?? [])];
  if (marker !== null && draft.marker !== null) custom.push({ id: marker.id, value: draft.marker });
  const issue = await site.client.createIssue(
    { project_id: project.id, ...body.attributes, ...(custom.length === 0 ? {} : { custom_fields: custom }) },
    signal,
  );
  try {
    // A new issue has no journals and no children, so its answer is the whole of it; but more may come in this second.
    return { item: await site.toItem({ issue, floorMs: null }, signal), changes: [] };
  } catch (error) {
    throw asUnknownOutcome(error);
  }
}

export async function updateItem(
  site: RedmineSite,
  ref: string,
  fields: FieldValues,
  since: string,
  signal: AbortSignal,
): Promise<WriteResult> {
  const body = issueBody(fields, 'update');
  const isEmpty = Object.keys(body.attributes).length === 0 && body.custom_fields === undefined;
  if (isEmpty) return (await readBack(site, ref, since, signal)).result;
  const { attributes, custom_fields } = body;
  await site.client.updateIssue(
    ref,
    { ...attributes, ...(custom_fields === undefined ? {} : { custom_fields }) },
    signal,
  );
  return (await afterWrite(site, ref, since, signal)).result;
}

export async function addComment(
  site: RedmineSite,
  ref: string,
  comment: CommentDraft,
  since: string,
  signal: AbortSignal,
): Promise<WriteResult> {
  const notes = commentBody(comment.body);
  refuseNone('notes', notes);
  if (comment.visibility === 'private') await mustHidePrivately(site, ref, signal);
  await site.client.updateIssue(
    ref,
    { notes, ...(comment.visibility === 'private' ? { private_notes: true } : {}) },
    signal,
  );
  const { result, issue } = await afterWrite(site, ref, since, signal);
  try {
    const me = (await site.account.user(signal)).id;
    const own = journalsAfter(sortedJournals(issue), since)
      .filter((journal) => journal.user?.id === me && canonicalText(journal.notes) === canonicalText(notes))
      .at(-1);
    return { ...result, commentRef: own === undefined ? null : commentRef(own) };
  } catch (error) {
    throw asUnknownOutcome(error);
  }
}

export async function editComment(
  site: RedmineSite,
  ref: string,
  comment: string,
  change: Partial<CommentDraft>,
  since: string,
  signal: AbortSignal,
): Promise<WriteResult> {
  const journal: Record<string, unknown> = {};
  if (change.body !== undefined) journal['notes'] = commentBody(change.body);
  if (change.visibility !== undefined) journal['private_notes'] = change.visibility === 'private';
  if (Object.keys(journal).length === 0) return (await readBack(site, ref, since, signal)).result;
  if (change.visibility === 'private') await mustHidePrivately(site, ref, signal);
  try {
    await site.client.updateJournal(journalIdOf(comment), journal, signal);
  } catch (error) {
    throw hasCode(error, 'gone') ? commentGone(error, comment) : error;
  }
  return (await afterWrite(site, ref, since, signal)).result;
}

export async function deleteComment(
  site: RedmineSite,
  ref: string,
  comment: string,
  since: string,
  signal: AbortSignal,
): Promise<WriteResult> {
  try {
    // Redmine removes a journal that has neither notes nor changes; of one with changes, only the notes go.
    await site.client.updateJournal(journalIdOf(comment), { notes: '' }, signal);
  } catch (error) {
    // Somebody else was faster.
    if (!hasCode(error, 'gone')) throw error;
  }
  return (await afterWrite(site, ref, since, signal)).result;
}

interface IssueBody {
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly custom_fields: readonly { readonly id: number; readonly value: string }[] | undefined;
}

/** Empties are sent as '': Redmine ignores null for an assignee, and fills a start date that is not sent with today. */
function issueBody(fields: FieldValues, kind: 'create' | 'update'): IssueBody {
  const attributes: Record<string, string | number> = {};
  const custom: { readonly id: number; readonly value: string }[] = [];
  for (const [field, value] of Object.entries(fields)) {
    const customId = /^cf_(\d+)$/.exec(field)?.[1];
    if (customId !== undefined) {
      custom.push({ id: Number(customId), value: wireText(value) });
      continue;
    }
    const name = wireNames[field];
    if (name === undefined) throw new LockstepError('internal', `Redmine has no field "${field}".`);
    if (value === null && neverEmpty.has(field)) {
      if (kind === 'create') continue;
      throw notSent('rejected-by-tracker', `Redmine takes no issue without ${field}.`, {
        action: 'Map the empty value to an option.',
        field,
      });
    }
    const text = wireText(value);
    if (kind === 'update') refuseNone(field, text);
    attributes[name] = typeof value === 'number' ? value : text;
  }
  return { attributes, custom_fields: custom.length === 0 ? undefined : custom };
}

function wireText(value: FieldValue): string {
  return wellFormed(asText(value) ?? '');
}

function commentBody(body: string): string {
  const text = wellFormed(body);
  if (text.trim() !== '') return text;
  throw notSent('rejected-by-tracker', 'Redmine keeps no comment without text.', {
    action: 'Delete the comment on the other side, or give it a text.',
    field: 'notes',
  });
}

/** In an update, Redmine reads a text that is exactly `none` as empty, as its form for many issues at once sends it. */
function refuseNone(field: string, text: string): void {
  if (text !== 'none') return;
  throw notSent('rejected-by-tracker', 'Redmine would take the text "none" for an empty one and erase what is there.', {
    action: 'Write it in another way, for example "None".',
    field,
  });
}

/** Without this right Redmine drops the wish for privacy without a word and shows the comment to everyone. */
async function mustHidePrivately(site: RedmineSite, ref: string, signal: AbortSignal): Promise<void> {
  const projectId = await beforeWrite(site.projectOf(ref, signal));
  const permissions = await beforeWrite(site.account.permissions(projectId, signal));
  if (has(permissions, 'set_notes_private')) return;
  throw notSent('forbidden', 'The account may not make comments private, so this one was not sent: all would see it.', {
    action: 'Give the account\'s role the permission "Set notes as private".',
    field: 'notes',
  });
}

function notSent(
  code: 'rejected-by-tracker' | 'forbidden',
  message: string,
  detail: { readonly action: string; readonly field: string },
): LockstepError {
  return new LockstepError(code, message, {
    action: detail.action,
    context: { outcome: 'not-sent', field: detail.field },
  });
}

function commentGone(error: LockstepError, comment: string): LockstepError {
  return new LockstepError('gone', 'The comment is not there any more, or hidden from the account.', {
    ...(error.action === undefined ? {} : { action: 'It is compared again in the next run.' }),
    context: { ...error.context, comment },
    cause: error,
  });
}

async function beforeWrite<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw asNotSent(error);
  }
}

interface ReadBack {
  readonly result: WriteResult;
  readonly issue: WireIssue;
}

async function afterWrite(site: RedmineSite, ref: string, since: string, signal: AbortSignal): Promise<ReadBack> {
  try {
    return await readBack(site, ref, since, signal);
  } catch (error) {
    throw asUnknownOutcome(error);
  }
}

async function readBack(site: RedmineSite, ref: string, since: string, signal: AbortSignal): Promise<ReadBack> {
  const read = await site.client.issue(ref, signal);
  const changes = journalsAfter(sortedJournals(read.issue), since).flatMap(changesOf);
  return { result: { item: await site.toItem(read, signal), changes }, issue: read.issue };
}
