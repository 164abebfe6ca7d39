/** Rows by id. Those from an id on, and the last one, are found without a look at the others. */
export class IdTable<T> extends Map<number, T> {
  readonly #ids: number[] = [];

  override set(id: number, row: T): this {
    if (!this.has(id))
      this.#ids.splice(
        firstFrom(this.#ids, id, (each) => each),
        0,
        id,
      );
    return super.set(id, row);
  }

  override delete(id: number): boolean {
    if (!this.has(id)) return false;
    this.#ids.splice(
      firstFrom(this.#ids, id, (each) => each),
      1,
    );
    return super.delete(id);
  }

  override clear(): void {
    this.#ids.length = 0;
    super.clear();
  }

  /** 0 where there is none. */
  lastId(): number {
    return this.#ids.at(-1) ?? 0;
  }

  /** Those with this id or a higher one, in the order of their ids. */
  from(id: number): readonly T[] {
    return this.#ids.slice(firstFrom(this.#ids, id, (each) => each)).flatMap((each) => this.get(each) ?? []);
  }
}

/** The index of the first element whose id is not below this one; the elements are in the order of their ids. */
export function firstFrom<T>(sorted: readonly T[], id: number, idOf: (element: T) => number): number {
  const last = sorted.at(-1);
  if (last === undefined || idOf(last) < id) return sorted.length;
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (idOf(sorted[middle] as T) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
