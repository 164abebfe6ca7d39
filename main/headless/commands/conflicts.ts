import { LockstepError } from '../../../preload/contract/errors.js';
import type { CallInput } from '../../../preload/contract/inputs.js';
import type { FieldValue, Sided } from '../../../preload/contract/values.js';
import type { ConflictList, ConflictView } from '../../../preload/contract/views.js';
import { exitCodes } from '../exit-codes.js';
import { renderConflicts } from '../render/conflicts.js';
import { closest } from '../../suggest.js';
import type { CommonOptions, Session } from '../session.js';
import type { CommandAdding } from './command-adding.js';

interface ResolveOptions extends CommonOptions {
  readonly take?: string;
  readonly discard?: true;
}

export function addConflictCommands({ root, run, common }: CommandAdding): void {
  common(root.command('conflicts'))
    .description('what waits for you, and values that lost and are kept')
    .argument('[integration]')
    .action((name: string | undefined, options: CommonOptions) =>
      run(options, async (session) => {
        const list = await session.call('conflict.list', name === undefined ? {} : { name });
        session.print(list, () => renderConflicts(list, session.style));
        return exitCodes.done;
      }),
    );

  common(root.command('resolve'))
    .description('decide a conflict; the next sync carries it out')
    .argument('<id>', 'as `lockstep conflicts` shows it')
    .option('--take <value>', 'left, right, or a value of your own')
    .option('--discard', 'change nothing, and do not show it again')
    .action((id: string, options: ResolveOptions) =>
      run(options, async (session) => {
        if ((options.take === undefined) === (options.discard === undefined)) {
          throw new LockstepError('usage', 'Say either --take left, right or a value, or --discard.', {
            action: 'See: lockstep resolve --help',
          });
        }
        const { conflicts, names } = await session.call('conflict.list', {});
        const conflict = conflicts.find((candidate) => candidate.id === id);
        const resolution =
          options.take === undefined
            ? ({ take: 'discard' } as const)
            : resolutionOf(options.take, conflict, await fieldOf(session, conflict, names));
        const done = await session.call('conflict.resolve', { id, resolution });
        session.print(done, () =>
          done.state === 'discarded'
            ? 'Discarded.\n'
            : `Decided. Carry it out with: lockstep sync ${conflict?.integration ?? 'NAME'}\n`,
        );
        return exitCodes.done;
      }),
    );
}

interface Field {
  readonly name: string;
  /** Names by id, per side; none where the field has no options. */
  readonly options: Sided<Readonly<Record<string, string>>>;
  readonly twins: readonly Sided<string>[];
}

async function fieldOf(
  session: Pick<Session, 'call'>,
  conflict: ConflictView | undefined,
  names: ConflictList['names'],
): Promise<Field | null> {
  const { integration, field } = conflict ?? {};
  const named = names[integration ?? '']?.[field ?? ''];
  if (integration === undefined || named === undefined) return null;
  const { config } = await session.call('integration.get', { name: integration });
  const mapping = config.fields.find(({ left }) => left === field);
  return { ...named, twins: Array.isArray(mapping?.values) ? mapping.values : [] };
}

/** A value as typed: an option or user by its name on either side, a number where the field holds numbers. */
function resolutionOf(
  word: string,
  conflict: ConflictView | undefined,
  field: Field | null,
): CallInput<'conflict.resolve'>['resolution'] {
  if (word === 'left' || word === 'right') return { take: word };
  if (field === null || word === '' || Object.keys(field.options.left).length === 0) {
    return { take: 'value', value: typedValue(word, conflict) };
  }
  const option = idOfOption(field.options.left, word) ?? leftIdOfRight(field, word);
  if (option !== null) return { take: 'value', value: option };
  const known = Object.values(field.options.left);
  const guess = closest(word, known);
  throw new LockstepError('usage', `${field.name} has no option "${word}".`, {
    action: guess === null ? `Use one of: ${known.join(', ')}.` : `Did you mean ${guess}?`,
  });
}

function idOfOption(options: Readonly<Record<string, string>>, word: string): string | null {
  return Object.entries(options).find(([id, name]) => name === word || id === word)?.[0] ?? null;
}

/** A decision is kept in the left side's terms. */
function leftIdOfRight({ options, twins }: Field, word: string): string | null {
  if (!Object.values(options.right).includes(word)) return null;
  const twin = twins.find(({ right }) => right === word)?.left;
  return twin === undefined ? null : idOfOption(options.left, twin);
}

function typedValue(word: string, conflict: ConflictView | undefined): Exclude<FieldValue, readonly string[]> {
  if (word === '') return null;
  const known = [conflict?.left, conflict?.right, conflict?.base].find(
    (value) => value !== null && value !== undefined,
  );
  if (typeof known === 'number') {
    const value = Number(word);
    if (Number.isFinite(value)) return value;
    throw new LockstepError('usage', `This field holds a number, not "${word}".`, { action: 'Give a number.' });
  }
  if (typeof known === 'boolean' && /^(yes|no|true|false)$/u.test(word)) return word === 'yes' || word === 'true';
  return word;
}
