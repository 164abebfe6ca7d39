import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { makeBundleFiles } from '../../../../main/logging/support-bundle/make.js';
import { createSlices, type Slices } from '../../../../main/logging/support-bundle/slices.js';
import { createStandIns } from '../../../../main/logging/support-bundle/stand-ins.js';
import { findLeaks } from '../../../../main/logging/support-bundle/verify.js';
import { zipMembers } from '../../../../main/logging/support-bundle/zip.js';
import { partsOf, rowsOf, versions } from './bundle-kit.js';

const most = 80_000;

interface Measured extends Slices {
  readonly pauses: number;
  /** Of any slice. */
  readonly largest: number;
  readonly total: number;
}

/** @param onPause tells of the thread being free in between */
function measure(onPause: () => void = () => undefined): Measured {
  const found = { pauses: 0, largest: 0, total: 0, slice: 0 };
  const slices = createSlices(async () => {
    found.pauses += 1;
    found.slice = 0;
    onPause();
    await nextTurn();
  }, most);
  return {
    before(characters) {
      const wait = slices.before(characters);
      found.slice += characters;
      found.total += characters;
      found.largest = Math.max(found.largest, found.slice);
      return wait;
    },
    get pauses() {
      return found.pauses;
    },
    get largest() {
      return found.largest;
    },
    get total() {
      return found.total;
    },
  };
}

const parts = partsOf({
  rows: rowsOf(
    Array.from({ length: 2_000 }, (_, index) => ({
      pairId: `pair ${String(index)}`,
      title: `A title of item ${String(index)}`,
      before: `What it was before: ${String(index)} ${'long '.repeat(index % 200)}`,
      after: `What it is: ${String(index)}`,
    })),
  ),
  appLog: Array.from({ length: 500 }, (_, index) =>
    JSON.stringify({ event: 'request', path: `/issues/${String(index)}` }),
  ).join('\n'),
});

describe('a large bundle', () => {
  it('is made, verified and zipped in slices of a bounded size', async () => {
    let standInsOfSlice = 0;
    let mostStandIns = 0;
    const making = measure(() => (standInsOfSlice = 0));
    const standIn = createStandIns(new Uint8Array(32));
    const files = await makeBundleFiles(
      parts,
      (kind, value) => {
        standInsOfSlice += 1;
        mostStandIns = Math.max(mostStandIns, standInsOfSlice);
        return standIn(kind, value);
      },
      making,
    );
    expect(making.largest).toBeLessThanOrEqual(most);
    expect(making.pauses).toBeGreaterThan(50);
    expect(mostStandIns).toBeLessThan(most / 100);

    const length = files.reduce((sum, { text }) => sum + text.length, 0);
    const values = parts.rows.flatMap(({ entry }) => [entry.title, String(entry.before), String(entry.after)]);
    const verifying = measure();
    const forbidden = { always: [], values, versions: Object.values(versions).map(String) };
    expect(await findLeaks(files, forbidden, verifying)).toEqual([]);
    expect(verifying.largest).toBeLessThanOrEqual(most);
    // Every character once for the structure and once for the search, however many values are searched for.
    const newlines = files.reduce(
      (sum, { name, text }) => sum + (name.endsWith('.jsonl') ? text.split('\n').length - 1 : 0),
      0,
    );
    expect(verifying.total).toBe(2 * length - newlines + values.length * 64);

    const zipping = measure();
    const members = files.map(({ name, text }) => ({ name, content: new TextEncoder().encode(text) }));
    await zipMembers(members, Date.UTC(2031, 0, 1), zipping);
    expect(zipping.largest).toBeLessThanOrEqual(most);
    expect(zipping.total).toBe(members.reduce((sum, { content }) => sum + content.length, 0));
  });

  it('is given up as soon as nobody waits for it', async () => {
    const cancel = new AbortController();
    let pauses = 0;
    const slices = createSlices(async () => {
      await nextTurn();
      pauses += 1;
      if (pauses === 3) cancel.abort();
      cancel.signal.throwIfAborted();
    }, most);
    await expect(makeBundleFiles(parts, createStandIns(new Uint8Array(32)), slices)).rejects.toThrow('aborted');
    expect(pauses).toBe(3);
  });
});
