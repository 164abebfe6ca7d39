import type { ReactNode } from 'react';
import { useEffect } from 'react';
import type { IntegrationConfig } from '../../../preload/contract/integration.js';
import { useTask } from '../../app/query.js';
import { Button } from '../../ui/button.js';
import { ArrowLeft } from '../../ui/icon.js';
import { Page } from '../../ui/page.js';
import { ErrorNote, Notice, Working } from '../../ui/states.js';
import { PlanView } from '../preview/plan-view.js';

/** What the draft would do to real items, before it is saved. */
export function DraftPreview({
  draft,
  edits,
  onBack,
}: {
  readonly draft: IntegrationConfig;
  readonly edits: string | null;
  readonly onBack: () => void;
}): ReactNode {
  const task = useTask('preview.draft');
  const { start } = task;
  useEffect(() => {
    start({ config: draft, edits });
  }, [start, draft, edits]);
  const again = (): void => {
    start({ config: draft, edits });
  };
  const back = (
    <Button small icon={<ArrowLeft size={14} aria-hidden />} onPress={onBack}>
      Back to the editor
    </Button>
  );
  if (task.value !== null) return <PlanView preview={task.value} subtitle={back} onAgain={again} isDraft />;
  return (
    <Page title="Preview of the draft" actions={back}>
      {task.state === 'failed' && task.error !== null ? <ErrorNote error={task.error} onRetry={again} /> : null}
      {task.state === 'cancelled' ? <Notice>Cancelled. Nothing was written.</Notice> : null}
      {task.state === 'running' ? (
        <Working
          title="Finding out what the draft would do"
          progress={task.progress}
          startedAtMs={task.startedAtMs}
          onCancel={task.cancel}
        />
      ) : null}
    </Page>
  );
}
