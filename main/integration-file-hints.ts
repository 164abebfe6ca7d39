import type { z } from 'zod';
import { integrationJsonSchema } from '../preload/contract/integration.js';
import { closest } from './suggest.js';

export type FieldPath = readonly (string | number)[];

/** What is wrong at a place, in words. `key`: the name of a key of the map at `path`, where the name is what is wrong. */
export interface ExplainedIssue {
  readonly path: FieldPath;
  readonly key: string | null;
  readonly message: string;
  readonly hint: string | null;
}

type Issue = z.core.$ZodIssue;

/** Zod's findings in the words of the file's writer. `valueAt` gives what the file holds; undefined where nothing. */
export function explainIssues(
  issues: readonly Issue[],
  valueAt: (path: FieldPath) => unknown,
): readonly ExplainedIssue[] {
  return issues.flatMap((issue) => explain(issue, plainPath(issue.path), valueAt));
}

function plainPath(path: readonly PropertyKey[]): FieldPath {
  return path.map((step) => (typeof step === 'symbol' ? String(step) : step));
}

function explain(issue: Issue, path: FieldPath, valueAt: (path: FieldPath) => unknown): readonly ExplainedIssue[] {
  const value = valueAt(path);
  const here = (message: string, hint: string | null): readonly ExplainedIssue[] => [
    { path, key: null, message, hint },
  ];
  const schema = schemaAt(path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = Object.keys(schema?.properties ?? {});
      return issue.keys.map((key) => ({
        path,
        key,
        message: `there is no such key here.`,
        hint: knownWords(key, known),
      }));
    }
    case 'invalid_type':
      if (value === undefined) return here('is missing.', describe(schema));
      if (value === null) return here('is empty.', describe(schema));
      if (issue.expected === 'string' && typeof value !== 'object') {
        return here(
          `${JSON.stringify(value)} is a ${typeof value}, and text is needed.`,
          `Write it in quotes: "${show(value)}".`,
        );
      }
      return here(`${show(value)} is not ${nameOfType(issue.expected)}.`, describe(schema));
    case 'invalid_value': {
      const words = issue.values.map(String);
      if (value === undefined) return here('is missing.', `Use one of: ${words.join(', ')}.`);
      return here(`${show(value)} is not possible here.`, knownWords(show(value), words));
    }
    case 'invalid_union': {
      const deepest = issue.errors
        .filter((branch) => branch.some((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'))
        .at(-1);
      if (deepest === undefined) return here(`${show(value)} is not possible here.`, describe(schema));
      return deepest.flatMap((inner) => explain(inner, [...path, ...plainPath(inner.path)], valueAt));
    }
    case 'too_small':
      if (issue.origin === 'string') return here('is empty.', describe(schema));
      if (issue.origin === 'array') return here('needs at least one entry.', describe(schema));
      return here(`${show(value)} is too small.`, `Use ${String(issue.minimum)} or more.`);
    case 'too_big':
      if (issue.origin === 'string') return here('is too long.', `At most ${String(issue.maximum)} characters.`);
      return here(`${show(value)} is too large.`, `Use ${String(issue.maximum)} or less.`);
    case 'invalid_format':
      return here(`${show(value)} is not possible here:`, `${issue.message}.`);
    case 'not_multiple_of':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return here(issue.message, describe(schema));
  }
}

function knownWords(word: string, known: readonly string[]): string {
  const near = closest(word, known);
  const list = `Possible: ${known.join(', ')}.`;
  return near === null ? list : `Did you mean "${near}"? ${list}`;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  return typeof value === 'string' ? `"${value}"` : String(value);
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list (lines that begin with "- ")',
  object: 'a map (lines of the form "key: value")',
};

function nameOfType(type: string): string {
  return typeNames[type] ?? type;
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
}

/** The published schema is also what hints are made of, so that both say the same. */
const published = integrationJsonSchema() as JsonSchema;

function schemaAt(path: FieldPath): JsonSchema | null {
  let at: JsonSchema | undefined = published;
  for (const step of path) {
    const branches: readonly JsonSchema[] = at.anyOf ?? [at];
    at = branches
      .map((branch) => (typeof step === 'number' ? branch.items : branch.properties?.[step]))
      .find((next) => next !== undefined);
    if (at === undefined) return null;
  }
  return at;
}

function describe(schema: JsonSchema | null): string | null {
  if (schema === null) return null;
  if (schema.description !== undefined) return schema.description;
  if (schema.enum !== undefined) return `Use one of: ${schema.enum.map(String).join(', ')}.`;
  const keys = Object.keys(schema.properties ?? {});
  return keys.length > 0 ? `It has: ${keys.join(', ')}.` : null;
}
