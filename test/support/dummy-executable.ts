const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** A program with Electron's fuse wire in it (`1` on, `0` off), as Electron ships its own; it does nothing. */
export const executable = (wire: string): Buffer =>
  Buffer.from(`#!/bin/sh\n# ${sentinel}\u0001${String.fromCharCode(wire.length)}${wire}\n`, 'latin1');
