import type { Json } from './coerce.js';
import { createIssue, deleteIssue, updateIssue, type Saved } from './issues.js';
import { editJournal } from './journals.js';
import type { Issue, User } from './records.js';
import type { PracticeStore } from './store.js';

/** One user of the site at work. Attributes are those of the API; what it refuses is thrown. */
export class Person {
  constructor(
    readonly store: PracticeStore,
    readonly user: User,
  ) {}

  create(attributes: Json): Issue {
    return saved(createIssue(this.store, this.user, attributes));
  }

  update(id: number, attributes: Json): Issue {
    return saved(updateIssue(this.store, this.user, must(this.store.issues.get(id), `issue ${id}`), attributes));
  }

  /** Returns the id of the new comment. */
  comment(id: number, notes: string, isPrivate = false): number {
    const issue = this.update(id, { notes, private_notes: isPrivate });
    return must(issue.journals.at(-1), 'a journal entry').id;
  }

  editComment(journalId: number, notes: string): void {
    const journal = must(this.store.journals.get(journalId), `journal entry ${journalId}`);
    if (editJournal(this.store, this.user, journal, { notes }) === 'forbidden') throw new Error('forbidden');
  }

  remove(id: number): void {
    deleteIssue(this.store, this.user, must(this.store.issues.get(id), `issue ${id}`));
  }
}

function saved(result: Saved): Issue {
  if (!result.ok) throw new Error(result.complaints.join('; '));
  return result.issue;
}

export function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`there is no ${what}`);
  return value;
}
