import { z } from 'zod';
import { replaceFile, temporarySuffix } from './atomic-file.js';
import {
  decodeFileHeader,
  deriveFileSecrets,
  encodeFileHeader,
  fileHeaderLength,
  type FileHeader,
  noTag,
  openFrame,
  sealFrame,
} from './frames.js';
import type { StoreFiles } from './snapshot-files.js';
import { headName } from './state-names.js';

const recoveredSchema = z.object({
  sinceMs: z.number(),
  stateFromMs: z.number(),
  reachedSequence: z.number(),
  expectedSequence: z.number(),
  why: z.array(z.string()),
  files: z.array(z.string()),
});

/**
 * What the store knew of itself at its last snapshot or clean close. It is the floor below which a state is damage,
 * and it keeps *recovered* until the user has approved a plan.
 */
const headSchema = z.object({
  sequence: z.number(),
  generation: z.number(),
  schemaVersion: z.number(),
  appVersion: z.string(),
  recovered: recoveredSchema.nullable(),
  /** Damaged files that still have their first name. They are renamed once a later snapshot is durable. */
  pending: z.array(z.string()),
});
export type Head = z.infer<typeof headSchema>;

const versionSchema = headSchema.pick({ appVersion: true });

export const emptyHead: Head = {
  sequence: 0,
  generation: 0,
  schemaVersion: 0,
  appVersion: '',
  recovered: null,
  pending: [],
};

export function writeHead(files: StoreFiles, head: Head, beforeRename: () => void): void {
  const header: FileHeader = {
    kind: 'head',
    generation: 0,
    part: 0,
    firstSequence: 0,
    previousTag: noTag,
    salt: files.random.bytes(32),
  };
  const secrets = deriveFileSecrets(files.key, files.workspaceId, headName, header);
  const frame = sealFrame(secrets, 0, 0, noTag, new TextEncoder().encode(JSON.stringify(head)));
  replaceFile(
    files.fileSystem,
    files.folder,
    headName,
    temporarySuffix(files.random),
    (append) => {
      append(encodeFileHeader(header));
      append(frame.bytes);
    },
    beforeRename,
  );
}

export type HeadReading =
  | { readonly state: 'ok'; readonly head: Head }
  | { readonly state: 'newer'; readonly appVersion: string | null }
  | { readonly state: 'damaged'; readonly why: string };

export function readHead(files: StoreFiles): HeadReading {
  const bytes = files.fileSystem.readFile(`${files.folder}/${headName}`);
  const headerReading = decodeFileHeader(bytes);
  if (headerReading.state === 'newer') return { state: 'newer', appVersion: null };
  if (headerReading.state !== 'ok' || headerReading.header.kind !== 'head') {
    return { state: 'damaged', why: 'its header is unreadable' };
  }
  const secrets = deriveFileSecrets(files.key, files.workspaceId, headName, headerReading.header);
  const frame = openFrame(secrets, bytes, fileHeaderLength, 0, 0, noTag, 'strict');
  if (frame.state !== 'frame' || frame.end !== bytes.length) return { state: 'damaged', why: 'it fails its check' };
  const content: unknown = JSON.parse(new TextDecoder().decode(frame.plaintext));
  const parsed = headSchema.safeParse(content);
  // It is ours and whole, but we do not understand it: only a later version can have written it.
  return parsed.success
    ? { state: 'ok', head: parsed.data }
    : { state: 'newer', appVersion: versionSchema.safeParse(content).data?.appVersion ?? null };
}
