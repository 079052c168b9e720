/**
 * Where held bundles go (RFC 9171 section 5.4): asks the router, queues bundles at the ways to
 * neighbours, and asks again when a way closes or a contact does not come.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { Way } from '../../../engine/host/transport.ts';
import { FORWARDING_GROWTH_MAX } from '../geometry.ts';
import type { Surroundings, WaitReason } from '../router/router.ts';
import { Departures } from './departures.ts';
import type { EffectSink } from './effects.ts';
import { fragmentsOf } from './fragments.ts';
import type { HeldBundle } from './held-bundle.ts';
import type { Holdings } from './holdings.ts';
import type { Transfer } from './input.ts';
import { LiveDeadlines } from './live-deadlines.ts';
import type { Departure, Outlet } from './outlet.ts';
import type { AgentParts } from './parts.ts';

/** What forwarding needs beside the parts of the agent. */
export interface ForwardingParts extends AgentParts {
  readonly holdings: Holdings;
  readonly effects: EffectSink;
  /** Called when a neighbour has a bundle, as far as the way tells. */
  readonly onForwarded: (now: Nanoseconds, bundle: HeldBundle) => void;
}

/** Where a held bundle is. */
type Place =
  | { readonly kind: 'queue'; readonly outlet: Outlet; readonly untilNs: Nanoseconds }
  /** The neighbour has not acknowledged it yet. */
  | { readonly kind: 'under-way'; readonly outlet: Outlet }
  | { readonly kind: 'waits'; readonly why: WaitReason };

/** Forwards the bundles of one node. */
export class Forwarding {
  readonly #parts: ForwardingParts;
  readonly #departures: Departures;
  readonly #places = new Map<string, Place>();
  /** Bundles that should have left by then. */
  readonly #reviews: LiveDeadlines<HeldBundle>;

  constructor(parts: ForwardingParts) {
    this.#parts = parts;
    this.#departures = new Departures(parts);
    this.#reviews = new LiveDeadlines((bundle) => parts.holdings.has(bundle));
  }

  /** Bundles that wait, by reason, for the status page. */
  get waiting(): Readonly<Record<string, number>> {
    const reasons: Record<string, number> = {};
    for (const place of this.#places.values()) {
      const reason = place.kind === 'waits' ? place.why : place.kind;
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    }
    return reasons;
  }

  /** Bundles of others that have left and may come back. */
  get away(): number {
    return this.#departures.away;
  }

