import type { Io } from './io.js';

/**
 * Opens an address in the user's browser.
 *
 * What is handed to the browser's starter is a file of this user's that leads there, not the address itself: any user of
 * the machine can read the words of a running program, and the address has a log-in code in it.
 * @returns what removes the file; null where there is no desktop, or nothing that opens files
 */
export async function openInBrowser(
  io: Pick<Io, 'env' | 'platform' | 'fileSystem' | 'makeTemporaryFolder' | 'startProgram'>,
  address: string,
): Promise<(() => void) | null> {
  const starter = starterOf(io);
  if (starter === null) return null;
  const folder = io.makeTemporaryFolder();
  const path = `${folder.path}/lockstep.html`;
  const file = io.fileSystem.open(path, 'create');
  file.append(new TextEncoder().encode(pageTo(address)));
  file.close();
  const [program, ...words] = starter;
  if (await io.startProgram(program, [...words, path])) {
    return () => {
      folder.remove();
    };
  }
  folder.remove();
  return null;
}

function starterOf({ env, platform }: Pick<Io, 'env' | 'platform'>): readonly [string, ...string[]] | null {
  // Over SSH the desktop, if there is one, is not the one that the user sits at.
  if ((env['SSH_CONNECTION'] ?? '') !== '') return null;
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['cmd', '/c', 'start', '""'];
  const hasDesktop = (env['DISPLAY'] ?? '') !== '' || (env['WAYLAND_DISPLAY'] ?? '') !== '';
  return hasDesktop ? ['xdg-open'] : null;
}

/** @param address one of ours: nothing in it needs to be escaped */
function pageTo(address: string): string {
  return [
    '<!doctype html>',
    '<meta charset="utf-8">',
    '<meta name="referrer" content="no-referrer">',
    `<meta http-equiv="refresh" content="0; url=${address}">`,
    `<title>Lockstep</title><p><a href="${address}">Open Lockstep</a></p>`,
    '',
  ].join('\n');
}
