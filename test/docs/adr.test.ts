import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readDoc, tableRows } from './markdown.js';

const names = readdirSync(new URL('../../docs/adr', import.meta.url)).sort();

describe('docs/adr', () => {
  it('is numbered without a gap, each with a title of its number', () => {
    expect(names.map((name) => Number(/^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1]))).toEqual(names.map((_, i) => i + 1));
    for (const name of names) expect(readDoc(`adr/${name}`)).toMatch(new RegExp(`^# ${name.slice(0, 4)}: .+\n`));
  });

  it.each(names)('%s tells context, decision, consequences, and what was refused', (name) => {
    const parts = [...readDoc(`adr/${name}`).matchAll(/^\*\*([A-Z]\w+)\./gm)].map(([, part]) => part);
    for (const part of ['Context', 'Consequences', 'Refused']) expect(parts).toContain(part);
    expect(readDoc(`adr/${name}`)).toMatch(/^\*\*Decision\*\*|^\*\*Decision\.\*\*/m);
  });

  it('is listed in docs/README.md, every one', () => {
    const listed = [...readDoc('README.md').matchAll(/\]\(adr\/([^)]+\.md)\)/g)].map(([, name]) => name);
    expect(listed).toEqual(names);
  });

  it('says of every dependency why it is there, and of no other', () => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    ) as Readonly<Record<'dependencies' | 'devDependencies', Record<string, string> | undefined>>;
    const told = tableRows(readDoc('adr/0004-dependencies.md')).flatMap(([cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''),
    );
    expect([...told].sort()).toEqual(Object.keys({ ...dependencies, ...devDependencies }).sort());
  });
});