  /** When something is to be sent or reviewed; Infinity if nothing is. */
  nextAt(): Nanoseconds {
    let next = this.#reviews.nextAt();
    for (const outlet of this.#parts.outlets) next = Math.min(next, outlet.nextAt());
    return next;
  }

  /** Finds a way for a bundle that has none. */
  route(now: Nanoseconds, bundle: HeldBundle): void {
    const shiftNs = this.#parts.planTime() - now;
    const decision = this.#parts.router.route(bundle, this.#around(now + shiftNs, shiftNs));
    if (decision.kind === 'wait') {
      this.#places.set(bundle.key, { kind: 'waits', why: decision.why });
      return;
    }
    const outlet = this.#outletTo(decision.neighbour);
    const copyBytesMax = bundle.bytes.length + FORWARDING_GROWTH_MAX;
    if (copyBytesMax > outlet.maxBytes && this.#split(now, bundle, outlet.maxBytes)) return;
    if (bundle.bytes.length > outlet.maxBytes) {
      this.#places.set(bundle.key, { kind: 'waits', why: 'too-large' });
      return;
    }
    outlet.put(bundle);
    const untilNs = Math.max(now, decision.untilNs - shiftNs);
    this.#places.set(bundle.key, { kind: 'queue', outlet, untilNs });
    // A bundle that expires first needs no review.
    if (untilNs < bundle.deadlineNs) this.#reviews.add(untilNs + 1, bundle);
  }

  /** Puts fragments in the place of a bundle. @returns false if it stays whole. */
  #split(now: Nanoseconds, bundle: HeldBundle, maxBytes: number): boolean {
    const { options, holdings, effects } = this.#parts;
    const fragments = options.fragmentation === 'off' ? [] : fragmentsOf(bundle, maxBytes);
    if (fragments.length === 0) return false;
    this.#parts.router.withdrawn?.(bundle);
    for (const fragment of fragments) {
      holdings.add(now, fragment);
      holdings.vouch(fragment);
      effects.count('dtn.fragments');
    }
    this.#end(now, bundle);
    for (const fragment of fragments) this.route(now, fragment);
    return true;
  }

  /** A way opens: what waits may go. One closes: what did not leave goes another way. */
  turn(now: Nanoseconds, id: string, way: Way): void {
    const outlet = this.#outlet(id);
    if (outlet === undefined) return;
    if (way === 'open') outlet.open(now);
    else for (const bundle of outlet.close()) this.#reroute(now, bundle);
    this.#retryWaiting(now);
  }

  /** The neighbour has the bundle of a transfer, so that it has left for good. */
  acknowledged(now: Nanoseconds, { outlet, number }: Transfer): void {
    const { effects } = this.#parts;
    const bundle = this.#outlet(outlet)?.acknowledged(number);
    if (bundle === undefined) {
      effects.drop('late-receipt');
      return;
    }
    this.#departures.arrived(bundle);
    this.#end(now, bundle);
    effects.count('dtn.forwarded');
    this.#parts.onForwarded(now, bundle);
  }

  /** A transfer was given up below: its bundle needs a way again. */
  failed(now: Nanoseconds, { outlet, number }: Transfer): void {
    const bundle = this.#outlet(outlet)?.acknowledged(number);
    if (bundle === undefined) return;
    this.#departures.returned(bundle);
    this.#reroute(now, bundle);
  }

  /** Bundles that should have left by now, and did not: their contact did not begin in time. */
  review(now: Nanoseconds): void {
    for (let due = this.#reviews.takeDue(now); due; due = this.#reviews.takeDue(now)) {
      const place = this.#places.get(due.key);
      if (place?.kind !== 'queue' || place.untilNs >= now) continue;
      place.outlet.withdraw(due);
      this.#reroute(now, due);
    }
  }

  /** Sends what can leave now. */
  transmit(now: Nanoseconds): void {
    for (const outlet of this.#parts.outlets) {
      while (outlet.nextAt() <= now) {
        const departure = outlet.take(now, this.#parts.planTime());
        if (departure !== undefined) this.#leave(now, departure, outlet);
        for (const spent of outlet.spent()) this.#reroute(now, spent);
      }
    }
  }

  /** True if a neighbour may have the bundle by now, and has not said so. */
  isUnderWay({ key }: HeldBundle): boolean {
    return this.#places.get(key)?.kind === 'under-way';
  }

  /** Gives a bundle up, wherever it is. */
  giveUp(now: Nanoseconds, bundle: HeldBundle): void {
    const place = this.#places.get(bundle.key);
    if (place !== undefined && place.kind !== 'waits') place.outlet.withdraw(bundle);
    this.#departures.returned(bundle);
    this.#parts.router.withdrawn?.(bundle);
    this.#end(now, bundle);
  }

  /** The node is done with the bundle. */
  #end(now: Nanoseconds, bundle: HeldBundle): void {
    this.#places.delete(bundle.key);
    this.#parts.router.done?.(bundle);
    this.#parts.holdings.end(now, bundle);
  }

  #leave(now: Nanoseconds, departure: Departure, outlet: Outlet): void {
    const { bundle, transfer } = departure;
    // Without a receipt to wait for, the bundle has left for good.
    if (transfer === undefined) this.#end(now, bundle);
    else this.#places.set(bundle.key, { kind: 'under-way', outlet });
    const drop = this.#departures.send(now, departure, outlet);
    if (drop === undefined) {
      if (transfer === undefined) this.#parts.onForwarded(now, bundle);
      return;
    }
    outlet.withdraw(bundle);
    if (transfer !== undefined) this.#end(now, bundle);
    this.#parts.effects.lose(bundle, drop);
  }

  #around(nowNs: Nanoseconds, shiftNs: Nanoseconds): Surroundings {
    return new Around(this.#parts.outlets, nowNs, shiftNs);
  }

  #outlet(id: string): Outlet | undefined {
    return this.#parts.outlets.find((outlet) => outlet.id === id);
  }

  /** Of several ways to one neighbour, an open one, else the first. */
  #outletTo(name: string): Outlet {
    const all = this.#parts.outlets.filter(({ neighbour }) => neighbour === name);
    const chosen = all.find(({ isOpen }) => isOpen) ?? all[0];
    if (chosen === undefined) throw new Error(`a router chose ${name}, to which there is no way`);
    return chosen;
  }

  /** Bundles that wait for a way: a contact has begun or ended, so there may be one. */
  #retryWaiting(now: Nanoseconds): void {
    for (const bundle of [...this.#parts.holdings.values()]) {
      if (this.#places.get(bundle.key)?.kind === 'waits') this.route(now, bundle);
    }
  }

  #reroute(now: Nanoseconds, bundle: HeldBundle): void {
    this.#parts.router.withdrawn?.(bundle);
    this.route(now, bundle);
  }
}

// hot: one for each bundle that is routed, so methods and no closures.
/** What a router sees of a node at one instant. */
class Around implements Surroundings {
  readonly nowNs: Nanoseconds;
  readonly #outlets: readonly Outlet[];
  /** Plan time less the time of the node. */
  readonly #shiftNs: Nanoseconds;

  constructor(outlets: readonly Outlet[], nowNs: Nanoseconds, shiftNs: Nanoseconds) {
    this.#outlets = outlets;
    this.nowNs = nowNs;
    this.#shiftNs = shiftNs;
  }

  deadlineOf({ deadlineNs }: HeldBundle): Nanoseconds {
    return deadlineNs + this.#shiftNs;
  }

  waiting(name: string, priority: number): number {
    let sum = 0;
    for (const outlet of this.#outlets) {
      if (outlet.neighbour === name) sum += outlet.waiting(priority);
    }
    return sum;
  }

  isOpen(name: string): boolean {
    return this.#outlets.some(({ neighbour, isOpen }) => neighbour === name && isOpen);
  }
}
