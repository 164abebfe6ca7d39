/**
 * What a test can order to go wrong. Orders are tried in the sequence in which they were given; a request takes the
 * first one that fits, and an order is used up after `times` requests.
 */

export type RetryAfter =
  | { readonly kind: 'seconds'; readonly seconds: number }
  /** The same as an HTTP date, counted from this server's clock. */
  | { readonly kind: 'date'; readonly seconds: number }
  | { readonly kind: 'none' };

export type Fault =
  | { readonly kind: 'rate-limit'; readonly retryAfter: RetryAfter }
  | { readonly kind: 'answer'; readonly status: number; readonly contentType?: string; readonly body?: string }
  /** The connection ends before the request had any effect, after it, or in the middle of the answer. */
  | { readonly kind: 'cut'; readonly when: 'before' | 'after' | 'mid-body' }
  /** Waits on the injected clock. */
  | { readonly kind: 'delay'; readonly ms: number; readonly when?: 'before' | 'after' }
  /** Waits until the test releases it. */
  | { readonly kind: 'hold'; readonly when?: 'before' | 'after' }
  /** A listing that never ends: always its first page, with a total that runs ahead. */
  | { readonly kind: 'endless' }
  /** A body of this many bytes, made while it is sent. */
  | { readonly kind: 'huge'; readonly bytes: number };

export interface FaultOrder {
  readonly fault: Fault;
  readonly method?: string | readonly string[];
  /** Tested against path and query, as in `/issues.json?limit=1`. */
  readonly path?: RegExp;
  /** 1 by default; `Infinity` until cancelled. */
  readonly times?: number;
  /** So many fitting requests go through first. */
  readonly skip?: number;
}

export interface FaultHandle {
  /** How many requests took this order so far. */
  readonly fired: number;
  /** Resolves when the first request has come to the point where it fails or waits. */
  readonly arrived: Promise<void>;
  /** For `hold`: lets go what waits and everything that comes later. */
  release(): void;
  cancel(): void;
}

/** An order as one request meets it. */
export interface TakenFault {
  readonly fault: Fault;
  /** Resolves at once unless the order is a hold that was not released. */
  readonly released: Promise<void>;
  /** To be called when the request has come to the fault's point. */
  arrive(): void;
}

class Order implements FaultHandle {
  fired = 0;
  readonly arrived: Promise<void>;
  readonly released: Promise<void>;
  #left: number;
  #skip: number;
  #arrive: () => void = () => undefined;
  #release: () => void = () => undefined;

  constructor(readonly order: FaultOrder) {
    this.#left = order.times ?? 1;
    this.#skip = order.skip ?? 0;
    this.arrived = new Promise((resolve) => (this.#arrive = resolve));
    this.released = new Promise((resolve) => (this.#release = resolve));
  }

  fits(method: string, target: string): boolean {
    const methods = typeof this.order.method === 'string' ? [this.order.method] : this.order.method;
    return this.#left > 0 && (methods?.includes(method) ?? true) && (this.order.path?.test(target) ?? true);
  }

  take(): boolean {
    if (this.#skip > 0) {
      this.#skip -= 1;
      return false;
    }
    this.#left -= 1;
    this.fired += 1;
    return true;
  }

  arrive(): void {
    this.#arrive();
  }

  release(): void {
    this.#release();
  }

  cancel(): void {
    this.#left = 0;
    this.#release();
  }
}

export class Faults {
  #orders: Order[] = [];

  order(order: FaultOrder): FaultHandle {
    const added = new Order(order);
    this.#orders.push(added);
    return added;
  }

  rateLimit(times: number, retryAfter: RetryAfter = { kind: 'none' }): FaultHandle {
    return this.order({ fault: { kind: 'rate-limit', retryAfter }, times });
  }

  fail(times: number, status = 500): FaultHandle {
    return this.order({ fault: { kind: 'answer', status }, times });
  }

  cut(when: 'before' | 'after' | 'mid-body', where: Omit<FaultOrder, 'fault'> = {}): FaultHandle {
    return this.order({ ...where, fault: { kind: 'cut', when } });
  }

  hold(where: Omit<FaultOrder, 'fault'> = {}, when: 'before' | 'after' = 'before'): FaultHandle {
    return this.order({ ...where, fault: { kind: 'hold', when } });
  }

  /** A page for people where JSON is due: what a proxy's login page looks like. */
  answerHtml(where: Omit<FaultOrder, 'fault'> = {}): FaultHandle {
    const body = '<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n';
    return this.order({
      ...where,
      fault: { kind: 'answer', status: 200, contentType: 'text/html; charset=utf-8', body },
    });
  }

  /** Ends all orders and lets go whatever waits. */
  clear(): void {
    for (const order of this.#orders) order.cancel();
    this.#orders = [];
  }

  take(method: string, target: string): TakenFault | null {
    for (const order of this.#orders) {
      if (!order.fits(method, target)) continue;
      if (!order.take()) continue;
      return { fault: order.order.fault, released: order.released, arrive: () => order.arrive() };
    }
    return null;
  }
}
