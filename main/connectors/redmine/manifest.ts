import type { Manifest } from '../contract.js';

/**
 * Redmine 4 and 5 by its REST API (https://www.redmine.org/projects/redmine/wiki/Rest_api). What follows about its
 * behaviour was tried on a real Redmine 5.0; see `test/e2e/redmine-conformance.test.ts`.
 */
export const manifest: Manifest = {
  id: 'redmine',
  name: 'Redmine',
  documentation: 'https://www.redmine.org/projects/redmine/wiki/Rest_api',
  secretLabel: 'API access key',
  settings: [
    {
      id: 'markerField',
      label: 'Marker field',
      help: 'Name or number of a custom field (format Text) for Lockstep alone. With it, an item that was created just before a crash is found again with certainty.',
      kind: 'text',
      required: false,
    },
    {
      id: 'markup',
      label: 'Text formatting',
      help: "What Redmine's administration says under Settings, General, Text formatting. The API does not tell it.",
      kind: 'choice',
      choices: ['textile', 'markdown', 'common_mark'],
      required: false,
    },
    {
      id: 'parentFields',
      label: "Parent's fields",
      help: "Whether a parent's priority, dates and % done are computed from its children (Administration, Settings, Issue tracking). Default: derived.",
      kind: 'choice',
      choices: ['derived', 'independent'],
      required: false,
    },
  ],
  capabilities: {
    conditionalWrite: false,
    deltas: true,
    listingIsComplete: false,
    batchRead: 1,
    commentEdit: true,
    commentDelete: true,
    commentVisibility: true,
    fieldHistory: true,
    cursorBlindTo: ['edited comments', 'deleted comments', 'renamed options'],
    // Nothing is indexed, but a request whose sender is gone may still wait in the server's queue.
    settleMs: 3_000,
    maxPageSize: 100,
    concurrency: 4,
    // On SQLite a second writer gets a 500 after seconds of waiting.
    writeConcurrency: 1,
  },
  callBound: {
    fixed: 9,
    pageSize: 100,
    detailPerItem: 1,
    create: 1,
    update: 2,
    comment: 2,
    reread: 1,
    inScopePage: 100,
  },
};

/** Change it whenever canonical text is made in another way out of the same wire text. */
export const readerVersion = 1;
