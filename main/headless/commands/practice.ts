import { connectPractice } from '../../practice/connect.js';
import { startPracticePair, type PracticePair } from '../../practice/pair.js';
import { runDemo } from '../demo.js';
import { exitCodes } from '../exit-codes.js';
import type { CommonOptions, Session } from '../session.js';
import type { CommandAdding } from './command-adding.js';
import { wholeNumber } from './arguments.js';

export function addPracticeCommands({ root, run, common, again }: CommandAdding): void {
  common(root.command('practice'))
    .description('two practice trackers on this machine, with an integration ready to run')
    .option('--port-base <port>', 'the left one listens there, the right one on the next', wholeNumber, 3180)
    .action((options: CommonOptions & { readonly portBase: number }) =>
      run(options, async (session) => {
        const pair = await startPracticePair({ ...session.io, portBase: options.portBase });
        try {
          await session.openOrMake();
          await connectPractice((name, input) => session.call(name, input), pair);
          // Others shall be able to open the data folder while the trackers run.
          await session.close();
          session.print(summaryOf(session, pair), () => practiceText(session, pair));
          await session.untilInterrupted();
        } finally {
          await pair.stop();
        }
        return exitCodes.done;
      }),
    );

  root
    .command('demo')
    .description(
      'watch a whole story on practice trackers: first sync, changes on both sides, a conflict; nothing is kept',
    )
    .action(() => run({}, (session) => runDemo(session, again)));
}

function summaryOf({ dataFolder }: Session, { sites, integration }: PracticePair) {
  const site = ({ url, seed }: PracticePair['sites']['left']) => ({
    url,
    project: seed.project.identifier,
    admin: seed.admin,
    people: seed.users.map(({ login, password, name }) => ({ login, password, name })),
  });
  return { integration, dataFolder, left: site(sites.left), right: site(sites.right) };
}

function practiceText(session: Session, { sites, integration }: PracticePair): string {
  const { bold } = session.style;
  return [
    `${bold('left')}   ${sites.left.url}   project ${sites.left.seed.project.identifier}, with issues`,
    `${bold('right')}  ${sites.right.url}   project ${sites.right.seed.project.identifier}, empty`,
    '',
    'They speak the REST API of Redmine, and are gone when this ends. Meanwhile, in another terminal:',
    '',
    `    lockstep preview ${integration}`,
    `    lockstep sync ${integration} --release first-run`,
    `    curl -H 'X-Redmine-API-Key: ${sites.right.seed.apiKey}' '${sites.right.url}/issues.json?status_id=*'`,
    '',
    'Ctrl-C ends them.',
    '',
  ].join('\n');
}
