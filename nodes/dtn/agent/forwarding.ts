/**
 * Forwards held bundles (RFC 9171 section 5.4): asks the router, queues bundles in the outlets to neighbours, and asks
 * the router again when a way closes or a contact does not begin as planned.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { PeerReachability } from '../../../engine/host/transport.ts';
import { PruningDeadlineHeap } from '../../_kit/live-deadlines.ts';
import type { DtnDropReason } from '../drops.ts';
import { FORWARDING_GROWTH_BYTES_MAX } from '../geometry.ts';
import type { Router, RoutingContext, WaitReason } from '../router/router.ts';
import type { BundleView } from '../wire/view.ts';
import { CriticalBundleCopies } from './critical-copies.ts';
import type { BundleFate } from './custody-ledger.ts';
import { CopySender } from './departures.ts';
import type { EffectSink } from './effects.ts';
import { replaceByFragments, splitInTwo, splitIntoFragments } from './fragments.ts';
import type { HeldBundle, WaitingBundle } from './held-bundle.ts';
import type { HeldBundles } from './holdings.ts';
import type { TransferId } from './input.ts';
import type { Departure, Outlet } from './outlet.ts';
import type { BundleAgentParts } from './parts.ts';
import { AgentRoutingContext } from './routing-context.ts';

/** What a {@link BundleForwarder} needs beside the parts of the agent. */
export interface BundleForwarderParts extends BundleAgentParts {
  readonly holdings: HeldBundles;
  readonly effects: EffectSink;
  /** View of the bundle that was received last: if it leaves at once, it is not decoded again. */
  readonly arrival: BundleView;
  /**
   * Called when a neighbour has acknowledged a bundle or, over a way without acknowledgements, when the bundle has
   * left.
   */
  readonly onForwarded: (now: Nanoseconds, bundle: HeldBundle) => void;
  /** Called for each fragment that was made here; it is not on disk yet. */
  readonly onKept: (now: Nanoseconds, bundle: HeldBundle) => void;
}

/** Whether a held bundle is queued, under way or without a way. */
type BundleState = (
  | { readonly kind: 'queue'; readonly outlet: Outlet; readonly untilNs: Nanoseconds }
  /** Sent, last at `leftNs` in the time of contact plans, but not acknowledged by the neighbour yet. */
  | { readonly kind: 'under-way'; readonly outlet: Outlet; readonly leftNs: Nanoseconds }
  | { readonly kind: 'waits'; readonly why: WaitReason }
) & {
  /** When the bundle was to leave by the router's first plan for it; undefined if the router plans none. */
  readonly plannedNs: Nanoseconds | undefined;
};

/** A bundle to queue in an outlet; `untilPlanNs`: the latest planned instant at which it leaves, in plan time. */
interface Queued {
  readonly bundle: HeldBundle;
  readonly outlet: Outlet;
  readonly untilPlanNs: Nanoseconds;
  /** When the bundle was to leave by the router's first plan for it. */
  readonly plannedNs: Nanoseconds | undefined;
}

/** Why copies of a critical bundle could not be queued. */
interface Obstacles {
  readonly why: WaitReason;
  /**
   * The greatest limit, bytes, of the ways for which this bundle is too long; 0 if there is no such
   * way.
   */
  readonly bytesMax: number;
}

type RouteBy = NonNullable<Router['routeBy']>;

/** Forwards the bundles of one node. */
export class BundleForwarder {
  readonly #parts: BundleForwarderParts;
  readonly #departures: CopySender;
  /** State of each held bundle, by key; of a critical bundle, the states of its copies instead. */
  readonly #states = new Map<string, BundleState>();
  readonly #critical = new CriticalBundleCopies();
  /** Queued bundles, by the instant at which they should have left; then they are routed again. */
  readonly #reviews: PruningDeadlineHeap<HeldBundle>;

