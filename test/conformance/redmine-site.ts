import { createBudgetPool, createHttpClient, createNetworkLedger } from '../../main/connectors/http/index.js';
import { redmine } from '../../main/connectors/redmine/index.js';
import type { ScopeSelection } from '../../main/connectors/contract.js';
import type { Clock } from '../../main/host.js';
import { fixedRandom } from '../main/connectors/http/manual-clock.js';
import type { ConformanceSite, OpenOptions, Who } from './site.js';

/** The members of a Redmine that the suite uses: alice syncs, bob is the stranger, chloe reports, dora is a member of nothing. */
export const logins = { account: 'alice', stranger: 'bob', limited: 'chloe', outsider: 'dora' } as const;
export type Login = (typeof logins)[keyof typeof logins];
export const memberRoles = { alice: 'Manager', bob: 'Manager', chloe: 'Reporter' } as const;

/** What a practice and a real Redmine have in common beyond the conformance suite. */
export interface RedmineConformanceSite extends ConformanceSite {
  setRoles(scope: ScopeSelection, login: Login, roles: readonly string[]): Promise<void>;
  /** The workflow keeps this role from editing the field (Redmine's name of it) of issues that are New; or no more. */
  setReadOnly(role: string, field: string, isReadOnly: boolean): Promise<void>;
  readonly statuses: Readonly<Record<string, number>>;
  readonly priorities: Readonly<Record<string, number>>;
}

export interface RedmineFacts {
  readonly url: string;
  readonly statuses: Readonly<Record<string, number>>;
  readonly priorities: Readonly<Record<string, number>>;
  readonly users: Readonly<Record<Login, { readonly id: number; readonly apiKey: string }>>;
}

const badKey = 'canary-0123456789abcdef0123456789abcdef0';
const longText = `${'A line with some words in it.\n'.repeat(2_300)}end`;
const texts = [
  'Plain',
  '  spaces around  ',
  'tab\there',
  'Emoji 😀👩‍👩‍👧 and é, é (two ways)',
  'Right to left: ‏عربي עברית',
  'half a pair \uD83D and \uDE00 the wrong way round',
  '<b>&amp; "quotes" \\ %41 + #1',
  '0',
];

/** The part of the site that does not depend on whether the server is real. */
export function commonSite(
  facts: RedmineFacts,
  clock: Clock,
): Pick<
  RedmineConformanceSite,
  | 'manifest'
  | 'url'
  | 'wrongPath'
  | 'deadUrl'
  | 'unknownScope'
  | 'names'
  | 'texts'
  | 'refused'
  | 'secrets'
  | 'told'
  | 'open'
  | 'accountId'
  | 'statuses'
  | 'priorities'
> {
  const { url, statuses, users } = facts;
  const budgets = createBudgetPool(clock);
  const ledger = createNetworkLedger();
  const told: unknown[] = [];
  const tell = (each: unknown): void => {
    told.push(each);
  };
  const keyOf = (who: Who): string => (who === 'unknown' ? badKey : users[logins[who]].apiKey);
  const id = (name: string): string => String(statuses[name] ?? 0);

  const open = (options: OpenOptions = {}): ReturnType<typeof redmine.open> => {
    const secret = keyOf(options.who ?? 'account');
    const address = options.url ?? url;
    const http = createHttpClient({
      connectionId: 'conformance',
      baseUrl: address,
      budget: budgets.get(new URL(address).host, secret),
      clock,
      random: fixedRandom(),
      ledger,
      userAgent: 'lockstep-conformance',
      auth: () => redmine.authHeaders(secret),
      secrets: [secret],
      onExchange: tell,
      onWait: tell,
    });
    const settings = { markerField: 'External ID', ...options.settings };
    return redmine.open({ id: 'conformance', tracker: 'redmine', url: address, settings }, { http, clock });
  };

  return {
    manifest: redmine.manifest,
    url,
    wrongPath: '/nowhere',
    deadUrl: 'http://127.0.0.1:1',
    unknownScope: 'no-such-project',
    names: {
      title: 'subject',
      body: 'description',
      state: 'status',
      person: 'assignee',
      number: 'doneRatio',
      date: 'dueDate',
      parent: 'parent',
      states: [id('New'), id('In Progress')],
      closedState: id('Closed'),
      people: [String(users.alice.id), String(users.bob.id)],
    },
    texts: {
      subject: [...texts, 'x'.repeat(255), 'None'],
      description: [...texts, 'CRLF\r\nand CR\rand LF\n', '\n\nblank lines\n\n', ' ', longText, ''],
      cf_9: ['https://example.test/?q=1', ' spaces ', ''],
    },
    refused: { dueDate: '2030-02-30' },
    secrets: [badKey, ...Object.values(users).map((user) => user.apiKey)],
    told: () => JSON.stringify([told, ledger.entries()]),
    open,
    accountId: (who) => (who === 'unknown' ? '0' : String(users[logins[who]].id)),
    statuses,
    priorities: facts.priorities,
  };
}
