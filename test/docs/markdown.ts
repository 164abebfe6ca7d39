import { readFileSync } from 'node:fs';

/** A file of docs/. */
export function readDoc(name: string): string {
  return readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
}

/** The text below each heading of this depth, by heading, up to the next heading of the same or a higher one. */
export function sectionsOf(markdown: string, depth: number): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  let heading: string | null = null;
  let isCode = false;
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) isCode = !isCode;
    const [, marks, title] = isCode ? [] : (/^(#+) (.+)$/.exec(line) ?? []);
    if (marks !== undefined && title !== undefined && marks.length <= depth) {
      heading = marks.length === depth ? title : null;
      if (heading === null) continue;
      if (sections.has(heading)) throw new Error(`the heading "${heading}" stands twice`);
      sections.set(heading, '');
    } else if (heading !== null) {
      sections.set(heading, `${sections.get(heading) ?? ''}${line}\n`);
    }
  }
  return sections;
}

/** Rows of every table in the text, cells trimmed, without the heads. */
export function tableRows(markdown: string): readonly (readonly string[])[] {
  const lines = markdown.split('\n');
  return lines.flatMap((line, index) => {
    const isRow = line.startsWith('| ') && !line.startsWith('| ---');
    if (!isRow || lines[index + 1]?.startsWith('| ---') === true) return [];
    return [
      line
        .slice(1, line.lastIndexOf('|'))
        .split('|')
        .map((cell) => cell.trim()),
    ];
  });
}

/** The text of each fenced block of this language. */
export function codeBlocks(markdown: string, language: string): readonly string[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, name, body]) =>
    name === language && body !== undefined ? [body] : [],
  );
}

/** The text of a cell that is one piece of code: `x` gives x. */
export function codeIn(cell: string | undefined): string {
  const code = /^`([^`]+)`$/.exec(cell ?? '')?.[1];
  if (code === undefined) throw new Error(`no code in the cell "${cell ?? ''}"`);
  return code;
}
