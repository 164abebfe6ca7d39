import type { CallName } from '../../preload/contract/calls.js';
import { inputSchemas, type CallInput, type ParsedInput } from '../../preload/contract/inputs.js';
import type { CallOutputs } from '../../preload/contract/views.js';
import { connectPractice } from '../practice/connect.js';
import { startPracticePair, type PracticePair } from '../practice/pair.js';
import type { Program } from '../runner/program.js';
import type { CallContext, FeatureHandlers, Handler } from './dispatcher.js';

/** Practice trackers that run in this program until the workspace is closed. */
export interface Practice {
  readonly handlers: FeatureHandlers<'practice.start'>;
  /** Name of the integration; null where they do not run. */
  running(): string | null;
  stop(): Promise<void>;
}

/** @param handlerOf the program's own calls, by which the trackers are made known */
export function createPractice(
  { host }: Program,
  handlerOf: <Name extends CallName>(name: Name) => Handler<Name>,
): Practice {
  let started: Promise<PracticePair> | null = null;
  let running: PracticePair | null = null;

  async function start(context: CallContext): Promise<PracticePair> {
    const pair = await startPracticePair({ clock: host.clock, random: host.random, portBase: 0 });
    try {
      const call = <Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutputs[Name]> =>
        handlerOf(name)(inputSchemas[name].parse(input) as ParsedInput<Name>, context);
      await connectPractice(call, pair);
    } catch (thrown) {
      await pair.stop();
      throw thrown;
    }
    running = pair;
    return pair;
  }

  return {
    handlers: {
      async 'practice.start'(_input, context) {
        started ??= start(context);
        try {
          const { integration, connections } = await started;
          return { integration, connections: connections.map(({ name }) => name) };
        } catch (thrown) {
          started = null;
          throw thrown;
        }
      },
    },
    running: () => running?.integration ?? null,
    async stop() {
      const pair = running;
      running = null;
      started = null;
      await pair?.stop();
    },
  };
}
