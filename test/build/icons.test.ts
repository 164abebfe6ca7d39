import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzlibSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../support/temp-tree.js';

interface Icons {
  drawIcons(): ReadonlyMap<string, Uint8Array>;
}
let drawn: ReadonlyMap<string, Uint8Array>;

beforeAll(async () => {
  const icons = (await import(join(projectRoot, 'build/icons.mjs'))) as Icons;
  drawn = icons.drawIcons();
}, 120_000);

const committed = (path: string): Buffer => readFileSync(join(projectRoot, 'build', path));

describe('the icons', () => {
  it('are those that build/icons.mjs draws', () => {
    expect(drawn.size).toBeGreaterThan(10);
    for (const [path, bytes] of drawn) expect(committed(path).equals(bytes), path).toBe(true);
  });

  it('are PNG of the size in their name: blue, with white arrows, and corners that are clear', () => {
    const png = committed('icons/linux/256x256.png');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([256, 256]);
    const pixel = readPixels(png);
    expect(pixel(0, 0)[3]).toBe(0);
    expect(pixel(128, 30)).toEqual([0x40, 0x53, 0xc9, 255]);
    // In the middle of the upper arrow's line.
    expect(pixel(128, 96)).toEqual([255, 255, 255, 255]);
  });

  it('for Windows hold six sizes, for macOS eight kinds, each where its table says', () => {
    const ico = committed('icons/icon.ico');
    expect(ico.readUInt16LE(4)).toBe(6);
    for (let index = 0; index < 6; index += 1) {
      const offset = ico.readUInt32LE(6 + index * 16 + 12);
      expect(ico.toString('latin1', offset + 1, offset + 4)).toBe('PNG');
    }
    const icns = committed('icons/icon.icns');
    expect(icns.readUInt32BE(4)).toBe(icns.length);
    const kinds: string[] = [];
    for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) kinds.push(icns.toString('latin1', at, at + 4));
    expect(kinds).toEqual(['ic11', 'ic12', 'ic07', 'ic13', 'ic08', 'ic14', 'ic09', 'ic10']);
  });
});

/** Of a PNG as we write them: one piece of data, each row filtered by Sub. */
function readPixels(png: Buffer): (x: number, y: number) => readonly number[] {
  const width = png.readUInt32BE(16);
  const length = png.readUInt32BE(33);
  const rows = unzlibSync(png.subarray(41, 41 + length));
  return (x, y) => {
    const start = y * (width * 4 + 1) + 1;
    const channel = (which: number): number => {
      let sum = 0;
      for (let at = which; at <= x * 4 + which; at += 4) sum += rows[start + at] ?? 0;
      return sum % 256;
    };
    return [0, 1, 2, 3].map(channel);
  };
}
