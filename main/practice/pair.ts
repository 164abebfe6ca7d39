import { stringify } from 'yaml';
import type { Clock, Random } from '../host.js';
import type { IntegrationConfig } from '../../preload/contract/integration.js';
import type { CallInput } from '../../preload/contract/inputs.js';
import type { Side, Sided } from '../../preload/contract/values.js';
import { startPracticeRedmine, type PracticeRedmine } from './redmine/index.js';

/** Two practice trackers, and what the program has to be told to keep them in step. */
export interface PracticePair {
  readonly sites: Sided<PracticeRedmine>;
  readonly connections: readonly CallInput<'connection.add'>[];
  /** The integration as a file. */
  readonly file: string;
  readonly integration: string;
  stop(): Promise<void>;
}

export interface PracticePairOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** The left one's port; the right one has the next. 0: any free ones. */
  readonly portBase: number;
}

const integrationName = 'practice';
const markerField = 'External ID';
const scopes: Sided<string> = { left: 'web-shop', right: 'warehouse' };
const connectionName = (side: Side): string => `practice-${side}`;

/** The left site has some 25 issues of a web shop, the right one has none. Both have the same people, with other ids. */
export async function startPracticePair({ clock, random, portBase }: PracticePairOptions): Promise<PracticePair> {
  const left = await startPracticeRedmine({ clock, random, port: portBase, seed: 'demo', identifier: scopes.left });
  try {
    const right = await startPracticeRedmine({
      clock,
      random,
      port: portBase === 0 ? 0 : portBase + 1,
      identifier: scopes.right,
      firstIssueId: 501,
      firstUserId: 41,
    });
    const sites = { left, right };
    return {
      sites,
      connections: [connectionOf('left', left), connectionOf('right', right)],
      file: integrationFile(left),
      integration: integrationName,
      async stop() {
        await Promise.all([left.stop(), right.stop()]);
      },
    };
  } catch (thrown) {
    await left.stop();
    throw thrown;
  }
}

function connectionOf(side: Side, site: PracticeRedmine): CallInput<'connection.add'> {
  const settings = { markerField, markup: 'textile' };
  return {
    name: connectionName(side),
    tracker: 'redmine',
    url: site.url,
    secret: site.seed.apiKey,
    settings,
    replace: true,
  };
}

const mappedFields = [
  'subject',
  'description',
  'status',
  'priority',
  'assignee',
  'startDate',
  'dueDate',
  'doneRatio',
  'parent',
];

function integrationFile(site: PracticeRedmine): string {
  const same = (name: string): { left: string; right: string } => ({ left: name, right: name });
  const config = {
    name: integrationName,
    left: { connection: connectionName('left'), scope: scopes.left },
    right: { connection: connectionName('right'), scope: scopes.right },
    types: Object.keys(site.seed.trackers).map(same),
    policy: 'ask',
    fields: mappedFields.map(same),
    users: site.seed.users.map(({ login }) => same(login)),
    comments: { policy: 'ask', deletions: 'delete' },
  } satisfies Partial<Record<keyof IntegrationConfig, unknown>>;
  return stringify(config, { lineWidth: 120 });
}
