import { z } from 'zod';
import type { BrakeName } from '../../preload/contract/plan.js';
import { brakeNames } from '../../preload/contract/plan.js';
import { fieldValueSchema, sideSchema } from '../../preload/contract/values.js';
import type { Conflict } from '../../main/engine/state.js';
import { createMemoryEngineStore } from '../fakes/memory-engine-store.js';
import { allBrakes, memoryConfig, MemoryPair } from '../fakes/memory-pair.js';
import { describeReport, describePreview } from './describe.js';

/** The steps of a scenario file, and what carries them out. Items are named by their refs: l1, l2 ..., r1, r2 ... */

const fields = z.record(z.string(), fieldValueSchema);
const at = { on: sideSchema, item: z.string() };
const visibility = z.enum(['public', 'private']);
const release = z.array(z.enum(brakeNames));

const stepSchema = z.union([
  z.strictObject({ add: z.strictObject({ on: sideSchema, private: z.boolean().optional(), marker: z.string().optional(), fields }) }), // prettier-ignore
  z.strictObject({ edit: z.strictObject({ ...at, fields }) }),
  z.strictObject({ remove: z.strictObject(at) }),
  z.strictObject({ move: z.strictObject({ ...at, to: z.string() }) }),
  z.strictObject({ private: z.strictObject(at) }),
  z.strictObject({ hide: z.strictObject(at) }),
  z.strictObject({ show: z.strictObject(at) }),
  z.strictObject({ refuse: z.strictObject({ ...at, field: z.string() }) }),
  z.strictObject({ allow: z.strictObject({ ...at, field: z.string() }) }),
  z.strictObject({ comment: z.strictObject({ ...at, body: z.string(), visibility: visibility.optional() }) }),
  z.strictObject({ 'edit-comment': z.strictObject({ ...at, nth: z.number(), body: z.string().optional(), visibility: visibility.optional() }) }), // prettier-ignore
  z.strictObject({ 'delete-comment': z.strictObject({ ...at, nth: z.number() }) }),
  /** What a person does just before this request of ours arrives. */
  z.strictObject({ gap: z.strictObject({ ...at, before: z.string(), fields }) }),
  z.strictObject({ site: z.strictObject({ on: sideSchema, id: z.string() }) }),
  z.strictObject({ skew: z.strictObject({ on: sideSchema, seconds: z.number() }) }),
  z.strictObject({ 'list-nothing': z.strictObject({ on: sideSchema, really: z.boolean() }) }),
  z.strictObject({ config: z.record(z.string(), z.unknown()) }),
  z.strictObject({ 'lose-store': z.literal(true) }),
  z.strictObject({ resolve: z.strictObject({ field: z.string().nullable(), take: z.union([sideSchema, z.strictObject({ value: fieldValueSchema })]) }) }), // prettier-ignore
  z.strictObject({ tick: z.number() }),
  z.strictObject({ sync: z.strictObject({ full: z.boolean().optional(), release: release.optional() }) }),
  z.strictObject({ preview: z.strictObject({ full: z.boolean().optional() }) }),
  z.strictObject({ execute: z.strictObject({ 'leave-out': z.array(z.number()).optional() }) }),
]);
type Step = z.infer<typeof stepSchema>;

const trackerSchema = z.strictObject({
  derivedPriority: z.boolean().optional(),
  fixedFirstStatus: z.boolean().optional(),
  capabilities: z.record(z.string(), z.unknown()).optional(),
  rights: z.record(z.string(), z.boolean()).optional(),
});

export const scenarioSchema = z.strictObject({
  title: z.string(),
  config: z.record(z.string(), z.unknown()).optional(),
  marker: z.boolean().optional(),
  left: trackerSchema.optional(),
  right: trackerSchema.optional(),
  steps: z.array(stepSchema).min(1),
});
export type Scenario = z.infer<typeof scenarioSchema>;

/** Plays a scenario. Each sync and preview adds to the text that its file of expectations holds. */
export async function play(scenario: Scenario): Promise<string> {
  const pair = new MemoryPair({
    config: scenario.config ?? {},
    ...(scenario.marker === undefined ? {} : { marker: scenario.marker }),
    left: scenario.left as object,
    right: scenario.right as object,
  });
  const text: string[] = [];
  let preview: Awaited<ReturnType<MemoryPair['preview']>> | null = null;
  for (const step of scenario.steps) {
    if ('sync' in step) {
      pair.tick(200);
      // What is named is released, and nothing else; without a name everything is, so that other scenarios stay short.
      const released: readonly BrakeName[] = step.sync.release ?? allBrakes;
      text.push(describeReport(pair, await pair.sync({ full: step.sync.full ?? false, released })));
    } else if ('preview' in step) {
      pair.tick(200);
      preview = await pair.preview(step.preview.full ?? false);
      text.push(describePreview(pair, preview));
    } else if ('execute' in step) {
      if (preview === null) throw new Error('a scenario executes a preview that it did not make');
      const made = JSON.parse(JSON.stringify(preview)) as typeof preview;
      text.push(
        await pair.execute(made, step.execute['leave-out']).then(
          (report) => describeReport(pair, report),
          (thrown: unknown) => `refused: ${String(thrown)}\n`,
        ),
      );
    } else if ('resolve' in step) await resolve(pair, step.resolve);
    else act(pair, step);
  }
  return text.join('\n');
}

