import { exitCodes } from '../exit-codes.js';
import { renderStatus } from '../render/status.js';
import type { CommonOptions } from '../session.js';
import type { CommandAdding } from './command-adding.js';

export function addStatusCommand({ root, run, common }: CommandAdding): void {
  common(root.command('status'))
    .description('what is stored here and how large it is, key slots, hosts that were contacted')
    .action((options: CommonOptions) =>
      run(options, async (session) => {
        const status = await session.call('status.get', {});
        session.print(status, () => renderStatus(status, session.style, session.io.stdout.columns));
        return exitCodes.done;
      }),
    );
}
