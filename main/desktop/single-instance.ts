import { app } from 'electron';

/**
 * Whether this process is the one that runs. Asked before the workspace is touched: two of them would want the same lock
 * file. The second one hands its arguments over and ends.
 */
export function claimSingleInstance(onSecond: (args: readonly string[]) => void): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', (_event, args) => {
    onSecond(args);
  });
  return true;
}
