import { sides, type Side } from '../../../preload/contract/values.js';
import type { Choices } from '../../support/seeded.js';
import { commentsOf, commentText, header, issuesOf, type WireIssue } from './picture.js';
import type { Site, World } from './world.js';

const statuses = ['New', 'In Progress', 'Resolved', 'Feedback'];
const priorities = ['Low', 'Normal', 'High', 'Urgent'];

/** People at work on both sides: every text they write is unlike any other, and they keep a book of it. */
export interface People {
  create(side: Side, parent?: number | null): Promise<void>;
  edit(side: Side): Promise<void>;
  /** Adds a comment, edits one or deletes one. */
  talk(side: Side): Promise<void>;
  remark(side: Side): Promise<void>;
  readonly created: () => number;
  /** Comments that nobody has edited or deleted since: each must stand once on either side. */
  readonly untouchedRemarks: () => readonly string[];
}

export function createPeople({ sites }: World, choices: Choices): People {
  let written = 0;
  let created = 0;
  const remarks = new Set<string>();
  const word = (what: string): string => {
    written += 1;
    return `${what} ${String(written)}`;
  };
  const send = async ({ server, seed }: Site, who: number, method: string, path: string, body: unknown) => {
    const apiKey = seed.users[who]?.apiKey ?? null;
    // SQLite lets one write at a time; a person whose browser shows an error tries again.
    for (let attempt = 1; ; attempt += 1) {
      const answer = await server.send({ method, path, body, apiKey });
      if (answer.status < 400) return;
      if (answer.status !== 500 || attempt === 5) {
        throw new Error(
          `${method} ${path} ${JSON.stringify(body)}: ${String(answer.status)} ${answer.text.slice(0, 300)}`,
        );
      }
    }
  };
  const any = async (side: Side): Promise<WireIssue> => choices.one(await issuesOf(sites[side]));
  const remark = async (side: Side): Promise<void> => {
    const text = word('remark');
    remarks.add(text);
    const { id } = await any(side);
    const issue = { notes: `${text}\nand a second line` };
    await send(sites[side], choices.below(3), 'PUT', `/issues/${String(id)}.json`, { issue });
  };
  const forget = (notes: string | null): void => {
    remarks.delete(commentText(notes).split('\n')[0] ?? '');
  };

  return {
    async create(side, parent = null) {
      const { seed } = sites[side];
      created += 1;
      const assigned = choices.below(3) === 0 ? {} : { assigned_to_id: seed.users[choices.below(2)]?.id };
      const issue = {
        project_id: seed.project.id,
        subject: word('issue'),
        description: `${word('text')}\nsecond line *bold*`,
        tracker_id: choices.one(Object.values(seed.trackers)),
        priority_id: seed.priorities[choices.one(priorities)],
        start_date: null,
        ...assigned,
        ...(parent === null ? {} : { parent_issue_id: parent }),
      };
      await send(sites[side], 0, 'POST', '/issues.json', { issue });
    },

    async edit(side) {
      const { seed } = sites[side];
      const { id } = await any(side);
      const change = choices.one<Readonly<Record<string, unknown>>>([
        { subject: word('issue') },
        { description: word('new text') },
        { status_id: seed.statuses[choices.one(statuses)] },
        { priority_id: seed.priorities[choices.one(priorities)] },
        { assigned_to_id: choices.one([seed.users[0]?.id, seed.users[1]?.id, '']) },
        { due_date: `2031-0${String(1 + choices.below(9))}-11` },
        { done_ratio: choices.below(11) * 10 },
      ]);
      await send(sites[side], choices.below(2), 'PUT', `/issues/${String(id)}.json`, { issue: change });
    },

    async talk(side) {
      const { id } = await any(side);
      const comments = await commentsOf(sites[side], id);
      const what = choices.below(3);
      if (what === 0 || comments.length === 0) {
        await remark(side);
        return;
      }
      const comment = choices.one(comments);
      forget(comment.notes);
      const line = header.exec(comment.notes ?? '')?.[0];
      const notes = what === 2 ? '' : `${line === undefined ? '' : `${line}\n\n`}${word('edited')}`;
      await send(sites[side], 0, 'PUT', `/journals/${String(comment.id)}.json`, { journal: { notes } });
    },

    remark,
    created: () => created,
    untouchedRemarks: () => [...remarks],
  };
}

export const bothSides = sides;
