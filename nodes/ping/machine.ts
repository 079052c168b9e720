/**
 * Ping: the state machine. Time and events in, effects out; it sees neither port nor bytes.
 *
 * A request without a reply within the time-out is lost; a reply counts once.
 *
 * @module
 */
import { MAX_OUTSTANDING } from './geometry.ts';

/** The effects of the machine. */
export type PingEffect =
  | { readonly kind: 'send-request'; readonly identifier: number }
  | { readonly kind: 'refuse'; readonly reason: 'too-many-outstanding' }
  | { readonly kind: 'measured'; readonly rttNs: number }
  | { readonly kind: 'drop'; readonly reason: 'unexpected-reply' }
  | { readonly kind: 'lost'; readonly count: number };

/** The events of the machine. */
export type PingInput =
  | { readonly kind: 'application-send' }
  | { readonly kind: 'reply'; readonly identifier: number }
  | { readonly kind: 'timer' };

/** Outstanding requests and their send times. */
export class PingMachine {
  readonly #timeoutNs: number;
  readonly #sentNs = new Map<number, number>();
  #nextIdentifier = 0;

  /** @param timeoutNs Time to wait for a reply. */
  constructor(timeoutNs: number) {
    this.#timeoutNs = timeoutNs;
  }

  /** One step; `now` in ns. */
  step(now: number, input: PingInput): PingEffect {
    switch (input.kind) {
      case 'application-send':
        return this.#request(now);
      case 'reply':
        return this.#reply(now, input.identifier);
      case 'timer':
        return this.#expire(now);
    }
  }

  /** Instant of the oldest time-out, or undefined when no request is outstanding. */
  deadline(): number | undefined {
    const oldest = this.#sentNs.values().next();
    return oldest.done ? undefined : oldest.value + this.#timeoutNs;
  }

  #request(now: number): PingEffect {
    if (this.#sentNs.size >= MAX_OUTSTANDING) {
      return { kind: 'refuse', reason: 'too-many-outstanding' };
    }
    const identifier = this.#nextIdentifier;
    this.#nextIdentifier = (identifier + 1) % 2 ** 32;
    this.#sentNs.set(identifier, now);
    return { kind: 'send-request', identifier };
  }

  #reply(now: number, identifier: number): PingEffect {
    const sentNs = this.#sentNs.get(identifier);
    if (sentNs === undefined) return { kind: 'drop', reason: 'unexpected-reply' };
    this.#sentNs.delete(identifier);
    return { kind: 'measured', rttNs: now - sentNs };
  }

  #expire(now: number): PingEffect {
    let count = 0;
    for (const [identifier, sentNs] of this.#sentNs) {
      if (sentNs + this.#timeoutNs > now) break;
      this.#sentNs.delete(identifier);
      count += 1;
    }
    return { kind: 'lost', count };
  }
}
