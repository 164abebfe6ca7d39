import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const bundledFilesSchema = z.object({
  renderer: z.array(z.string()),
  unpacked: z.record(z.string(), z.string()),
});
export type BundledFiles = z.infer<typeof bundledFilesSchema>;

/** What the build listed. @param root absolute: the folder that holds out/, in a package the asar itself */
export function readBundledFiles(root: string): BundledFiles {
  return bundledFilesSchema.parse(JSON.parse(readFileSync(join(root, 'out/assets/files.json'), 'utf8')));
}

/**
 * Absolute path of a file that a package keeps outside of its asar, where integrity checks of Electron do not reach: so it
 * is compared with the hash that is inside.
 * @throws Error where it is another file
 */
export function locateUnpacked(root: string, files: BundledFiles, name: string): string {
  const path = join(root.replace(/\.asar$/u, '.asar.unpacked'), name);
  const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
  if (files.unpacked[name] !== hash) throw new Error(`${name} is not the file that this version was made with`);
  return path;
}
