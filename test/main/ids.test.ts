import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitHeader, writeHeader } from '../../main/engine/comment-header.js';
import { contentHash, createEngineIds, freshId, toBase32 } from '../../main/ids.js';

const random = { bytes: (length: number) => new Uint8Array(length).fill(7), unit: () => 0.5 };
const make = (integrationId: string, fill = 1): ReturnType<typeof createEngineIds> =>
  createEngineIds({ workspaceId: 'w', integrationId, key: new Uint8Array(32).fill(fill), random });

describe('ids', () => {
  it('writes base32 as RFC 4648 does, in small letters and without padding', () => {
    const vectors: Readonly<Record<string, string>> = {
      '': '',
      'f': 'my',
      'fo': 'mzxq',
      'foo': 'mzxw6',
      'foob': 'mzxw6yq',
      'fooba': 'mzxw6ytb',
      'foobar': 'mzxw6ytboi',
    };
    for (const [text, expected] of Object.entries(vectors)) expect(toBase32(Buffer.from(text))).toBe(expected);
  });

  it('gives one item one pair id, another for another side, item, integration or key', () => {
    const ids = make('a');
    const all = [
      ids.pairId('left', '12'),
      ids.pairId('right', '12'),
      ids.pairId('left', '1'),
      make('b').pairId('left', '12'),
      make('a', 2).pairId('left', '12'),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(make('a').pairId('left', '12')).toBe(all[0]);
    for (const id of all) expect(id).toMatch(/^[a-z2-7]{16}$/);
  });

  it('does not mistake where one part ends and the next begins', () => {
    const ids = make('a');
    expect(ids.commentCode('left', '1', '23')).not.toBe(ids.commentCode('left', '12', '3'));
  });

  it('knows its own comment codes, in the form that the header carries', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.constantFrom('left' as const, 'right' as const),
        (item, comment, side) => {
          const ids = make('a');
          const code = ids.commentCode(side, item, comment);
          const line = writeHeader('Ann', '2026-01-02T03:04:05Z', code);
          expect(splitHeader(`${line}\n\ntext`).header?.code).toBe(code);
          expect(ids.ownsCode(code)).toBe(true);
          expect(make('b').ownsCode(code)).toBe(false);
          expect(make('a', 2).ownsCode(code)).toBe(false);
        },
      ),
    );
  });

  it('refuses a code with one character changed', () => {
    const ids = make('a');
    const code = ids.commentCode('left', '1', '2');
    for (let index = 0; index < code.length; index += 1) {
      const other = code[index] === 'a' ? 'b' : 'a';
      expect(ids.ownsCode(code.slice(0, index) + other + code.slice(index + 1))).toBe(false);
    }
    expect(ids.ownsCode('')).toBe(false);
    expect(ids.ownsCode(`${code}a`)).toBe(false);
  });

  it('draws 16 characters and names contents', () => {
    expect(freshId(random)).toMatch(/^[a-z2-7]{16}$/);
    expect(contentHash('a')).toBe(contentHash('a'));
    expect(contentHash('a')).not.toBe(contentHash('b'));
  });
});
