import type { FileSystem } from '../host.js';

/**
 * Replaces a file whole: after a crash it holds either the old or the new content.
 * @param writeContent appends the content to the open temporary file
 * @param beforeRename last chance to stop (the lock may have been lost)
 */
export function replaceFile(
  fileSystem: FileSystem,
  folder: string,
  name: string,
  suffix: string,
  writeContent: (append: (bytes: Uint8Array) => void) => void,
  beforeRename: () => void = () => undefined,
): void {
  const temporary = `${folder}/${name}.tmp-${suffix}`;
  const file = fileSystem.open(temporary, 'create');
  try {
    try {
      writeContent((bytes) => {
        file.append(bytes);
      });
      file.sync();
    } finally {
      file.close();
    }
    beforeRename();
    fileSystem.rename(temporary, `${folder}/${name}`);
  } catch (thrown) {
    try {
      fileSystem.remove(temporary);
    } catch {
      // The first error is the one to report; what is left over is removed at the next start.
    }
    throw thrown;
  }
  fileSystem.syncFolder(folder);
}

/** Names for temporary files: eight bytes in hexadecimal. */
export function temporarySuffix(random: { bytes(length: number): Uint8Array }): string {
  return Buffer.from(random.bytes(8)).toString('hex');
}
