import { describe, expect, it } from 'vitest';
import {
  integrationFileError,
  parseIntegrationFile,
  writeIntegrationFile,
  type FileProblem,
} from '../../main/integration-file.js';

const good = `name: web-shop
left:
  connection: here
  scope: shop
right:
  connection: there
  scope: shop
types:
  - { left: Bug, right: Bug }
fields:
  - left: subject
    right: subject
  - left: status
    right: status
    policy: newest
    values:
      - { left: New, right: New }
`;

function problems(text: string): readonly FileProblem[] {
  const parsed = parseIntegrationFile(text);
  return parsed.ok ? [] : parsed.problems;
}

function only(text: string): FileProblem {
  const all = problems(text);
  expect(all).toHaveLength(1);
  return all[0] as FileProblem;
}

const changed = (from: string, to: string): string => {
  expect(good).toContain(from);
  return good.replace(from, to);
};

describe('integration file', () => {
  it('is read, with defaults filled in', () => {
    const parsed = parseIntegrationFile(good);
    expect(parsed).toMatchObject({
      ok: true,
      config: { name: 'web-shop', create: 'both', comments: { policy: 'ask' } },
    });
  });

  it('comes back the same when it is written and read', () => {
    const parsed = parseIntegrationFile(good);
    if (!parsed.ok) throw new Error('not read');
    expect(parseIntegrationFile(writeIntegrationFile(parsed.config))).toEqual(parsed);
  });

  it('names an unknown key, its place and the one that was meant', () => {
    expect(only(changed('    policy: newest', '    polcy: newest'))).toMatchObject({
      line: 15,
      column: 5,
      path: 'fields[1].polcy',
      hint: expect.stringContaining('Did you mean "policy"?') as string,
    });
  });

  it('lists what is possible for a wrong word', () => {
    expect(only(changed('policy: newest', 'policy: nwest'))).toMatchObject({
      line: 15,
      column: 13,
      path: 'fields[1].policy',
      message: '"nwest" is not possible here.',
      hint: 'Did you mean "newest"? Possible: left, right, newest, ask.',
    });
  });

  it('says what a missing key is for, at the thing that lacks it', () => {
    expect(only(changed('  connection: there\n', ''))).toMatchObject({
      line: 6,
      path: 'right.connection',
      message: 'is missing.',
      hint: expect.stringContaining('Name of a connection') as string,
    });
  });

  it('asks for quotes around a number that is meant as text', () => {
    expect(only(changed('scope: shop\nright', 'scope: 12\nright'))).toMatchObject({
      line: 4,
      path: 'left.scope',
      hint: 'Write it in quotes: "12".',
    });
  });

  it('looks into the branch of a choice that was meant', () => {
    expect(only(changed('{ left: New, right: New }', '{ left: New, rigth: New, right: New }'))).toMatchObject({
      line: 17,
      path: 'fields[1].values[0].rigth',
    });
    expect(only(changed('values:\n      - { left: New, right: New }', 'values: by-nam')).path).toBe('fields[1].values');
  });

  it('tells all problems, in the order of the file', () => {
    const all = problems(
      changed('policy: newest', 'policy: x').replace('- { left: Bug, right: Bug }', '- { left: Bug }'),
    );
    expect(all.map(({ path }) => path)).toEqual(['types[0].right', 'fields[1].policy']);
  });

  it.each([
    ['a tab', 'name: a\nleft:\n\tscope: x\n', 3],
    ['an open quote', 'name: "a\nleft: 1\n', 0],
    ['a key twice', 'name: a\nname: b\n', 2],
    ['two documents', 'name: a\n---\nname: b\n', 2],
    ['an unknown tag', 'name: !!js/function "x"\n', 1],
    ['bad indentation', 'name: a\n  left: b\n', 0],
  ])('tells where YAML is broken: %s', (_what, text, line) => {
    const found = problems(text);
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]?.message).toContain('This is not YAML');
    if (line > 0) expect(found[0]?.line).toBe(line);
  });

  it('refuses an empty file, a list, and a word', () => {
    expect(only('').message).toBe('The file is empty.');
    expect(only('# nothing\n').message).toBe('The file is empty.');
    expect(only('- a\n').message).toContain('is not a map');
    expect(only('hello\n').message).toContain('is not a map');
  });

  it('refuses references that blow up', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((name, index) => {
        const before = 'abcdefgh'[index] ?? '';
        return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(',')}]`;
      }),
    ].join('\n');
    expect(only(bomb).message).toContain('references');
  });

  it('refuses keys that mean something to JavaScript', () => {
    expect(problems(`${good}__proto__: { polluted: true }\n`).map(({ path }) => path)).toEqual(['__proto__']);
    expect(problems(`${good}constructor: 1\n`).map(({ path }) => path)).toEqual(['constructor']);
  });

  it('becomes an error that names file, line, column and field', () => {
    const error = integrationFileError('shop.yaml', problems(changed('policy: newest', 'policy: x')));
    expect(error.code).toBe('integration-file-invalid');
    expect(error.message).toContain('shop.yaml:15:13: fields[1].policy: "x" is not possible here. Possible: left');
    expect(error.action).toContain('integration schema');
  });
});
