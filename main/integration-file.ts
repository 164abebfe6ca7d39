import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument, stringify, type Document, type Node } from 'yaml';
import { LockstepError } from '../preload/contract/errors.js';
import { integrationSchema, type IntegrationConfig } from '../preload/contract/integration.js';
import { explainIssues, type FieldPath } from './integration-file-hints.js';

/** One thing that is wrong with an integration file, and what would be right. */
export interface FileProblem {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** `fields[2].policy`; empty where the file as a whole is meant. */
  readonly path: string;
  readonly message: string;
  readonly hint: string | null;
}

export type ParsedIntegrationFile =
  | { readonly ok: true; readonly config: IntegrationConfig }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

/** Longer files are not integrations; reading one would only take long. */
const maxCharacters = 1_000_000;

/** Reads an integration in YAML (JSON is YAML, too). All problems are told at once, in the order of the file. */
export function parseIntegrationFile(text: string): ParsedIntegrationFile {
  if (text.length > maxCharacters) return wrong('The file is too long for an integration.', null);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) {
    return { ok: false, problems: broken.map((error) => brokenYaml(lines, error.pos[0], error.message)) };
  }
  const value = plainValue(document);
  if (value === undefined) {
    return wrong('It uses more references (*name) than an integration can need.', 'Write the values out.');
  }
  if (document.contents === null || value === null) {
    return wrong('The file is empty.', 'It needs name, left, right, types and fields; see `integration schema`.');
  }
  const parsed = integrationSchema.safeParse(value);
  if (parsed.success) return { ok: true, config: parsed.data };
  const problems = explainIssues(parsed.error.issues, (path) => valueAt(value, path)).map((issue) => ({
    ...place(document, lines, issue.path, issue.key),
    path: pathText(issue.key === null ? issue.path : [...issue.path, issue.key]),
    message: issue.message,
    hint: issue.hint,
  }));
  return { ok: false, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

/** For the dispatcher and the terminal: every problem with its place, one a line. */
export function integrationFileError(fileName: string, problems: readonly FileProblem[]): LockstepError {
  const shown = problems.slice(0, 20);
  const lines = shown.map(({ line, column, path, message, hint }) =>
    [
      `${fileName}:${String(line)}:${String(column)}:`,
      ...(path === '' ? [] : [`${path}:`]),
      message,
      ...(hint === null ? [] : [hint]),
    ].join(' '),
  );
  const more = problems.length - shown.length;
  return new LockstepError(
    'integration-file-invalid',
    [...lines, ...(more > 0 ? [`and ${String(more)} more`] : [])].join('\n'),
    {
      action: 'Correct the file and run the command again. `lockstep integration schema` prints what it may hold.',
      context: { file: fileName, problems: problems.length },
    },
  );
}

/** Where a path like `fields[2].left` stands in a file that was read before; from 1. */
export function placeInFile(text: string, path: string): { readonly line: number; readonly column: number } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const steps = path.split(/[.[\]]+/u).filter((step) => step !== '');
  return place(
    document,
    lines,
    steps.map((step) => (/^\d+$/u.test(step) ? Number(step) : step)),
    null,
  );
}

/** The integration as a file that gives the same when it is read again. */
export function writeIntegrationFile(config: IntegrationConfig): string {
  return stringify(config, { lineWidth: 120 });
}

/**
 * The file with the line by which editors (yaml-language-server) find the schema beside it and complete what is typed:
 * `lockstep integration schema > integration.schema.json`. A file that has one keeps it; JSON takes no comment.
 */
export function withSchemaLine(text: string): string {
  if (text.includes('yaml-language-server:') || /^\s*\{/u.test(text)) return text;
  return `# yaml-language-server: $schema=integration.schema.json\n${text}`;
}

function wrong(message: string, hint: string | null): ParsedIntegrationFile {
  return { ok: false, problems: [{ line: 1, column: 1, path: '', message, hint }] };
}

function brokenYaml(lines: LineCounter, offset: number, message: string): FileProblem {
  const { line, col } = lines.linePos(offset);
  const hint = message.includes('Tabs') ? 'Indent with spaces.' : null;
  return { line, column: col, path: '', message: `This is not YAML: ${message}.`.replace('..', '.'), hint };
}

/** Undefined where references would blow it up. */
function plainValue(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (thrown) {
    if (thrown instanceof ReferenceError) return undefined;
    throw thrown;
  }
}

/** What a path leads to in plain data; undefined where it leads nowhere. */
export function valueAt(value: unknown, path: FieldPath): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Readonly<Record<string | number, unknown>>)[step];
  }
  return at;
}

/** Of the key if one is meant, else of the value; of the nearest thing around it where it is missing. */
function place(
  document: Document,
  lines: LineCounter,
  path: FieldPath,
  key: string | null,
): { line: number; column: number } {
  for (let length = path.length; length >= 0; length -= 1) {
    const around = path.slice(0, length);
    const node: unknown = length === 0 ? document.contents : document.getIn(around, true);
    if (!isNode(node)) continue;
    const offset = (key !== null && length === path.length ? keyOffset(node, key) : null) ?? startOf(node);
    if (offset === null) continue;
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  }
  return { line: 1, column: 1 };
}

function keyOffset(node: Node, key: string): number | null {
  if (!isMap(node)) return null;
  for (const item of node.items) {
    if (isPair(item) && isScalar(item.key) && String(item.key.value) === key) return startOf(item.key);
  }
  return null;
}

function startOf(node: Node): number | null {
  return node.range?.[0] ?? null;
}

function pathText(path: FieldPath): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${String(step)}]` : `.${step}`))
    .join('')
    .replace(/^\./u, '');
}
