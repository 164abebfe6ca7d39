import type { ReactNode } from 'react';
import { useState } from 'react';
import type { LogFilterInput } from '../../../preload/contract/inputs.js';
import type { ExportView } from '../../../preload/contract/views.js';
import type { Bridge } from '../../../preload/contract/events.js';
import { appErrorOf, unwrap, useBridge, useCall, useTask } from '../../app/query.js';
import { byteText, counted, safeText } from '../../format/values.js';
import { Button } from '../../ui/button.js';
import { Dialog, DialogActions } from '../../ui/dialog.js';
import { Select } from '../../ui/field.js';
import { Download } from '../../ui/icon.js';
import { ErrorNote, Notice } from '../../ui/states.js';
import { ProgressLine } from '../../ui/progress.js';
import { toast, toastError } from '../../ui/toast.js';
import styles from './log.module.css';

type Format = ExportView['format'];

/** Makes a file of what the filter shows, or a support bundle of a run; shows the bundle before it can be saved. */
export function ExportDialog({
  isOpen,
  onClose,
  filter,
  runId,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly filter: LogFilterInput;
  readonly runId: string | null;
}): ReactNode {
  return (
    <Dialog wide title="Export" isOpen={isOpen} onClose={onClose}>
      <ExportForm filter={filter} runId={runId} onClose={onClose} />
    </Dialog>
  );
}

function ExportForm({
  filter,
  runId,
  onClose,
}: {
  readonly filter: LogFilterInput;
  readonly runId: string | null;
  readonly onClose: () => void;
}): ReactNode {
  const bridge = useBridge();
  const app = useCall('app.get', {});
  const task = useTask('export.make');
  const [format, setFormat] = useState<Format>('csv');
  const [shown, setShown] = useState<string | null>(null);
  const [saving, setSaving] = useState(false);
  const made = task.value;

  const save = async (view: ExportView): Promise<void> => {
    setSaving(true);
    try {
      if (app.data?.can.saveFiles === true) {
        const { path } = unwrap(await bridge.call('export.save', { id: view.id }));
        if (path !== null) toast({ tone: 'good', title: 'Saved', text: path });
        if (path !== null) onClose();
      } else {
        await download(bridge, view);
        onClose();
      }
    } catch (thrown) {
      toastError('The export was not saved', appErrorOf(thrown));
    } finally {
      setSaving(false);
    }
  };

  const files = made?.files ?? [];
  const file = files.find(({ name }) => name === shown) ?? files[0];
  return (
    <>
      <Select<Format>
        label="As"
        value={format}
        onChange={(chosen) => {
          setFormat(chosen);
          task.cancel();
        }}
        options={[
          { id: 'csv', name: 'CSV', note: 'a table for a spreadsheet' },
          { id: 'jsonl', name: 'JSON Lines', note: 'one row a line, for scripts' },
          ...(runId === null
            ? []
            : [{ id: 'bundle' as const, name: 'Support bundle', note: 'of this run, without your data' }]),
        ]}
        help={
          format === 'bundle'
            ? 'Names, values, hosts and addresses are replaced by stand-ins. You see all of it before it is saved.'
            : 'Holds the rows that the filters show, with their values in clear.'
        }
      />
      {task.state === 'running' ? <ProgressLine progress={task.progress} startedAtMs={task.startedAtMs} /> : null}
      {task.error === null || task.state === 'cancelled' ? null : <ErrorNote error={task.error} />}
      {made === null || made.format !== format ? null : (
        <>
          {made.refusals.length === 0 ? (
            <Notice tone="good">
              {made.fileName}: {counted(made.rows, 'row')}, {byteText(made.bytes)}
              {made.format === 'bundle' ? '. The verifier found nothing of yours in it.' : ''}
            </Notice>
          ) : (
            <Notice tone="warn">
              The verifier found what must not leave the house, so this bundle cannot be saved:{' '}
              {made.refusals.map((refusal) => safeText(refusal, 200)).join('; ')}
            </Notice>
          )}
          {file === undefined ? null : (
            <div className={styles['bundle']}>
              <Select
                label="Look into"
                value={file.name}
                onChange={setShown}
                options={files.map(({ name, bytes }) => ({ id: name, name, note: byteText(bytes) }))}
              />
              <pre className={styles['text']} tabIndex={0} aria-label={`Text of ${file.name}`}>
                {safeText(file.text, 100_000)}
              </pre>
            </div>
          )}
        </>
      )}
      <DialogActions>
        {task.state === 'running' ? <Button onPress={task.cancel}>Cancel</Button> : null}
        {made === null || made.format !== format ? (
          <Button
            look="primary"
            isPending={task.state === 'running'}
            onPress={() => {
              task.start(format === 'bundle' ? { format, runId: runId ?? '' } : { format, filter });
            }}
          >
            {task.state === 'running' ? 'Making it…' : 'Make the file'}
          </Button>
        ) : (
          <Button
            look="primary"
            icon={<Download size={15} aria-hidden />}
            isDisabled={made.refusals.length > 0}
            isPending={saving}
            onPress={() => void save(made)}
          >
            Save
          </Button>
        )}
      </DialogActions>
    </>
  );
}

/** Reads the export piece by piece and hands it to the browser. */
async function download(bridge: Bridge, view: ExportView): Promise<void> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let offset: number | null = 0;
  while (offset !== null) {
    const chunk: { readonly base64: string; readonly nextOffset: number | null } = unwrap(
      await bridge.call('export.read', { id: view.id, offset }),
    );
    pieces.push(Uint8Array.from(atob(chunk.base64), (char) => char.charCodeAt(0)));
    offset = chunk.nextOffset;
  }
  const url = URL.createObjectURL(new Blob(pieces, { type: view.mimeType }));
  const link = document.createElement('a');
  link.href = url;
  link.download = view.fileName;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}
