import { hash as hashOnce, createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { LockstepError } from '../../../preload/contract/errors.js';

/**
 * How a value is kept in one column: a byte that names the form, then JSON as it is (0) or deflated with the
 * dictionary below (1). A dictionary can never be changed, only another form be added.
 */
const forms = { plain: 0, deflated: 1 } as const;

/** Below this, deflating costs more time than it saves bytes. */
const deflateFromBytes = 96;

/** Words that values of ours often hold, the likeliest last: short values would find nothing to refer to otherwise. */
const dictionary = Buffer.from(
  [
    '"items":[],"requests":{"left":,"right":},"forecast":{},"brakes":[],"notices":[],"checkedUpTo":{"left":"","right":""}',
    '"mode":"sync","outcome":"running","counts":{"created":0,"updated":0,"failed":0},"candidates":[],"loserSide":null,',
    '"seen":"present","item":{"ref":"","key":"#","url":"http://","scope":"","fields":{"type":"","raws":{},',
    '"createdAt":"2025-01-01T00:00:00Z","createdBy":"","private":false,"marker":null,"comments":[{"ref":"","body":"",',
    '"visibility":"public","authorId":"","authorName":"","createdAt":"2026-01-01T00:00:00Z"}],"commentsComplete":true',
    '"customfield_100":"","components":[""],"fixVersions":[],"duedate":null,"timeoriginalestimate":,"issuetype":"1000",',
    '"tracker":"","fixed_version":null,"category":null,"estimated_hours":null,"is_private":false,"cf_1":"","cf_2":"",',
    '"fieldTimes":{"subject":"2026-01-01T00:00:00Z","description":"2026-01-01T00:00:00Z"},"summary":"","labels":["',
    '"status":"1","priority":"2","assignee":null,"start_date":"2026-","due_date":null,"done_ratio":0,"parent":null,',
    '"notEditable":{"priority":"derived","start_date":"derived","due_date":"derived","done_ratio":"derived"},"revision":"',
    '"troubles":[],"decisions":{},"flips":[],"subject":"","description":["","',
    '{"pairId":"","side":"right","kind":"set","field":"","outcome":"done","reason":"changed-left","before":null,"after":"',
    '","sourceBefore":null,"source":"","refs":{"left":"","right":""},"title":"","message":null,"code":null,"atMs":17,',
    '"durationMs":null}',
  ].join(''),
  'utf8',
);

/** Any JSON value as the bytes of a column. */
export function encodeJson(value: unknown): Uint8Array {
  return pack(JSON.stringify(value));
}

/** @throws LockstepError `internal` where the bytes are of a form that this version does not know */
export function decodeJson(bytes: Uint8Array): unknown {
  return JSON.parse(unpack(bytes));
}

export function pack(json: string): Uint8Array {
  const plain = Buffer.from(json, 'utf8');
  if (plain.length >= deflateFromBytes) {
    // A smaller window is set up several times faster; the dictionary has to fit into it beside the value.
    const windowBits = plain.length < 6_000 ? 13 : 15;
    const deflated = deflateRawSync(plain, { level: 6, windowBits, memLevel: windowBits === 13 ? 6 : 8, dictionary });
    if (deflated.length < plain.length) return withForm(forms.deflated, deflated);
  }
  return withForm(forms.plain, plain);
}

export function unpack(bytes: Uint8Array): string {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset + 1, bytes.length - 1);
  switch (bytes[0]) {
    case forms.plain:
      return content.toString('utf8');
    case forms.deflated:
      return inflateRawSync(content, { dictionary }).toString('utf8');
    default:
      throw new LockstepError('internal', `A stored value has the unknown form ${String(bytes[0])}.`);
  }
}

function withForm(form: number, content: Buffer): Uint8Array {
  const bytes = new Uint8Array(content.length + 1);
  bytes[0] = form;
  bytes.set(content, 1);
  return bytes;
}

/** SHA-256 in base64url, cut to 144 bits: nobody finds two texts of one name, and the name stays short. */
export function nameOfText(text: string): string {
  // `crypto.hash` came with Node 20.12; program and tests go from 20.19 on.
  return hashOnce('sha256', text, 'base64url').slice(0, 24);
}

/** For telling whether something is still what was written last. */
export function digestOf(...parts: readonly string[]): string {
  const hasher = createHash('sha256');
  for (const part of parts) hasher.update(`${String(part.length)}:`).update(part);
  return hasher.digest('base64');
}
