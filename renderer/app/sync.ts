import type { useNavigate } from '@tanstack/react-router';
import { useNavigate as useNavigateHere } from '@tanstack/react-router';
import type { SyncView } from '../../preload/contract/views.js';
import { counted, number } from '../format/values.js';
import { outcomeTones, outcomeWords } from '../format/words.js';
import { toast, toastError } from '../ui/toast.js';
import { appErrorOf, useCommand } from './query.js';

type Navigate = ReturnType<typeof useNavigate>;

/** Starts a run. Its progress shows where the integration does; its end is told, wherever the user is by then. */
export function useSync(): (name: string) => void {
  const navigate = useNavigateHere();
  const { mutateAsync } = useCommand('sync.run');
  return (name) => {
    // The promise, not the callbacks of `mutate`: those are forgotten when the screen is left.
    mutateAsync({ name }).then(
      (view) => {
        tellEnd(view, navigate);
      },
      (thrown: unknown) => {
        const error = appErrorOf(thrown);
        if (error.code !== 'cancelled') toastError(`${name} could not run`, error);
      },
    );
  };
}

/** How a run ended, and the way to what it wants of its user. */
export function tellEnd({ run, openConflicts }: SyncView, navigate: Navigate): void {
  const name = run.integration;
  const changed = run.counts['done'] ?? 0;
  const title = `${name}: ${outcomeWords[run.outcome].toLowerCase()}`;
  const tone = outcomeTones[run.outcome];
  switch (run.outcome) {
    case 'braked':
      toast({
        tone,
        title,
        text: 'Nothing was written.',
        action: {
          name: 'See why',
          onPress: () => void navigate({ to: '/integrations/$name/preview', params: { name }, search: {} }),
        },
      });
      return;
    case 'conflicts':
      toast({
        tone,
        title,
        text: `${counted(changed, 'change')} made; ${counted(openConflicts, 'conflict')} to decide.`,
        action: { name: 'Decide', onPress: () => void navigate({ to: '/conflicts', search: { integration: name } }) },
      });
      return;
    case 'failures':
    case 'failed':
      toast({
        tone,
        title,
        text: run.message ?? undefined,
        action: { name: 'See run', onPress: () => void navigate({ to: '/runs/$runId', params: { runId: run.id } }) },
      });
      return;
    case 'done':
    case 'cancelled':
    case 'running':
      toast({ tone, title, text: changed === 0 ? 'Nothing had to be changed.' : `${number(changed)} changed.` });
  }
}
