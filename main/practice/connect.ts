import type { CallName } from '../../preload/contract/calls.js';
import type { CallInput } from '../../preload/contract/inputs.js';
import type { CallOutputs } from '../../preload/contract/views.js';
import type { PracticePair } from './pair.js';

type Call = <Name extends CallName>(name: Name, input: CallInput<Name>) => Promise<CallOutputs[Name]>;

/** Tells the program of practice trackers. They are new at each start, so what was paired with earlier ones is forgotten. */
export async function connectPractice(call: Call, pair: PracticePair): Promise<void> {
  const integrations = await call('integration.list', {});
  if (integrations.some(({ name }) => name === pair.integration)) {
    await call('integration.remove', { name: pair.integration });
  }
  for (const connection of pair.connections) await call('connection.add', connection);
  await call('integration.add', { fileName: 'practice.yaml', text: pair.file });
}
