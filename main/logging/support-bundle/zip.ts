import { Zip, ZipDeflate } from 'fflate';
import type { Slices } from './slices.js';

export interface ZipMember {
  readonly name: string;
  readonly content: Uint8Array;
}

const bytesAtOnce = 64 * 1024;

/** @param atMs the members' time, in milliseconds since 1970 */
export async function zipMembers(members: readonly ZipMember[], atMs: number, slices: Slices): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const failures: Error[] = [];
  const zip = new Zip((error, part) => {
    if (error === null) parts.push(part);
    else failures.push(error);
  });
  for (const { name, content } of members) {
    const member = new ZipDeflate(name);
    member.mtime = new Date(atMs);
    zip.add(member);
    let at = 0;
    do {
      const piece = content.subarray(at, at + bytesAtOnce);
      await slices.before(piece.length);
      at += bytesAtOnce;
      member.push(piece, at >= content.length);
    } while (at < content.length);
  }
  zip.end();
  if (failures[0] !== undefined) throw failures[0];
  return Buffer.concat(parts);
}
