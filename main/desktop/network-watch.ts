import { net } from 'electron';

/**
 * Tells when the machine is back on a network. Chromium knows; it has no event for it in this process, so it is asked.
 * @returns what ends it
 */
export function watchNetwork(onOnline: () => void, every: (run: () => void) => () => void): () => void {
  let wasOnline = net.isOnline();
  return every(() => {
    const isOnline = net.isOnline();
    if (isOnline && !wasOnline) onOnline();
    wasOnline = isOnline;
  });
}
