/** Long work in pieces, so that it never holds the thread that a window needs. */
export interface Slices {
  /**
   * Before each piece of work: resolves when it may be done. Null: at once, nothing to wait for.
   * @param characters how much text the piece handles, or a like amount of work
   */
  before(characters: number): Promise<void> | null;
}

/** Some milliseconds' worth. */
export const charactersAtOnce = 128 * 1024;

/**
 * No slice handles more than `most` characters, unless a single piece does.
 * @param pause lets everything else run that waits; may throw to end the work
 */
export function createSlices(pause: () => Promise<void>, most = charactersAtOnce): Slices {
  let done = 0;
  return {
    before(characters) {
      if (done === 0 || done + characters <= most) {
        done += characters;
        return null;
      }
      done = characters;
      return pause();
    },
  };
}