  constructor(parts: BundleForwarderParts) {
    this.#parts = parts;
    this.#departures = new CopySender(parts);
    this.#reviews = new PruningDeadlineHeap(
      (bundle) => parts.holdings.has(bundle) || this.#critical.has(bundle),
    );
  }

  /** Bundles that wait, by reason, for the status page. */
  get waiting(): Readonly<Record<string, number>> {
    const reasons: Record<string, number> = {};
    for (const state of this.#states.values()) {
      const reason = state.kind === 'waits' ? state.why : state.kind;
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    }
    return reasons;
  }

  /** Some of the bundles that wait, those without a way first. */
  waitingBundles(most: number): readonly WaitingBundle[] {
    const stuck: WaitingBundle[] = [];
    const queued: WaitingBundle[] = [];
    for (const bundle of this.#parts.holdings.values()) {
      const state = this.#states.get(bundle.key);
      if (state?.kind === 'waits' && stuck.length < most) stuck.push({ bundle, why: state.why });
      else if (this.#isQueued(bundle, state) && queued.length < most)
        queued.push({ bundle, why: 'queue' });
      if (stuck.length === most) break;
    }
    return [...stuck, ...queued].slice(0, most);
  }

  /** True if a bundle is queued; a critical bundle counts as queued while copies wait or are under way. */
  #isQueued(bundle: HeldBundle, state: BundleState | undefined): boolean {
    return state?.kind === 'queue' || this.#critical.here(bundle).length > 0;
  }

  /** Number of bundles of other nodes that were sent and not acknowledged: they may come back. */
  get away(): number {
    return this.#departures.away;
  }

  /** When the next bundle can leave or is to be routed again; Infinity if there is none. */
  nextAt(): Nanoseconds {
    let next = this.#reviews.nextAt();
    for (const outlet of this.#parts.outlets) next = Math.min(next, outlet.nextAt());
    return next;
  }

  /** Asks the router where a bundle goes, and queues, splits or drops it, or lets it wait. */
  route(now: Nanoseconds, bundle: HeldBundle): void {
    const { router } = this.#parts;
    if (bundle.isCritical === true && router.routeBy !== undefined) {
      this.#routeCopies(now, bundle.copyOf ?? bundle, router.routeBy.bind(router));
      return;
    }
    const decision = router.route(bundle, this.#around(now));
    const before = this.#states.get(bundle.key)?.plannedNs;
    if (decision.kind === 'wait') {
      this.#states.set(bundle.key, { kind: 'waits', why: decision.why, plannedNs: before });
      return;
    }
    if (decision.kind === 'split') {
      this.#routeParts(now, bundle, decision.maxBytes);
      return;
    }
    const plannedNs = before ?? decision.leavesNs;
    const outlet = this.#outletTo(decision.neighbour);
    const copyBytesMax = bundle.bytes.length + FORWARDING_GROWTH_BYTES_MAX;
    if (copyBytesMax > outlet.maxBytes && this.#split(now, bundle, outlet.maxBytes)) return;
    if (bundle.bytes.length > outlet.maxBytes) {
      this.#states.set(bundle.key, { kind: 'waits', why: 'too-large', plannedNs });
      return;
    }
    this.#enqueue(now, { bundle, outlet, untilPlanNs: decision.untilNs, plannedNs });
  }

  /** Splits a bundle so that its first part fits on the router's route; the rest is routed anew. */
  #routeParts(now: Nanoseconds, bundle: HeldBundle, maxBytes: number): void {
    const parts = this.#cutOff(bundle, maxBytes);
    if (parts.length === 0) throw new Error('a router splits a bundle that cannot be split');
    for (const part of this.#replace(now, bundle, parts)) this.route(now, part);
  }

  #enqueue(now: Nanoseconds, { bundle, outlet, untilPlanNs, plannedNs }: Queued): void {
    outlet.put(bundle);
    const untilNs = Math.max(now, untilPlanNs - this.#parts.planTime() + now);
    this.#states.set(bundle.key, { kind: 'queue', outlet, untilNs, plannedNs });
    // A bundle that expires before that instant need not be routed again.
    if (untilNs < bundle.deadlineNs) this.#reviews.add(untilNs + 1, bundle);
    this.#makeWay(now, bundle, outlet);
  }

  /** Queues a copy of a critical bundle for each neighbour with which a route begins and that has no copy yet. */
  #routeCopies(now: Nanoseconds, original: HeldBundle, routeBy: RouteBy): void {
    const { outlets } = this.#parts;
    let why: WaitReason = 'no-route';
    let bytesMax = 0;
    for (const neighbour of new Set(outlets.map((outlet) => outlet.neighbour))) {
      if (this.#critical.isTaken(original, neighbour)) continue;
      const copy = CriticalBundleCopies.of(original, neighbour);
      const decision = routeBy(copy, neighbour, this.#around(now));
      const outlet = this.#outletTo(neighbour);
      if (decision.kind === 'wait') {
        why = decision.why === 'no-route' ? why : decision.why;
      } else if (original.bytes.length > outlet.maxBytes) {
        this.#parts.router.withdrawn?.(copy);
        bytesMax = Math.max(bytesMax, outlet.maxBytes);
      } else {
        this.#critical.add(original, neighbour, copy);
        const plannedNs = this.#states.get(copy.key)?.plannedNs ?? decision.leavesNs;
        const untilPlanNs = decision.untilNs;
        this.#enqueue(now, { bundle: copy, outlet, untilPlanNs, plannedNs });
      }
    }
    this.#settle(now, original, { why, bytesMax });
  }

  /**
   * Called after copies of a critical bundle were queued, if any: ends it if all copies have left, else splits it or
   * lets it wait.
   */
  #settle(now: Nanoseconds, original: HeldBundle, { why, bytesMax }: Obstacles): void {
    if (this.#critical.here(original).length > 0) {
      this.#states.delete(original.key);
      return;
    }
    if (this.#critical.isComplete(original)) {
      this.#endOriginal(now, original, 'sent');
      return;
    }
    if (bytesMax > 0 && this.#split(now, original, bytesMax)) return;
    const reason = bytesMax > 0 ? 'too-large' : why;
    this.#states.set(original.key, { kind: 'waits', why: reason, plannedNs: undefined });
  }

  /** Reroutes queued bundles of lower priority that will be late because a new bundle leaves before them. */
  #makeWay(now: Nanoseconds, bundle: HeldBundle, outlet: Outlet): void {
    const { router } = this.#parts;
    if (router.displaced === undefined) return;
    if (outlet.waiting(0) === outlet.waiting(bundle.priority)) return;
    for (const displaced of router.displaced(bundle, outlet.queued(), this.#around(now))) {
      // An earlier iteration may have moved this bundle to another outlet already.
      const state = this.#states.get(displaced.key);
      if (state?.kind !== 'queue' || state.outlet !== outlet) continue;
      outlet.withdraw(displaced);
      this.#reroute(now, displaced);
    }
  }

  /**
   * Splits a bundle, stores its fragments instead of it, and routes them. @returns false if the bundle stays whole.
   */
  #split(now: Nanoseconds, bundle: HeldBundle, maxBytes: number): boolean {
    const isAllowed = this.#parts.options.fragmentation === 'proactive';
    const fragments = isAllowed
      ? splitIntoFragments(bundle, maxBytes, this.#parts.holdings.room)
      : [];
    if (fragments.length === 0) return false;
    for (const part of this.#replace(now, bundle, fragments)) this.route(now, part);
    return true;
  }

  /**
   * Stores fragments instead of their bundle. @returns the fragments that were not held before: they need a route.
   */
  #replace(
    now: Nanoseconds,
    bundle: HeldBundle,
    fragments: readonly HeldBundle[],
  ): readonly HeldBundle[] {
    const { router } = this.#parts;
    router.withdrawn?.(bundle);
    router.done?.(bundle);
    this.#states.delete(bundle.key);
    this.#critical.end(bundle);
    return replaceByFragments(now, { ...this.#parts, whole: bundle, parts: fragments });
  }

  /** Called when a way opens or closes. Bundles in the queue of a closed way are rerouted, as are waiting ones. */
  turn(now: Nanoseconds, id: string, way: PeerReachability): void {
    const outlet = this.#outlet(id);
    if (outlet === undefined) return;
    if (way === 'open') outlet.open(now);
    else for (const bundle of outlet.close()) this.#reroute(now, bundle);
    this.#retryWaiting(now);
  }

  /** Called when the neighbour acknowledged a transfer: its bundle need not be kept here any longer. */
  acknowledged(now: Nanoseconds, { outlet, number }: TransferId): void {
    const { effects } = this.#parts;
    const bundle = this.#outlet(outlet)?.acknowledged(number);
    if (bundle === undefined) {
      effects.drop('late-receipt');
      return;
    }
    this.#departures.arrived(bundle);
    const state = this.#states.get(bundle.key);
    if (state?.kind === 'under-way') this.#compare(state.plannedNs, state.leftNs);
    this.#end(now, bundle, 'passed-on');
    effects.count('dtn.forwarded');
    this.#parts.onForwarded(now, bundle);
  }

  /** Called when the bundle came again over more hops: a neighbour has, or had, the copy that is held here. */
  supersede(now: Nanoseconds, bundle: HeldBundle): void {
    const state = this.#states.get(bundle.key);
    if (state !== undefined && state.kind !== 'waits') state.outlet.withdraw(bundle);
    this.#parts.router.withdrawn?.(bundle);
    if (state?.kind === 'under-way') this.#departures.arrived(bundle);
    else this.#parts.effects.absorb(bundle);
    this.#end(now, bundle, 'passed-on');
  }

  /** Called when the layer below gave a transfer up: its bundle is routed again. */
  failed(now: Nanoseconds, { outlet, number }: TransferId): void {
    const bundle = this.#outlet(outlet)?.acknowledged(number);
    if (bundle === undefined) return;
    this.#departures.returned(bundle);
    this.#reroute(now, bundle);
  }

  /** Reroutes queued bundles that should have left by now: their contact did not begin in time. */
  review(now: Nanoseconds): void {
    for (let due = this.#reviews.takeDue(now); due; due = this.#reviews.takeDue(now)) {
      const state = this.#states.get(due.key);
      if (state?.kind !== 'queue' || state.untilNs >= now) continue;
      state.outlet.withdraw(due);
      this.#reroute(now, due);
    }
  }

  /** Sends all bundles that can leave now. */
  transmit(now: Nanoseconds): void {
    for (const outlet of this.#parts.outlets) {
      while (outlet.nextAt() <= now) {
        const departure = outlet.take(now, this.#parts.planTime());
        if (departure !== undefined) this.#leave(now, departure, outlet);
        this.#leaveSpent(now, outlet);
      }
    }
  }

  /** Handles bundles for which the rest of a contact is too short: a part of the first leaves if it fits. */
  #leaveSpent(now: Nanoseconds, outlet: Outlet): void {
    const spent = outlet.spent();
    if (spent.length === 0) return;
    const [first, ...others] = spent as readonly [HeldBundle, ...HeldBundle[]];
    const [part, rest] = this.#cutOff(first, outlet.rest(this.#parts.planTime()));
    if (part === undefined || rest === undefined) this.#reroute(now, first);
    else {
      const { plannedNs } = this.#states.get(first.key) ?? {};
      const added = this.#replace(now, first, [part, rest]);
      if (added.includes(part)) {
        outlet.putLast(part);
        this.#states.set(part.key, { kind: 'queue', outlet, untilNs: now, plannedNs });
      }
      if (added.includes(rest)) this.route(now, rest);
    }
    for (const bundle of others) this.#reroute(now, bundle);
  }

  #cutOff(bundle: HeldBundle, maxBytes: number): readonly HeldBundle[] {
    const isAllowed = this.#parts.options.fragmentation === 'proactive';
    return isAllowed && bundle.copyOf === undefined ? splitInTwo(bundle, maxBytes) : [];
  }

  /** True if the bundle, or a copy of it if it is critical, was sent and is not acknowledged. */
  isUnderWay(bundle: HeldBundle): boolean {
    const all = [bundle, ...this.#critical.here(bundle)];
    return all.some(({ key }) => this.#states.get(key)?.kind === 'under-way');
  }

  /** Gives a bundle up, whether it waits, is queued or is under way. */
  giveUp(now: Nanoseconds, bundle: HeldBundle): void {
    for (const each of [...this.#critical.here(bundle), bundle]) {
      const state = this.#states.get(each.key);
      if (state !== undefined && state.kind !== 'waits') state.outlet.withdraw(each);
      this.#departures.returned(each);
      this.#parts.router.withdrawn?.(each);
      this.#states.delete(each.key);
    }
    this.#end(now, bundle, 'over');
  }

  /** Called when a bundle, or a copy of a critical bundle, has left this node for good or was given up. */
  #end(now: Nanoseconds, bundle: HeldBundle, fate: BundleFate): void {
    this.#states.delete(bundle.key);
    this.#parts.router.done?.(bundle);
    const { copyOf } = bundle;
    if (copyOf === undefined) {
      this.#critical.end(bundle);
      this.#parts.holdings.end(now, bundle, fate);
      return;
    }
    this.#critical.given(bundle);
    if (this.#critical.isComplete(copyOf)) this.#endOriginal(now, copyOf, fate);
  }

  /** Called when all copies of a critical bundle have left. */
  #endOriginal(now: Nanoseconds, original: HeldBundle, fate: BundleFate): void {
    this.#end(now, original, fate);
    this.#parts.effects.absorb(original);
  }

  #leave(now: Nanoseconds, departure: Departure, outlet: Outlet): void {
    const { bundle, transfer } = departure;
    // The bundle was queued before the neighbour announced its longest transfer (RFC 9174 section 4.6).
    if (bundle.bytes.length > outlet.maxBytes) {
      outlet.withdraw(bundle);
      this.#reroute(now, bundle);
      return;
    }
    if (bundle.copyOf !== undefined) {
      this.#leaveCopy(now, departure, outlet);
      return;
    }
    const plannedNs = this.#states.get(bundle.key)?.plannedNs;
    const leftNs = this.#parts.planTime();
    // Over a way without acknowledgements, the bundle has left for good.
    if (transfer === undefined) this.#end(now, bundle, 'sent');
    else this.#states.set(bundle.key, { kind: 'under-way', outlet, leftNs, plannedNs });
    const drop = this.#departures.send(now, departure, outlet);
    if (drop === undefined) {
      if (transfer !== undefined) return;
      this.#compare(plannedNs, leftNs);
      this.#parts.onForwarded(now, bundle);
      return;
    }
    outlet.withdraw(bundle);
    if (transfer !== undefined) this.#end(now, bundle, 'over');
    this.#parts.effects.lose(bundle, drop);
  }

  /** Reports by how much a bundle left earlier or later than the router first planned. */
  #compare(plannedNs: Nanoseconds | undefined, leftNs: Nanoseconds): void {
    if (plannedNs === undefined) return;
    this.#parts.effects.push({ kind: 'misplanned', byNs: Math.abs(leftNs - plannedNs) });
  }

  /** Sends a copy of a critical bundle; the bundle itself stays until its last copy has left. */
  #leaveCopy(now: Nanoseconds, departure: Departure, outlet: Outlet): void {
    const { bundle, transfer } = departure;
    const plannedNs = this.#states.get(bundle.key)?.plannedNs;
    const leftNs = this.#parts.planTime();
    this.#states.set(bundle.key, { kind: 'under-way', outlet, leftNs, plannedNs });
    const drop = this.#departures.send(now, departure, outlet);
    if (drop !== undefined) {
      outlet.withdraw(bundle);
      this.#refuseCopy(now, bundle, drop);
    } else if (transfer === undefined) {
      this.#compare(plannedNs, leftNs);
      this.#end(now, bundle, 'sent');
      this.#parts.onForwarded(now, bundle);
    }
  }

  /**
   * Notes that the neighbour of this copy gets no copy; if no neighbour has or can get a copy, the bundle is lost.
   */
  #refuseCopy(now: Nanoseconds, copy: HeldBundle, drop: DtnDropReason): void {
    const { copyOf } = copy;
    if (copyOf === undefined) return;
    const { effects, router } = this.#parts;
    this.#states.delete(copy.key);
    router.withdrawn?.(copy);
    this.#critical.refused(copy);
    if (this.#critical.isLost(copyOf)) {
      this.#end(now, copyOf, 'over');
      effects.lose(copyOf, drop);
      return;
    }
    effects.drop(drop);
    if (this.#critical.isComplete(copyOf)) this.#endOriginal(now, copyOf, 'sent');
  }

  #around(now: Nanoseconds): RoutingContext {
    const { outlets, options, planTime } = this.#parts;
    const planNs = planTime();
    const isSplitting = options.fragmentation === 'proactive';
    return new AgentRoutingContext({ outlets, nowNs: planNs, shiftNs: planNs - now, isSplitting });
  }

  #outlet(id: string): Outlet | undefined {
    return this.#parts.outlets.find((outlet) => outlet.id === id);
  }

  /** The outlet to a neighbour; of several, the first that is open, or the first if none is. */
  #outletTo(name: string): Outlet {
    let chosen: Outlet | undefined;
    for (const outlet of this.#parts.outlets) {
      if (outlet.neighbour !== name) continue;
      if (outlet.isOpen) return outlet;
      chosen ??= outlet;
    }
    if (chosen === undefined) throw new Error(`a router chose ${name}, to which there is no way`);
    return chosen;
  }

  /** Routes waiting bundles again, since a contact has begun or ended. */
  #retryWaiting(now: Nanoseconds): void {
    for (const bundle of [...this.#parts.holdings.values()]) {
      if (this.#states.get(bundle.key)?.kind === 'waits') this.route(now, bundle);
    }
  }

  #reroute(now: Nanoseconds, bundle: HeldBundle): void {
    this.#parts.router.withdrawn?.(bundle);
    this.#critical.takenBack(bundle);
    this.route(now, bundle);
    const { copyOf, key } = bundle;
    if (copyOf === undefined) return;
    const isQueued = this.#critical.here(copyOf).some((copy) => copy.key === key);
    if (!isQueued) this.#states.delete(key);
  }
}
