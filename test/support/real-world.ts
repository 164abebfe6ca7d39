import { randomBytes } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { Clock, Random } from '../../main/host.js';

/** The machine's own clock: real servers live in real time. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await after(ms, undefined, signal === undefined ? {} : { signal });
  },
};

export const realRandom: Random = {
  bytes: (length) => randomBytes(length),
  unit: () => randomBytes(4).readUInt32BE() / 2 ** 32,
};
