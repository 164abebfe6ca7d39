import { presentMs } from '../../clock.js';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { useParam, useSearchOf } from '../../app/address.js';
import { previewSearch } from '../../app/search.js';
import { useCall, useTask } from '../../app/query.js';
import { Button, ButtonLink } from '../../ui/button.js';
import { Ban } from '../../ui/icon.js';
import { Page } from '../../ui/page.js';
import { Answer, Empty, ErrorNote, Working } from '../../ui/states.js';
import { PlanView } from './plan-view.js';

/** The whole plan of an integration, before any of it is done: made anew, or the stored one that the address names. */
export function Preview(): ReactNode {
  const name = useParam('name');
  const { id } = useSearchOf(previewSearch);
  const subtitle = (
    <Link to="/integrations/$name" params={{ name }} search={{}}>
      {name}
    </Link>
  );
  if (id === undefined) return <MakePreview key={name} name={name} subtitle={subtitle} />;
  return <StoredPreview key={id} name={name} id={id} subtitle={subtitle} />;
}

function MakePreview({ name, subtitle }: { readonly name: string; readonly subtitle: ReactNode }): ReactNode {
  const task = useTask('preview.make');
  const navigate = useNavigate();
  const { start, value } = task;
  useEffect(() => {
    start({ name });
  }, [start, name]);
  const madeId = value?.id;
  useEffect(() => {
    if (madeId === undefined) return;
    void navigate({ to: '/integrations/$name/preview', params: { name }, search: { id: madeId }, replace: true });
  }, [madeId, name, navigate]);
  const again = (): void => {
    start({ name });
  };
  return (
    <Page title="Preview" subtitle={subtitle}>
      {task.state === 'failed' && task.error !== null ? <ErrorNote error={task.error} onRetry={again} /> : null}
      {task.state === 'cancelled' ? (
        <Empty
          icon={<Ban size={20} />}
          title="Cancelled"
          actions={
            <>
              <ButtonLink to="/integrations/$name" params={{ name }} search={{}}>
                Back to {name}
              </ButtonLink>
              <Button look="primary" onPress={again}>
                Make the preview
              </Button>
            </>
          }
        >
          Nothing was written, and nothing was kept.
        </Empty>
      ) : null}
      {task.state === 'running' || task.state === 'idle' || task.state === 'done' ? (
        <Working
          title="Finding out what a run would do"
          progress={task.progress}
          startedAtMs={task.startedAtMs === 0 ? presentMs() : task.startedAtMs}
          onCancel={task.cancel}
        />
      ) : null}
    </Page>
  );
}

function StoredPreview({
  name,
  id,
  subtitle,
}: {
  readonly name: string;
  readonly id: string;
  readonly subtitle: ReactNode;
}): ReactNode {
  const preview = useCall('preview.get', { id });
  const navigate = useNavigate();
  const again = (): void => {
    void navigate({ to: '/integrations/$name/preview', params: { name }, search: {}, replace: true });
  };
  if (preview.data !== undefined)
    return <PlanView preview={preview.data} subtitle={subtitle} onAgain={again} isDraft={false} />;
  return (
    <Page title="Preview" subtitle={subtitle} actions={<Button onPress={again}>Make a new one</Button>}>
      <Answer of={preview}>{() => null}</Answer>
    </Page>
  );
}
