import { powerMonitor, powerSaveBlocker } from 'electron';

export interface PowerEvents {
  readonly onSuspend: () => void;
  readonly onResume: () => void;
  /** The system is shutting down; there are seconds left. */
  readonly onShutdown: () => void;
}

export function watchPower({ onSuspend, onResume, onShutdown }: PowerEvents): void {
  powerMonitor.on('suspend', onSuspend);
  powerMonitor.on('resume', onResume);
  powerMonitor.on('shutdown', onShutdown);
}

/** Keeps the machine from falling asleep by itself while something runs; closing the lid still sends it to sleep. */
export function createStayAwake(): (running: boolean) => void {
  let blocker: number | null = null;
  return (running) => {
    if (running && blocker === null) blocker = powerSaveBlocker.start('prevent-app-suspension');
    if (!running && blocker !== null) {
      powerSaveBlocker.stop(blocker);
      blocker = null;
    }
  };
}
