import type { ConflictList } from '../../preload/contract/views.js';
import type { PracticeRedmine } from '../practice/redmine/index.js';
import { startPracticePair, type PracticePair } from '../practice/pair.js';
import { toBase32 } from '../ids.js';
import { dataVariable } from './data-folder.js';
import { exitCodes, type ExitCode } from './exit-codes.js';
import type { Io, Output } from './io.js';
import { passphraseVariable, secretVariable } from './secret-input.js';
import type { Session } from './session.js';
import type { RunAgain } from './commands/command-adding.js';

/** A story in real commands, on two practice trackers and a data folder that is thrown away. */
export async function runDemo(session: Session, again: RunAgain): Promise<ExitCode> {
  const { io } = session;
  const folder = io.makeTemporaryFolder();
  const pair = await startPracticePair({ ...io, portBase: 0 });
  try {
    const own = { [dataVariable]: folder.path, [passphraseVariable]: toBase32(io.random.bytes(20)) };
    const env = { ...io.env, ...own };
    await tellStory(session, pair, `${folder.path}/practice.yaml`, (argv, changes = {}) =>
      again(argv, { ...changes, env: { ...env, ...changes.env } }),
    );
    return session.signal.aborted ? exitCodes.cancelled : exitCodes.done;
  } finally {
    await pair.stop();
    folder.remove();
  }
}

type RunCommand = (argv: readonly string[], changes?: Partial<Io>) => Promise<ExitCode>;

async function tellStory(session: Session, pair: PracticePair, file: string, run: RunCommand): Promise<void> {
  const { io, style } = session;
  const tell = (text: string): void => {
    if (!session.signal.aborted) io.stdout.write(`\n${style.bold(text)}\n`);
  };
  const show = async (...argv: readonly string[]): Promise<void> => {
    if (session.signal.aborted) return;
    io.stdout.write(`\n${style.green('$')} lockstep ${argv.join(' ')}\n`);
    await run(argv);
  };
  const name = pair.integration;

  await connect(session, pair, file, run);
  tell('Two practice trackers run on this machine: a web shop with issues on the left, an empty project on the right.');
  await show('integration', 'show', name);
  tell('What would a sync do? Nothing is written yet.');
  await show('preview', name);
  tell('A first run stops until somebody has looked at it. You have, so it goes on:');
  await show('sync', name, '--release', 'first-run');
  tell('Once more: nothing has changed, so nothing is written.');
  await show('sync', name);

  const contested = changeBothSides(pair);
  tell('Now people work on both sides, two of them on the same title. What would happen?');
  await show('preview', name);
  await show('sync', name);
  tell('The title waits for a decision; everything else went over.');
  await show('conflicts', name);
  const open = await firstConflict(io, run);
  if (open !== null) await show('resolve', open, '--take', 'right');
  await show('sync', name);
  tell('Why is that issue as it is?');
  await show('explain', contested);
  await show('runs');
  tell('Both sides are in step. By hand: lockstep practice. With your own trackers: lockstep connection add --help');
}

/** Two connections and the integration, without a word: the story begins with what they do. */
async function connect(session: Session, pair: PracticePair, file: string, run: RunCommand): Promise<void> {
  const silent: Output = { isTty: false, columns: 120, write: () => undefined };
  for (const { name, url, settings = {}, secret } of pair.connections) {
    const set = Object.entries(settings).flatMap(([id, value]) => ['--set', `${id}=${value}`]);
    const env = { [secretVariable]: secret };
    await run(['connection', 'add', name, '--url', url, ...set], { env, stdout: silent, stderr: silent });
  }
  session.writeFile(file, pair.file);
  await run(['integration', 'add', file], { stdout: silent });
}

async function firstConflict(io: Io, run: RunCommand): Promise<string | null> {
  let json = '';
  const collect: Output = {
    ...io.stdout,
    write: (text) => {
      json += text;
    },
  };
  if ((await run(['conflicts', '--json'], { stdout: collect })) !== exitCodes.done) return null;
  const { conflicts } = JSON.parse(json) as ConflictList;
  return conflicts[0]?.id ?? null;
}

/** A morning's work. @returns the key of the issue that both sides renamed */
function changeBothSides({ sites: { left, right } }: PracticePair): string {
  const idOn = (site: PracticeRedmine, subject: string): number => {
    const found = [...site.state.store.issues.values()].find((issue) => issue.subject === subject);
    return found?.id ?? 0;
  };
  const basket = 'VAT is rounded per line, not per order';
  const dark = 'Product photos load one after the other';
  const phone = 'Which phone number goes on the site in August?';
  const contested = idOn(left, basket);
  right.state.as('bob').update(idOn(right, basket), { subject: 'VAT: round once per order' });
  left.state.as('alice').update(contested, { subject: 'VAT is rounded per line; the tax office wants it per order' });
  right.state.as('bob').update(idOn(right, dark), { status_id: right.state.statusId('In Progress'), done_ratio: 30 });
  right.state.as('bob').comment(idOn(right, dark), 'Loading six at a time is enough. Will be live on Friday.');
  left.state.as('chloe').comment(idOn(left, phone), 'The mobile one, please.');
  left.state.as('alice').update(idOn(left, phone), { priority_id: left.state.priorityId('High') });
  return String(contested);
}
