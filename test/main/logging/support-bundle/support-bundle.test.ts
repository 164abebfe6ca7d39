import { unzipSync } from 'fflate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeBundleFiles } from '../../../../main/logging/support-bundle/make.js';
import { createStandIns } from '../../../../main/logging/support-bundle/stand-ins.js';
import { findLeaks, type BundleFile } from '../../../../main/logging/support-bundle/verify.js';
import { numberKeys } from '../../../../main/logging/support-bundle/vocabulary.js';
import { zipMembers } from '../../../../main/logging/support-bundle/zip.js';
import type { FieldValue } from '../../../../preload/contract/values.js';
import { partsOf, plainSlices, planted, rowsOf, versions } from './bundle-kit.js';

const key = new Uint8Array(32).fill(7);
const make = (parts: Parameters<typeof makeBundleFiles>[0], withKey = key): Promise<readonly BundleFile[]> =>
  makeBundleFiles(parts, createStandIns(withKey), plainSlices);

function verify(files: readonly BundleFile[], values: readonly string[]): Promise<readonly string[]> {
  const ofProgram = Object.values(versions).map(String);
  return findLeaks(files, { always: [], values, versions: ofProgram }, plainSlices);
}

/** As somebody would look for it who knows nothing of how bundles are made. */
function formsOf(text: string): readonly string[] {
  const base64 = [0, 1, 2].map((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString('base64');
    // What also depends on the neighbours is cut off.
    return bytes.slice(offset + 1, -4);
  });
  return [text, text.trim(), JSON.stringify(text).slice(1, -1), encodeURIComponent(text), ...base64];
}

const letters = (standIn: unknown): string => /^[a-z]+~([a-z2-7]{12})$/u.exec(String(standIn))?.[1] ?? 'none';

