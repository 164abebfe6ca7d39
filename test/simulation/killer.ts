import type { EngineStore } from '../../main/engine/ports.js';
import type { MemoryPair } from '../fakes/memory-pair.js';

/** The process is gone: whatever it still tries fails, and nothing of it is seen. */
class Crash extends Error {}

/** Kills the run at its n-th step; a step is the moment before or after a request or a commit. */
export class Killer {
  #left: number;
  dead = false;
  /** How many crashes fell between a durable intent and its end. */
  inFlight = 0;
  #open = 0;

  constructor(steps: number) {
    this.#left = steps;
  }

  step(): void {
    if (this.dead) throw new Crash();
    this.#left -= 1;
    if (this.#left > 0) return;
    this.dead = true;
    if (this.#open > 0) this.inFlight += 1;
    throw new Crash();
  }

  wrap(store: EngineStore): EngineStore {
    return {
      ...store,
      state: () => store.state(),
      commit: async (ops, durability) => {
        this.step();
        await store.commit(ops, durability);
        for (const op of ops) this.#open += op.op === 'open-intent' ? 1 : op.op === 'end-intent' ? -1 : 0;
        this.step();
      },
    };
  }
}

export interface Outcome {
  readonly crashes: number;
  readonly inFlight: number;
}

/** A run that is killed at its n-th step, if it gets so far; the store is then what the next process finds. */
export async function crashingSync(
  pair: MemoryPair,
  steps: number,
  powerLoss: boolean,
  run: () => Promise<unknown> = () => pair.sync(),
): Promise<Outcome> {
  const killer = new Killer(steps);
  pair.wrapStore = (store) => killer.wrap(store);
  pair.around = () => {
    killer.step();
  };
  try {
    await run();
  } catch (thrown) {
    if (!killer.dead) throw thrown;
    pair.store = powerLoss ? pair.store.reopenAfterPowerLoss() : pair.store.reopen();
  } finally {
    pair.wrapStore = (store) => store;
    pair.around = () => undefined;
  }
  return { crashes: killer.dead ? 1 : 0, inFlight: killer.inFlight };
}
