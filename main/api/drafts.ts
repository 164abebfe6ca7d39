import { hasCode, LockstepError, type ErrorCode } from '../../preload/contract/errors.js';
import { integrationSchema, type IntegrationConfig } from '../../preload/contract/integration.js';
import type { ParsedInput } from '../../preload/contract/inputs.js';
import { sides, type Side, type Sided } from '../../preload/contract/values.js';
import type { DraftProblem, IntegrationCheck, MatchCount } from '../../preload/contract/views.js';
import type { ScopeSchema } from '../connectors/contract.js';
import { compileMapping } from '../engine/mapping.js';
import { explainIssues } from '../integration-file-hints.js';
import { parseIntegrationFile, placeInFile, valueAt, writeIntegrationFile } from '../integration-file.js';
import { twinNotices } from '../runner/mapping-facts.js';
import type { Program } from '../runner/program.js';
import { withDiscovered } from './discover-sides.js';
import type { FeatureHandlers } from './dispatcher.js';
import { saveIntegration } from './integrations.js';
import { suggestMapping } from './suggest-mapping.js';

type Calls = 'integration.check' | 'integration.put' | 'integration.count' | 'integration.suggest';

/** What an editor asks while an integration is being written. */
export function draftHandlers(program: Program): FeatureHandlers<Calls> {
  return {
    async 'integration.check'({ draft, online }, { signal }) {
      const read = readDraft(draft);
      if (read.config === null || !online) return read;
      return { ...read, ...(await askTrackers(program, read.config, draft, signal)) };
    },

    'integration.put'({ config, edits, check }, { signal }) {
      return saveIntegration(program, config, writeIntegrationFile(config), { check, edits, signal });
    },

    'integration.count'({ types, ...scopes }, { signal }) {
      return withDiscovered(program, scopes, signal, async (found): Promise<MatchCount> => {
        const counted: MatchCount['types'][number][] = [];
        for (const [index, type] of types.entries()) {
          const countOf = (side: Side): Promise<number | null> => {
            const { connector, schema } = found[side];
            const id = typeId(schema, type[side], `types[${String(index)}].${side}`);
            return orNull(connector.count({ scope: schema.scope.id, types: [id] }, signal));
          };
          const [left, right] = await Promise.all([countOf('left'), countOf('right')]);
          counted.push({ type, items: { left, right } });
        }
        const total = (side: Side): number | null =>
          counted.reduce<number | null>((sum, { items }) => {
            const own = items[side];
            return sum === null || own === null ? null : sum + own;
          }, 0);
        return { types: counted, items: { left: total('left'), right: total('right') } };
      });
    },

    'integration.suggest'(scopes, { signal }) {
      return withDiscovered(program, scopes, signal, async ({ left, right }) => {
        const taken = new Set((await program.stored.integrations.list()).map(({ name }) => name));
        const name = freeName(`${scopes.left.scope}-${scopes.right.scope}`, taken);
        return suggestMapping(name, scopes, { left: left.schema, right: right.schema });
      });
    },
  };
}

/** Null where the tracker cannot tell; an error that a user can act on is told. */
async function orNull(count: Promise<number>): Promise<number | null> {
  try {
    return await count;
  } catch (thrown) {
    if (hasCode(thrown, 'forbidden', 'not-visible', 'rejected-by-tracker', 'answer-unexpected')) return null;
    throw thrown;
  }
}

function typeId({ types }: ScopeSchema, wanted: string, where: string): string {
  const found = types.find(({ name }) => name === wanted) ?? types.find(({ id }) => id === wanted);
  if (found !== undefined) return found.id;
  throw new LockstepError('mapping-invalid', `${where}: there is no type "${wanted}".`, {
    action: `Use one of: ${types.map(({ name }) => name).join(', ')}.`,
    context: { where },
  });
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  const plain = wanted
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
    .replace(/^-|-$/gu, '')
    .slice(0, 55);
  const name = plain === '' ? 'integration' : plain;
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name}-${String(number)}`)) number += 1;
  return `${name}-${String(number)}`;
}

type Draft = ParsedInput<'integration.check'>['draft'];

function readDraft(draft: Draft): IntegrationCheck {
  if ('text' in draft) {
    const parsed = parseIntegrationFile(draft.text);
    if (parsed.ok) return { config: parsed.config, problems: [], notices: [] };
    const problems = parsed.problems.map(({ line, path, message, hint }) => problem(path, line, message, hint));
    return { config: null, problems, notices: [] };
  }
  const { config } = draft;
  const parsed = integrationSchema.safeParse(config);
  if (parsed.success) return { config: parsed.data, problems: [], notices: [] };
  const issues = explainIssues(parsed.error.issues, (path) => valueAt(config, path));
  return {
    config: null,
    problems: issues.map(({ path, key, message, hint }) => ({
      path: key === null ? path : [...path, key],
      line: null,
      message: hint === null ? message : `${message} ${hint}`,
      suggestion: suggestionOf(hint),
    })),
    notices: [],
  };
}

function problem(where: string, line: number | null, message: string, hint: string | null): DraftProblem {
  return {
    path: pathOf(where),
    line,
    message: hint === null ? message : `${message} ${hint}`,
    suggestion: suggestionOf(hint),
  };
}

/** `fields[2].left` as steps. */
function pathOf(where: string): readonly (string | number)[] {
  return where
    .split(/[.[\]]+/u)
    .filter((step) => step !== '')
    .map((step) => (/^\d+$/u.test(step) ? Number(step) : step));
}

function suggestionOf(hint: string | null): string | null {
  return /^Did you mean "?([^"?]+)"?\?/u.exec(hint ?? '')?.[1] ?? null;
}

const told: readonly ErrorCode[] = ['mapping-invalid', 'connection-unknown', 'scope-unknown'];

async function askTrackers(
  program: Program,
  config: IntegrationConfig,
  draft: Draft,
  signal: AbortSignal,
): Promise<Pick<IntegrationCheck, 'problems' | 'notices'>> {
  try {
    return await withDiscovered(program, config, signal, ({ left, right }) => {
      const schemas: Sided<ScopeSchema> = { left: left.schema, right: right.schema };
      compileMapping(config, schemas);
      const notices = sides.flatMap((side) => schemas[side].notices.map((notice) => `${side}: ${notice}`));
      return { problems: [], notices: [...notices, ...twinNotices(config, schemas)] };
    });
  } catch (thrown) {
    if (!hasCode(thrown, ...told)) throw thrown;
    const where = whereOf(thrown);
    const line = 'text' in draft && where !== '' ? placeInFile(draft.text, where).line : null;
    return { problems: [problem(where, line, thrown.message, thrown.action ?? null)], notices: [] };
  }
}

function whereOf({ context }: LockstepError): string {
  if (typeof context['where'] === 'string') return context['where'];
  return typeof context['side'] === 'string' ? `${context['side']}.connection` : '';
}