describe('a support bundle', () => {
  it('holds nothing that was planted, in no form, and its verifier agrees', async () => {
    await fc.assert(
      fc.asyncProperty(planted, async ({ parts, canaries }) => {
        const files = await make(parts);
        expect(files.map(({ name }) => name)).toEqual([
          'versions.json',
          'run.json',
          'log.jsonl',
          'app-log.jsonl',
          'configuration.json',
        ]);
        for (const { name, text } of files) {
          for (const form of canaries.flatMap(formsOf)) {
            if (text.includes(form)) throw new Error(`${name} holds ${form}`);
          }
        }
        expect(await verify(files, canaries)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('says the same of the same thing wherever it stands, and other things of other things', async () => {
    const pool = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 5, maxLength: 5 });
    const picks = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 2, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(pool, picks, async (texts, chosen) => {
        const texted = chosen.map(([title, value]) => ({ title: texts[title] ?? '', after: texts[value] ?? '' }));
        const files = await make(partsOf({ rows: rowsOf(texted) }));
        const rows = rowsIn(files) as readonly { readonly title: string; readonly after: { readonly is: string } }[];
        const said = new Map<string, string>();
        rows.forEach(({ title, after }, index) => {
          for (const [text, standIn] of [
            [texted[index]?.title, title],
            [texted[index]?.after, after.is],
          ] as const) {
            expect(said.get(text ?? '') ?? letters(standIn)).toBe(letters(standIn));
            said.set(text ?? '', letters(standIn));
          }
        });
        expect(new Set(said.values()).size).toBe(said.size);
        expect(said.has('none')).toBe(false);
      }),
    );
  });

  it('of another key says nothing that could be compared', async () => {
    const parts = partsOf({ rows: rowsOf([{ title: 'Invoices of March' }]) });
    const [one, other] = [await make(parts), await make(parts, new Uint8Array(32).fill(8))];
    expect(rowsIn(one)).not.toEqual(rowsIn(other));
  });

  it.each<readonly [string, fc.Arbitrary<FieldValue>, (value: FieldValue) => number]>([
    ['numbers', fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })), Number],
    [
      'dates',
      fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => date.toISOString()),
      (value) => Date.parse(String(value)),
    ],
    [
      'days',
      fc.integer({ min: 0, max: 40_000 }).map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10)),
      (value) => Date.parse(String(value)),
    ],
  ])('keeps the order of %s', async (_what, values, measure) => {
    await fc.assert(
      fc.asyncProperty(fc.array(values, { minLength: 2, maxLength: 20 }), async (all) => {
        const files = await make(partsOf({ rows: rowsOf(all.map((after, at) => ({ after, atMs: 1000 + at }))) }));
        const rows = rowsIn(files) as readonly { readonly atMs: number; readonly after: { readonly rank: number } }[];
        expect(rows.map(({ atMs }) => atMs)).toEqual(all.map((_value, at) => 1000 + at));
        all.forEach((one, at) => {
          all.forEach((other, otherAt) => {
            const [rank = NaN, otherRank = NaN] = [rows[at]?.after.rank, rows[otherAt]?.after.rank];
            expect(Math.sign(rank - otherRank)).toBe(Math.sign(measure(one) - measure(other)));
          });
        });
        expect(await verify(files, all.map(String))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('is a zip whose members are its files', async () => {
    const members = [
      { name: 'empty.json', content: new Uint8Array() },
      { name: 'small.json', content: new TextEncoder().encode('{}\n') },
      { name: 'large.jsonl', content: new TextEncoder().encode('{"seq":1}\n'.repeat(50_000)) },
    ];
    const atMs = Date.UTC(2031, 0, 1);
    const files = unzipSync(await zipMembers(members, atMs, plainSlices));
    expect(Object.keys(files)).toEqual(members.map(({ name }) => name));
    for (const { name, content } of members) expect(Buffer.from(files[name] ?? []).equals(content), name).toBe(true);
  });
});

describe('the verifier', () => {
  /** Where in a file's JSON something can be put, as a change of a copy. */
  type Place = (put: string | number) => void;

  const tampered: fc.Arbitrary<{ readonly file: number; readonly how: Tampering; readonly at: number }> = fc.record({
    file: fc.nat(4),
    how: fc.constantFrom('leaf', 'key', 'number', 'beside a stand-in', 'url', 'base64', 'loose', 'end'),
    at: fc.nat(),
  });
  type Tampering = 'leaf' | 'key' | 'number' | 'beside a stand-in' | 'url' | 'base64' | 'loose' | 'end';

  it('refuses a bundle into which something was put by hand, in every file', async () => {
    await fc.assert(
      fc.asyncProperty(planted, tampered, fc.nat(), async ({ parts, canaries }, { file, how, at }, which) => {
        const files = await make(parts);
        const target = files[file];
        if (target === undefined) throw new Error('There are five files.');
        const put = canaries[which % canaries.length] ?? '';
        const text = tamper(target, how, put, at);
        const leaks = await verify(
          files.map((each) => (each === target ? { ...each, text } : each)),
          canaries,
        );
        expect(leaks.length, `${how} ${put}`).toBeGreaterThan(0);
        for (const leak of leaks) {
          expect(leak.startsWith(target.name), leak).toBe(true);
          expect(leak).not.toContain(put);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['a mail address', 'ann.jones@tracker.example'],
    ['an address', 'https://tracker.example/'],
    ['an address', '10.20.30.40'],
  ])('finds %s that nobody named', async (what, text) => {
    const files = [{ name: 'run.json', text: JSON.stringify({ message: text }) }];
    expect(await verify(files, [])).toContain(`run.json holds ${what}.`);
  });

  it('finds a secret in its usual encodings, and across the border of two parts', async () => {
    const secret = 'p&ss word/ü-1234567890';
    const forms = [encodeURIComponent(secret), Buffer.from(`ann:${secret}`).toString('base64'), secret];
    for (const form of forms) {
      for (const filler of [0, 32_750, 32_760, 32_768]) {
        const text = `{"message":"${'-'.repeat(filler)}${form}"}\n`;
        const leaks = await findLeaks(
          [{ name: 'log.jsonl', text }],
          { always: [secret], values: [], versions: [] },
          plainSlices,
        );
        expect(leaks).toContain('log.jsonl holds a value, name or secret of yours.');
      }
    }
  });

  it('takes no offence at values that our own words or numbers hold', async () => {
    const files = await make(
      partsOf({ rows: rowsOf([{ after: 'failures' }, { after: '190000' }, { after: 'false,' }]) }),
    );
    expect(await verify(files, ['failures', '190000', 'false,', 'changed-right', '1.0.0'])).toEqual([]);
  });

  function tamper({ name, text }: BundleFile, how: Tampering, put: string, at: number): string {
    if (how === 'loose') return `${text.slice(0, at % text.length)}${put}${text.slice(at % text.length)}`;
    if (how === 'end') return `${text}${JSON.stringify(put)}\n`;
    const isLines = name.endsWith('.jsonl');
    const values = (isLines ? text.trimEnd().split('\n') : [text]).map((line) => JSON.parse(line) as unknown);
    const places: Place[] = [];
    for (const value of values) findPlaces(value, how, places);
    places[at % places.length]?.(
      how === 'url'
        ? encodeURIComponent(put)
        : how === 'base64'
          ? Buffer.from(put).toString('base64')
          : how === 'number'
            ? 987_654_321
            : put,
    );
    return isLines ? values.map((value) => `${JSON.stringify(value)}\n`).join('') : JSON.stringify(values[0]);
  }

  function findPlaces(value: unknown, how: Tampering, places: Place[], name = ''): void {
    if (Array.isArray(value)) {
      if (how === 'leaf') places.push((put) => value.push(put));
      for (const member of value) findPlaces(member, how, places, name);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const record = value as Record<string, unknown>;
    if (how === 'key') places.push((put) => (record[String(put)] = null));
    for (const [key, member] of Object.entries(record)) {
      findPlaces(member, how, places, key);
      if (typeof member === 'object' && member !== null) continue;
      if (how === 'key' || (how === 'number' && numberKeys.has(key))) continue;
      places.push((put) => {
        record[key] = how === 'beside a stand-in' ? `${String(member)} ${String(put)}` : put;
      });
    }
  }
});

function rowsIn(files: readonly BundleFile[]): readonly unknown[] {
  const text = files.find(({ name }) => name === 'log.jsonl')?.text ?? '';
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}
