import { expect } from 'vitest';
import { sides } from '../../../preload/contract/values.js';
import type { ConflictList, SyncView } from '../../../preload/contract/views.js';
import type { Ended } from '../../support/terminal.js';
import type { People } from './people.js';
import { pictureOf, type IssuePicture } from './picture.js';
import { testBrakes, type World } from './world.js';

/** A sync that must come to its end; conflicts that wait are no failure. */
export async function sync({ terminal, name }: World, ...more: readonly string[]): Promise<SyncView> {
  const ended = await terminal.run(['sync', name, '--release', testBrakes, ...more, '--json']);
  expect([0, 3], told(ended)).toContain(ended.code);
  return JSON.parse(ended.stdout) as SyncView;
}

/** As a user does whose tracker was slow: once more, where a request was not answered in time. */
export async function syncToEnd({ terminal, name }: World, ...more: readonly string[]): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const ended = await terminal.run(['sync', name, '--release', testBrakes, ...more]);
    if (ended.code === 0 || ended.code === 3) return;
    if (ended.code !== 1 || attempt === 6) throw new Error(told(ended));
  }
}

export function told({ code, stdout, stderr }: Ended): string {
  return `ended with ${String(code)}\n${stdout}\n${stderr}`;
}

/** Requests that write, in both Redmines' own logs, while `work` went on. */
export async function writesDuring({ sites }: World, work: () => Promise<unknown>): Promise<number> {
  const marks = sides.map((side) => sites[side].server.logMark());
  await work();
  return sides.reduce((sum, side, index) => sum + sites[side].server.writes(marks[index]), 0);
}

export function conflictsOf({ terminal, name }: World): Promise<ConflictList> {
  return terminal.json<ConflictList>(['conflicts', name]);
}

/** Equal in every mapped field, nothing doubled, nothing lost; by Redmine's API and the people's own book. */
export async function expectInStep(world: World, people: People, seed: number): Promise<void> {
  const [left, right] = [await pictureOf(world.sites.left), await pictureOf(world.sites.right)];
  expect(right, `seed ${String(seed)}`).toEqual(left);
  expect(left.length, 'every issue that people made, once').toBe(people.created());
  expectRemarksOnce(left, people);
}

function expectRemarksOnce(pictures: readonly IssuePicture[], people: People): void {
  const seen = new Map<string, number>();
  for (const { comments } of pictures) {
    for (const text of comments as readonly string[]) {
      const first = text.split('\n')[0] ?? '';
      seen.set(first, (seen.get(first) ?? 0) + 1);
    }
  }
  expect(people.untouchedRemarks().filter((text) => seen.get(text) !== 1)).toEqual([]);
  expect([...seen].filter(([, times]) => times > 1)).toEqual([]);
}
