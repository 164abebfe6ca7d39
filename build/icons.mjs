/**
 * Draws the icons: `node build/icons.mjs`. They are committed; test/build/icons.test.ts holds them to this drawing.
 * Written here and not with an image tool, so that every machine makes the same bytes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { zlibSync } from 'fflate';

const size = 32;
const blue = [0x40, 0x53, 0xc9];
const white = [255, 255, 255];
const black = [0, 0, 0];
const corner = 7;
/** Two arrows that pass each other: what is left goes right, what is right goes left. Points in a 32 by 32 field. */
const arrows = [
  [
    [8, 12],
    [24, 12],
    [19.5, 7.5],
  ],
  [
    [24, 20],
    [8, 20],
    [12.5, 24.5],
  ],
];

const segments = arrows.flatMap((points) => points.slice(1).map((point, index) => [points[index], point]));

/** @typedef {{ field: readonly number[] | null, ink: readonly number[], stroke: number, margin: number }} Look */

/** @type {Readonly<Record<string, Look>>} */
const looks = {
  app: { field: blue, ink: white, stroke: 2.6, margin: 0 },
  // Apple asks for room around the shape: 824 of 1024 (Human Interface Guidelines, "App icons").
  mac: { field: blue, ink: white, stroke: 2.6, margin: (size * (1 - 824 / 1024)) / 2 },
  // Sixteen pixels want a thick line. The system colours a template image by itself.
  template: { field: null, ink: black, stroke: 3.4, margin: -4 },
  tray: { field: blue, ink: white, stroke: 3.4, margin: 0 },
};

export function drawSvg() {
  const path = arrows.map((points) => `M${points.map((point) => point.join(' ')).join('L')}`).join('');
  const [r, g, b] = blue;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}">`,
    `  <rect width="${size}" height="${size}" rx="${corner}" fill="rgb(${r} ${g} ${b})"/>`,
    `  <path d="${path}" fill="none" stroke="#fff" stroke-width="${looks.app.stroke}" stroke-linecap="round" stroke-linejoin="round"/>`,
    '</svg>',
    '',
  ].join('\n');
}

function distanceToSegment(x, y, [ax, ay], [bx, by]) {
  const along = Math.max(
    0,
    Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)),
  );
  return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
}

function distanceToField(x, y) {
  const dx = Math.abs(x - size / 2) - size / 2 + corner;
  const dy = Math.abs(y - size / 2) - size / 2 + corner;
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - corner;
}

/** RGBA, row by row. Edges are smoothed over the one pixel that they cross. */
export function drawPixels(pixels, { field, ink, stroke, margin }) {
  const image = new Uint8Array(pixels * pixels * 4);
  const unitsPerPixel = size / pixels;
  const scale = size / (size - 2 * margin);
  const cover = (distance) => Math.max(0, Math.min(1, 0.5 - distance / (unitsPerPixel * scale)));
  for (let row = 0; row < pixels; row += 1) {
    for (let column = 0; column < pixels; column += 1) {
      const x = ((column + 0.5) * unitsPerPixel - margin) * scale;
      const y = ((row + 0.5) * unitsPerPixel - margin) * scale;
      let toArrow = Infinity;
      for (const [from, to] of segments) toArrow = Math.min(toArrow, distanceToSegment(x, y, from, to));
      const line = cover(toArrow - stroke / 2);
      const at = (row * pixels + column) * 4;
      for (let channel = 0; channel < 3; channel += 1) {
        const under = field === null ? ink[channel] : field[channel];
        image[at + channel] = Math.round(under + (ink[channel] - under) * line);
      }
      image[at + 3] = Math.round((field === null ? line : cover(distanceToField(x, y))) * 255);
    }
  }
  return image;
}

function joinBytes(...parts) {
  return Buffer.concat(parts.map((part) => (typeof part === 'number' ? bigEndian(part) : Buffer.from(part))));
}

function bigEndian(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function crc32(bytes) {
  let crc = 0xffffffff;
  for (let at = 0; at < bytes.length; at += 1) {
    crc ^= bytes[at];
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** https://www.w3.org/TR/png-3/: signature, header, one piece of data, end. */
export function encodePng(pixels, image) {
  const rows = Buffer.alloc(pixels * (pixels * 4 + 1));
  for (let row = 0; row < pixels; row += 1) {
    // Filter 1 of the standard (Sub): each byte less the one of the pixel before.
    const start = row * (pixels * 4 + 1);
    rows[start] = 1;
    for (let at = 0; at < pixels * 4; at += 1) {
      const here = image[row * pixels * 4 + at];
      rows[start + 1 + at] = at < 4 ? here : here - image[row * pixels * 4 + at - 4];
    }
  }
  const chunk = (name, data) => {
    const body = joinBytes(Buffer.from(name, 'latin1'), data);
    return joinBytes(data.length, body, crc32(body));
  };
  // Eight bits a channel, colour with alpha, and the only methods there are.
  const header = joinBytes(pixels, pixels, [8, 6, 0, 0, 0]);
  return joinBytes(
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    chunk('IHDR', header),
    chunk('IDAT', zlibSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  );
}

/** ICO with PNG inside, which Windows reads since Vista. */
function encodeIco(images) {
  const header = Buffer.alloc(6 + images.length * 16);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(images.length, 4);
  let offset = header.length;
  images.forEach(({ pixels, png }, index) => {
    const at = 6 + index * 16;
    header.writeUInt8(pixels % 256, at);
    header.writeUInt8(pixels % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(png.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([header, ...images.map(({ png }) => png)]);
}

/** ICNS: https://en.wikipedia.org/wiki/Apple_Icon_Image_format, the types that hold PNG. */
function encodeIcns(images) {
  const parts = images.map(({ type, png }) => joinBytes(Buffer.from(type, 'latin1'), png.length + 8, png));
  const length = parts.reduce((sum, part) => sum + part.length, 8);
  return joinBytes(Buffer.from('icns', 'latin1'), length, ...parts);
}

const icnsTypes = [
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
];

/** Every icon, by its path below build/. */
export function drawIcons() {
  const png = (pixels, look) => encodePng(pixels, drawPixels(pixels, look));
  const linux = [16, 32, 48, 64, 128, 256, 512];
  const app = new Map(linux.map((pixels) => [pixels, png(pixels, looks.app)]));
  const mac = new Map(
    [...new Set(icnsTypes.map(([, pixels]) => pixels))].map((pixels) => [pixels, png(pixels, looks.mac)]),
  );
  return new Map([
    ['icons/icon.svg', Buffer.from(drawSvg())],
    ...linux.map((pixels) => [`icons/linux/${pixels}x${pixels}.png`, app.get(pixels)]),
    ['icons/icon.ico', encodeIco([16, 32, 48, 64, 128, 256].map((pixels) => ({ pixels, png: app.get(pixels) })))],
    ['icons/icon.icns', encodeIcns(icnsTypes.map(([type, pixels]) => ({ type, png: mac.get(pixels) })))],
    ['tray/tray.png', png(16, looks.tray)],
    ['tray/tray@2x.png', png(32, looks.tray)],
    // Electron takes a file whose name ends so for a template image.
    ['tray/trayTemplate.png', png(16, looks.template)],
    ['tray/trayTemplate@2x.png', png(32, looks.template)],
  ]);
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, bytes] of drawIcons()) {
    const file = join(import.meta.dirname, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}
