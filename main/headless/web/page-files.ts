import { z } from 'zod';
import { LockstepError } from '../../../preload/contract/errors.js';
import type { FileSystem } from '../../host.js';
import { mimeTypeOf } from '../../page/content-policy.js';

/** A file of the page, as the build made it. */
export interface PageFile {
  readonly bytes: Uint8Array;
  readonly type: string;
  /** Its name changes with its content. */
  readonly hashed: boolean;
}

/** By path: `/index.html`, `/assets/...`. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const manifestSchema = z.object({ renderer: z.array(z.string().regex(/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/u)).min(1) });

/**
 * Reads the files that the build listed, once: what is asked for later is looked up by its name and never made into a path,
 * and a build that runs meanwhile changes nothing.
 * @param folder absolute: `out`
 * @throws LockstepError `page-missing`
 */
export function loadPageFiles(fileSystem: FileSystem, folder: string): PageFiles {
  try {
    const manifest = manifestSchema.parse(JSON.parse(textOf(fileSystem.readFile(`${folder}/assets/files.json`))));
    const files = new Map(manifest.renderer.map((name) => [`/${name}`, readPageFile(fileSystem, folder, name)]));
    if (!files.has('/index.html')) throw new Error('there is no index.html in the list');
    return files;
  } catch (cause) {
    throw new LockstepError('page-missing', 'The files of the page are not there.', {
      action: 'Run `npm run build` in the clone, or install Lockstep again.',
      context: { folder: `${folder}/renderer` },
      cause,
    });
  }
}

function readPageFile(fileSystem: FileSystem, folder: string, name: string): PageFile {
  const type = mimeTypeOf(name);
  if (type === null) throw new Error(`nobody knows the type of ${name}`);
  const hashed = /^assets\/.+-[\w-]{8,}\.\w+$/u.test(name);
  return { bytes: fileSystem.readFile(`${folder}/renderer/${name}`), type, hashed };
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
