import { basename } from 'node:path';
import { integrationJsonSchema } from '../../../preload/contract/integration.js';
import { exitCodes } from '../exit-codes.js';
import { renderIntegration, renderIntegrations } from '../render/integrations.js';
import type { CommonOptions } from '../session.js';
import type { CommandAdding } from './command-adding.js';

interface AddOptions extends CommonOptions {
  readonly check: boolean;
  readonly replace?: true;
}

export function addIntegrationCommands({ root, run, common }: CommandAdding): void {
  const group = root.command('integration').description('rules that keep two scopes in step').helpCommand(false);

  common(group.command('add'))
    .description('read an integration from a YAML file')
    .argument('<file>')
    .option('--no-check', 'do not ask the trackers whether they have what the file names')
    .option('--replace', 'take the place of the integration of this name; its pairs stay')
    .action((file: string, options: AddOptions) =>
      run(options, async (session) => {
        const text = session.readFile(file);
        const saved = await session.call('integration.add', {
          fileName: basename(file),
          text,
          check: options.check,
          replace: options.replace === true,
        });
        session.print(saved, () => {
          const notes = saved.notices.map((notice) => `${session.style.yellow('Note:')} ${notice}\n`).join('');
          const next = `Next: lockstep preview ${saved.name}\n`;
          return `${saved.replaced ? 'Replaced' : 'Added'} integration ${saved.name}.\n${notes}${next}`;
        });
        return exitCodes.done;
      }),
    );

  common(group.command('list'))
    .description('all integrations')
    .action((options: CommonOptions) =>
      run(options, async (session) => {
        const integrations = await session.call('integration.list', {});
        session.print(integrations, () => renderIntegrations(integrations, session.io.stdout.columns));
        return exitCodes.done;
      }),
    );

  common(group.command('show'))
    .description('what an integration does, in words')
    .argument('<name>')
    .action((name: string, options: CommonOptions) =>
      run(options, async (session) => {
        const detail = await session.call('integration.get', { name });
        session.print(detail, () => renderIntegration(detail.config, session.style));
        return exitCodes.done;
      }),
    );

  common(group.command('export'))
    .description('the integration as a file that `integration add` reads')
    .argument('<name>')
    .option('-o, --output <file>', 'write it there')
    .action((name: string, options: CommonOptions & { readonly output?: string }) =>
      run(options, async (session) => {
        const detail = await session.call('integration.get', { name });
        if (options.output === undefined) session.print(detail.config, () => detail.file);
        else {
          session.writeFile(options.output, detail.file);
          session.print({ name, file: options.output }, () => `Wrote ${options.output ?? ''}.\n`);
        }
        return exitCodes.done;
      }),
    );

  common(group.command('remove'))
    .description('forget an integration with its pairs; nothing is changed in the trackers')
    .argument('<name>')
    .action((name: string, options: CommonOptions) =>
      run(options, async (session) => {
        const removed = await session.call('integration.remove', { name });
        session.print(
          removed,
          () => `Removed integration ${name} and its pairs. The trackers keep all of their items.\n`,
        );
        return exitCodes.done;
      }),
    );

  group
    .command('schema')
    .description('the JSON Schema of integration files: save it beside them as integration.schema.json, for editors')
    .option('--json', 'it is JSON in any case')
    .action(() =>
      run({}, (session) => {
        session.io.stdout.write(`${JSON.stringify(integrationJsonSchema(), null, 2)}\n`);
        return Promise.resolve(exitCodes.done);
      }),
    );
}
