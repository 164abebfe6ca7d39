import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseIntegrationFile, writeIntegrationFile } from '../../main/integration-file.js';
import { integrationJsonSchema } from '../../preload/contract/integration.js';
import { codeBlocks, codeIn, readDoc, sectionsOf, tableRows } from './markdown.js';

const doc = readDoc('integration-file.md');
const examples = codeBlocks(doc, 'yaml');
const schemaFile = new URL('../../integration.schema.json', import.meta.url);

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

/** Every path of the schema as the page writes it: `fields[].values[].left`. */
function pathsOf(node: SchemaNode, at: string): readonly string[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const path = at === '' ? name : `${at}.${name}`;
    return [path, ...pathsOf(child, path)];
  });
  const items = node.items === undefined ? [] : pathsOf(node.items, `${at}[]`);
  return [...own, ...items, ...(node.anyOf ?? []).flatMap((each) => pathsOf(each, at))];
}

describe('docs/integration-file.md', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThanOrEqual(4);
  });

  it.each(examples.map((text) => [parseName(text), text]))('example %s is a valid file', (_, text) => {
    const read = parseIntegrationFile(text);
    expect(read.ok ? [] : read.problems).toEqual([]);
    if (read.ok) expect(parseIntegrationFile(writeIntegrationFile(read.config))).toEqual(read);
  });

  it('lists every path that a file may have, and no other', () => {
    const listed = tableRows(sectionsOf(doc, 2).get('Everything') ?? '').map(([path]) => codeIn(path));
    expect([...listed].sort()).toEqual([...pathsOf(integrationJsonSchema(), '')].sort());
  });
});

describe('integration.schema.json', () => {
  it('is what the program makes (write it with: npx vitest run test/docs/integration-file.test.ts -u)', async () => {
    await expect(`${JSON.stringify(integrationJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(schemaFile.pathname);
  });

  it('takes every example of the page, and refuses what the program refuses', () => {
    const schema = JSON.parse(readFileSync(schemaFile, 'utf8')) as Record<string, unknown>;
    const validate = new Ajv2020({ strict: true, strictTypes: false }).compile(schema);
    for (const text of examples) {
      const value = parse(text) as Record<string, unknown>;
      expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
      expect(validate({ ...value, policy: 'loudest' })).toBe(false);
      expect(validate({ ...value, colour: 'blue' })).toBe(false);
      expect(validate({ ...value, fields: [] })).toBe(false);
    }
  });
});

function parseName(text: string): string {
  return /^name: (.+)$/m.exec(text)?.[1] ?? 'without a name';
}