type Act = Exclude<Step, { sync: unknown } | { preview: unknown } | { execute: unknown } | { resolve: unknown }>;

function act(pair: MemoryPair, step: Act): void {
  if ('add' in step) {
    const { on, fields: values, marker, private: secret } = step.add;
    pair.tracker(on).add(values, 'ann', { private: secret ?? false, marker: marker ?? null });
  } else if ('edit' in step) pair.tracker(step.edit.on).edit(step.edit.item, step.edit.fields);
  else if ('remove' in step) pair.tracker(step.remove.on).remove(step.remove.item);
  else if ('move' in step) pair.tracker(step.move.on).move(step.move.item, step.move.to);
  else if ('private' in step) {
    const row = pair.tracker(step.private.on).row(step.private.item);
    Object.assign(row, { private: true, updatedAt: pair.nowMs });
  } else if ('hide' in step) pair.tracker(step.hide.on).hidden.add(step.hide.item);
  else if ('show' in step) pair.tracker(step.show.on).hidden.delete(step.show.item);
  else if ('refuse' in step) pair.tracker(step.refuse.on).frozenFields.add(`${step.refuse.item}.${step.refuse.field}`);
  else if ('allow' in step) pair.tracker(step.allow.on).frozenFields.delete(`${step.allow.item}.${step.allow.field}`);
  else if ('comment' in step) {
    const { on, item, body, visibility: seen } = step.comment;
    pair.tracker(on).comment(item, body, 'ann', seen ?? 'public');
  } else if ('edit-comment' in step) editComment(pair, step['edit-comment']);
  else if ('delete-comment' in step) {
    const { on, item, nth } = step['delete-comment'];
    pair.tracker(on).deleteComment(item, pair.tracker(on).row(item).comments[nth]?.ref ?? '');
  } else if ('gap' in step) {
    const { on, item, before, fields: values } = step.gap;
    pair.around = (side, event) => {
      if (side !== on || event.request !== before || event.when !== 'before') return;
      pair.around = () => undefined;
      pair.tracker(on).edit(item, values);
    };
  } else if ('site' in step) pair.tracker(step.site.on).siteId = step.site.id;
  else if ('skew' in step) pair.tracker(step.skew.on).skewMs = step.skew.seconds * 1000;
  else if ('list-nothing' in step) pair.tracker(step['list-nothing'].on).listsNothing = step['list-nothing'].really;
  else if ('config' in step) pair.config = memoryConfig(step.config);
  else if ('lose-store' in step) pair.store = createMemoryEngineStore();
  else pair.tick(step.tick);
}

function editComment(pair: MemoryPair, edit: Extract<Step, { 'edit-comment': unknown }>['edit-comment']): void {
  const tracker = pair.tracker(edit.on);
  const comment = tracker.row(edit.item).comments[edit.nth];
  if (comment === undefined) throw new Error(`no comment ${String(edit.nth)} in ${edit.item}`);
  // People edit below the header line that they see.
  const header = /^.* \(ref [a-z2-7]{16}\):\n\n/u.exec(comment.body)?.[0] ?? '';
  tracker.editComment(edit.item, comment.ref, {
    ...(edit.body === undefined ? {} : { body: header + edit.body }),
    ...(edit.visibility === undefined ? {} : { visibility: edit.visibility }),
  });
}

async function resolve(pair: MemoryPair, answer: Extract<Step, { resolve: unknown }>['resolve']): Promise<void> {
  const open = await pair.store.openConflicts();
  const fits = (conflict: Conflict): boolean =>
    answer.field === 'comment' ? (conflict.field ?? '').startsWith('comment:') : conflict.field === answer.field;
  const conflict = open.find(fits);
  if (conflict === undefined) throw new Error(`no open conflict about ${String(answer.field)}`);
  await pair.resolve(conflict, typeof answer.take === 'string' ? { side: answer.take } : answer.take.value);
}
