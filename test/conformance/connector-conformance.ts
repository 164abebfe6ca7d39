import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../main/connectors/contract.js';
import { thrown } from './case.js';
import type { ConformanceCase, Need } from './case.js';
import { commentCases } from './cases-comments.js';
import { describeCases } from './cases-describe.js';
import { faultCases } from './cases-faults.js';
import { lookupCases } from './cases-lookup.js';
import { readCases } from './cases-read.js';
import { writeCases } from './cases-write.js';
import type { Bench, ConformanceSite } from './site.js';

/** Cases of connectors.md section 3 that nothing in the program can meet yet; each with what it waits for. */
export const laterCases: Readonly<Record<string, string>> = {
  'a search index that lags 60 s behind a create': 'no tracker with an index yet; Redmine lists out of its database',
  'a page token that expires': 'no tracker with page tokens yet; readings here go on by the item',
  'a 10 MB attachment streamed with flat memory': 'attachments are not synced yet',
  'every request and answer against the description of the vendor':
    'Redmine publishes none; the real server is the judge',
};

export interface ConformanceOptions {
  readonly manifest: Manifest;
  start(): Promise<ConformanceSite>;
  stop(): Promise<void>;
  /** Why a need is not met here. Every need that is not met must have its reason. */
  readonly unmet: Readonly<Partial<Record<Need, string>>>;
  /** Single cases that are left out here, by name, each with its reason. */
  readonly skip?: Readonly<Record<string, string>>;
  /** Cases of this tracker alone. */
  readonly more?: readonly ConformanceCase[];
}

/** The one suite that every connector passes: against its practice tracker, and against a real server where there is one. */
export function connectorConformance(title: string, options: ConformanceOptions): void {
  const groups: Readonly<Record<string, readonly ConformanceCase[]>> = {
    'describe, check, discover': describeCases,
    'read': readCases,
    'write': writeCases,
    'comments': commentCases,
    'lookups': lookupCases,
    'faults': faultCases,
    'of this tracker': options.more ?? [],
  };
  const all = Object.values(groups).flat();

  describe(title, () => {
    let site: ConformanceSite;
    beforeAll(async () => {
      site = await options.start();
    });
    afterAll(async () => {
      await options.stop();
    });
    afterEach(() => {
      site.faults?.clear();
    });

    for (const [group, cases] of Object.entries(groups)) {
      describe(group, () => {
        for (const each of cases) {
          const reason = reasonToSkip(each, options);
          if (reason === null) it(each.name, async () => each.run(await setUp(site)));
          else it.skip(`${each.name} [skipped: ${reason}]`, () => undefined);
        }
      });
    }

    describe('the suite itself', () => {
      it('is skipped only for cases that there are', () => {
        const names = all.map((each) => each.name);
        expect(new Set(names).size).toBe(names.length);
        expect(names).toEqual(expect.arrayContaining(Object.keys(options.skip ?? {})));
      });

      it('never met a secret in an error, nor in what is logged of requests', () => {
        expect(thrown.length).toBeGreaterThan(0);
        expect(site.told().length).toBeGreaterThan(1_000);
        const errors = thrown.map((error) => `${error.stack ?? ''} ${JSON.stringify(error.toAppError())}`);
        const text = [site.told(), ...errors].join('\n');
        for (const secret of site.secrets) expect(text.includes(secret)).toBe(false);
      });

      for (const [name, reason] of Object.entries(laterCases)) it.skip(`${name} [skipped: ${reason}]`, () => undefined);
    });
  });
}

function reasonToSkip(each: ConformanceCase, options: ConformanceOptions): string | null {
  const single = options.skip?.[each.name];
  if (single !== undefined) return single;
  const { capabilities, settings } = options.manifest;
  const lacks = (need: Need): boolean => {
    if (need === 'marker') return !settings.some((setting) => setting.id === 'markerField');
    return need in capabilities && capabilities[need as keyof typeof capabilities] === false;
  };
  for (const need of each.needs ?? []) {
    const reason = options.unmet[need];
    if (reason !== undefined) return reason;
    if (lacks(need)) return `${options.manifest.name} has no ${need}`;
  }
  return null;
}

/** Every case has a scope of its own, so none sees what another one left. */
async function setUp(site: ConformanceSite): Promise<Bench> {
  const { signal } = new AbortController();
  const account = site.open();
  const stranger = site.open({ who: 'stranger' });
  const scope = await site.newScope();
  const draft: Bench['draft'] = (fields = {}, marker = null) => ({
    scope: scope.scope,
    fields: { type: scope.types[0] ?? null, [site.names.title]: 'A thing to do', ...fields },
    marker,
  });
  return {
    site,
    account,
    stranger,
    scope,
    signal,
    draft,
    given: async (fields = {}) => (await stranger.create(draft(fields), signal)).item.ref,
    value: async (ref, field) => {
      const [lookup] = await stranger.getMany([ref], signal);
      if (lookup?.state !== 'present') throw new Error(`item ${ref} is not there`);
      return lookup.item.fields[field] ?? null;
    },
  };
}
