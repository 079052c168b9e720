/**
 * Ping: the state machine. Time and events in, effects out; it knows neither host nor bytes.
 *
 * A request without a reply within the time-out is lost; a reply counts once.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import type { StateMachine, TimerDue } from '../_kit/machine.ts';
import { OUTSTANDING_REQUESTS_MAX } from './geometry.ts';

/** Actions that a {@link PingMachine} asks of its node; `request` is the request that the action sends or refuses. */
export type PingEffect<Request> =
  | { readonly kind: 'send-request'; readonly identifier: number; readonly request: Request }
  | {
      readonly kind: 'refuse';
      readonly reason: 'too-many-outstanding';
      readonly request: Request;
    }
  | { readonly kind: 'measured'; readonly rttNs: number }
  | { readonly kind: 'drop'; readonly reason: 'unexpected-reply' }
  | { readonly kind: 'lost'; readonly count: number };

/** Events that a pinging node handles. */
export type PingInput<Request> =
  | { readonly kind: 'application-send'; readonly request: Request }
  | { readonly kind: 'reply'; readonly identifier: number };

/** Numbers echo requests, matches replies to them, and gives up requests without a reply in time. */
export class PingMachine<Request> implements StateMachine<PingInput<Request>, PingEffect<Request>> {
  readonly #timeoutNs: Nanoseconds;
  readonly #sentNs = new Map<number, Nanoseconds>();
  #nextIdentifier = 0;

  /** @param timeoutNs Time to wait for a reply. */
  constructor(timeoutNs: Nanoseconds) {
    this.#timeoutNs = timeoutNs;
  }

  step(now: Nanoseconds, input: PingInput<Request> | TimerDue): readonly PingEffect<Request>[] {
    switch (input.kind) {
      case 'application-send':
        return [this.#request(now, input.request)];
      case 'reply':
        return [this.#reply(now, input.identifier)];
      case 'timer':
        return [this.#expire(now)];
    }
  }

  /** When the oldest request times out; Infinity if none is open. */
  nextAt(): Nanoseconds {
    const oldest = this.#sentNs.values().next();
    return oldest.done ? Number.POSITIVE_INFINITY : oldest.value + this.#timeoutNs;
  }

  #request(now: Nanoseconds, request: Request): PingEffect<Request> {
    if (this.#sentNs.size >= OUTSTANDING_REQUESTS_MAX) {
      return { kind: 'refuse', reason: 'too-many-outstanding', request };
    }
    const identifier = this.#nextIdentifier;
    this.#nextIdentifier = (identifier + 1) % 2 ** 32;
    this.#sentNs.set(identifier, now);
    return { kind: 'send-request', identifier, request };
  }

  #reply(now: Nanoseconds, identifier: number): PingEffect<Request> {
    const sentNs = this.#sentNs.get(identifier);
    if (sentNs === undefined) return { kind: 'drop', reason: 'unexpected-reply' };
    this.#sentNs.delete(identifier);
    return { kind: 'measured', rttNs: now - sentNs };
  }

  #expire(now: Nanoseconds): PingEffect<Request> {
    let count = 0;
    for (const [identifier, sentNs] of this.#sentNs) {
      if (sentNs + this.#timeoutNs > now) break;
      this.#sentNs.delete(identifier);
      count += 1;
    }
    return { kind: 'lost', count };
  }
}
