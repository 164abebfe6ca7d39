import { describe, expect, it } from 'vitest';
import { errorCodes, errorKinds, type ErrorCode } from '../../preload/contract/errors.js';
import { readDoc, sectionsOf } from './markdown.js';

const doc = readDoc('errors.md');
const codesOf = (kind: string): readonly string[] =>
  (Object.keys(errorCodes) as ErrorCode[]).filter((code) => errorCodes[code] === kind).sort();

describe('docs/errors.md', () => {
  it('has the kinds of the program, in their order', () => {
    expect([...sectionsOf(doc, 2).keys()]).toEqual([...errorKinds]);
  });

  it.each([...errorKinds])('has every code of kind %s and no other, sorted', (kind) => {
    const section = sectionsOf(doc, 2).get(kind) ?? '';
    expect([...sectionsOf(section, 3).keys()]).toEqual(codesOf(kind).map((code) => `\`${code}\``));
  });

  it.each([...sectionsOf(doc, 3)])('says of %s what happened, why, and what to do', (_, text) => {
    const [what = '', why = '', action = ''] = text.trim().split('\n');
    expect(what).toMatch(/^[A-Z].+\.$/);
    expect(why).toMatch(/^\*\*Why:\*\* .+\.$/);
    expect(action).toMatch(/^\*\*Do:\*\* .+[.`]$/);
  });
});
