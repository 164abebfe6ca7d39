import { redmine } from '../../main/connectors/redmine/index.js';
import { connectorConformance } from './connector-conformance.js';
import { redmineCases } from './redmine-cases.js';
import { startPracticeSite } from './redmine-practice-site.js';
import type { PracticeSite } from './redmine-practice-site.js';

/** Without the server's time a wrong clock there cannot be seen, and `findCreated` looks back a day. */
const withoutTime = {
  'check tells how far the clocks are apart': 'the server does not tell its time',
  'what was created long before is not found': 'without the time of the server, everything of a day is listed',
  'from the last cursor come only items of the boundary, with the stamp they had':
    'without the time of the server, the newest item is always of the boundary',
  'an edit of a comment that no cursor sees is said to be so':
    'without the time of the server, the newest item is always read again',
};

for (const dateHeader of [true, false]) {
  let practice: PracticeSite | null = null;
  const start = async (): Promise<PracticeSite> => (practice ??= await startPracticeSite({ dateHeader }));
  connectorConformance(
    `Redmine, practice server ${dateHeader ? 'behind a web server' : 'that does not tell its time'}`,
    {
      manifest: redmine.manifest,
      start: async () => (await start()).site,
      stop: async () => practice?.stop(),
      unmet: {},
      ...(dateHeader ? {} : { skip: withoutTime }),
      more: redmineCases(async () => (await start()).site),
    },
  );
}
