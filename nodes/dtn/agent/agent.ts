/**
 * The bundle protocol agent (RFC 9171 section 5): takes bundles in, keeps them, and hands them to
 * neighbours or to the application. A state machine: it sees neither sockets nor links.
 *
 * @module
 */
import type { CalendarTime, Nanoseconds } from '../../../engine/host/time.ts';
import type { SendWishes, Way } from '../../../engine/host/transport.ts';
import { CborWriter } from '../../_kit/cbor-writer.ts';
import { Deadlines } from '../../_kit/deadlines.ts';
import type { Machine, TimerDue } from '../../_kit/machine.ts';
import type { DtnOptions } from '../config.ts';
import type { DtnDrop } from '../drops.ts';
import { BODY_MAX, CRC_TYPE, REMEMBERED_MAX } from '../geometry.ts';
import type { Names } from '../names.ts';
import type { Router, Surroundings, WaitReason } from '../router/router.ts';
import { BundleView } from '../wire/view.ts';
import { forwardedCopy, openHeld } from './forwarded-copy.ts';
import type { HeldBundle, Priority } from './held-bundle.ts';
import { identityOf } from './identity.ts';
import { MemoryStore } from './memory-store.ts';
import { Origin } from './origin.ts';
import type { Departure, Outlet } from './outlet.ts';
import { Remembered } from './remembered.ts';

const NS_PER_MS = 1_000_000;

/** What an agent stands on. */
export interface AgentParts {
  /** Name of its host. */
  readonly own: string;
  readonly names: Names;
  readonly options: DtnOptions;
  /** Ways to neighbours. */
  readonly outlets: readonly Outlet[];
  readonly router: Router;
  /** Calendar time. */
  readonly clock: () => CalendarTime;
  /** Time of contact plans. */
  readonly planTime: () => Nanoseconds;
  /** The key of received bytes for observers; absent if nobody observes. */
  readonly keyOf?: (bundle: Uint8Array) => number;
}

/** What an observer is told (docs/adr/0028). */
export type BundleReport =
  /** An own bundle has this number from now on. */
  | { readonly kind: 'accepted'; readonly name: number }
  /** It leaves, and nothing of it stays here. */
  | {
      readonly kind: 'created';
      readonly name: number;
      readonly bundle: Uint8Array;
      readonly recipient: string;
    }
  | {
      readonly kind: 'settled';
      readonly name: number;
      readonly how: 'acknowledged' | 'dropped';
    }
  /** A bundle of another node came under this key, left with these bytes, or ended here. */
  | { readonly kind: 'arrived'; readonly key: number }
  | { readonly kind: 'departed'; readonly key: number; readonly bundle: Uint8Array }
  | { readonly kind: 'ended'; readonly key: number; readonly how: 'delivered' | 'dropped' };

/** The inputs of an agent. `Request` is what the node needs to answer one; it is handed back. */
export type AgentInput<Request> =
  | {
      readonly kind: 'send';
      readonly request: Request;
      /** Name of a host. */
      readonly to: string;
      /** The agent keeps it. */
      readonly body: Uint8Array;
      readonly wishes: SendWishes;
    }
  /** A bundle of a neighbour; the agent keeps the bytes. */
  | {
      readonly kind: 'bundle';
      readonly bytes: Uint8Array;
      readonly from: string;
      /** Present if the neighbour repeats the bundle until it has a receipt. */
      readonly transfer?: Transfer;
    }
  /** The neighbour has the bundle of a transfer. */
  | { readonly kind: 'receipt'; readonly transfer: Transfer }
  | { readonly kind: 'way'; readonly outlet: string; readonly way: Way };

/** A transfer of a bundle by its number; each neighbour counts its own. */
export interface Transfer {
  /** Id of the outlet. */
  readonly outlet: string;
  readonly number: number;
}

/** Counters of an agent. */
export type AgentCount =
  | 'dtn.accepted'
  | 'dtn.forwarded'
  | 'dtn.arrived'
  | 'dtn.expired'
  | 'dtn.received'
  | 'dtn.duplicate_copies';

/** The effects of an agent. */
export type AgentEffect<Request> =
  | {
      readonly kind: 'transmit';
      readonly outlet: string;
      readonly bundle: Uint8Array;
      /** Present if the neighbour acknowledges it under this number. */
      readonly transfer?: number;
      readonly priority: Priority;
    }
  /** Tells the neighbour that its bundle is here. */
  | { readonly kind: 'receipt'; readonly transfer: Transfer }
  | { readonly kind: 'deliver'; readonly from: string; readonly body: Uint8Array }
  | { readonly kind: 'answer'; readonly request: Request; readonly outcome: string }
  | { readonly kind: 'drop'; readonly reason: DtnDrop }
  | { readonly kind: 'count'; readonly metric: AgentCount }
  | { readonly kind: 'hops'; readonly hops: number }
  | { readonly kind: 'stored'; readonly bytes: number }
  | { readonly kind: 'report'; readonly report: BundleReport };

/** A bundle of a neighbour. */
type Received = Pick<HeldBundle, 'bytes' | 'from' | 'name'>;

/** Where a held bundle is. */
type Place =
  | { readonly kind: 'queue'; readonly outlet: Outlet; readonly untilNs: Nanoseconds }
  /** The neighbour has not acknowledged it yet. */
  | { readonly kind: 'under-way'; readonly outlet: Outlet }
  | { readonly kind: 'waits'; readonly why: WaitReason };

/** The agent of one node. */
export class Agent<Request> implements Machine<AgentInput<Request>, AgentEffect<Request>> {
  readonly #parts: AgentParts;
  readonly #origin: Origin;
  readonly #store: MemoryStore;
  readonly #remembered = new Remembered(REMEMBERED_MAX);
  readonly #places = new Map<string, Place>();
  /** Bundles that should have left by then. */
  readonly #reviews = new Deadlines<HeldBundle>();
  readonly #view = new BundleView();
  readonly #writer = new CborWriter();
  #effects: AgentEffect<Request>[] = [];
  #forwarded = 0;
  #anonymous = 0;

  constructor(parts: AgentParts) {
    this.#parts = parts;
    this.#origin = new Origin(parts);
    this.#store = new MemoryStore(parts.options.store);
  }

  /** Number of bundles that the agent holds. */
  get holding(): number {
    return this.#store.size;
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

  step(now: Nanoseconds, input: AgentInput<Request> | TimerDue): readonly AgentEffect<Request>[] {
    this.#effects = [];
    switch (input.kind) {
      case 'send':
        this.#send(now, input);
        break;
      case 'bundle':
        this.#receive(now, input);
        break;
      case 'receipt':
        this.#acknowledged(input.transfer);
        break;
      case 'way':
        this.#turn(now, input.outlet, input.way);
        break;
      case 'timer':
        this.#review(now);
    }
    this.#expire(now);
    this.#transmit(now);
    this.#skipGone();
    return this.#effects;
  }

  nextAt(): Nanoseconds {
    let next = Math.min(this.#store.nextAt(), this.#reviews.nextAt ?? Number.POSITIVE_INFINITY);
    for (const outlet of this.#parts.outlets) next = Math.min(next, outlet.nextAt());
    return next;
  }

  #send(now: Nanoseconds, input: Extract<AgentInput<Request>, { kind: 'send' }>): void {
    const outcome = this.#accept(now, input);
    this.#effects.push({ kind: 'answer', request: input.request, outcome });
  }

  #accept(
    now: Nanoseconds,
    { to, body, wishes }: Extract<AgentInput<Request>, { kind: 'send' }>,
  ): string {
    if (this.#parts.names.numberOf(to) === undefined) return 'unknown-peer';
    if (body.length > BODY_MAX) return 'too-large';
    const bundle = this.#origin.create(now, { to, body, wishes });
    if (!this.#store.add(bundle)) return 'no-storage';
    this.#count('dtn.accepted');
    this.#report({ kind: 'accepted', name: bundle.name });
    this.#dispatch(now, bundle);
    this.#tellStored();
    return 'ok';
  }

  #receive(now: Nanoseconds, input: Extract<AgentInput<Request>, { kind: 'bundle' }>): void {
    const { bytes, from, transfer } = input;
    this.#count('dtn.received');
    const key = this.#parts.keyOf?.(bytes) ?? 0;
    this.#report({ kind: 'arrived', key });
    const drop = this.#take(now, { bytes, from, name: key });
    // Without a receipt the bundle comes again, when there may be room.
    if (transfer !== undefined && drop !== 'no-storage') {
      this.#effects.push({ kind: 'receipt', transfer });
    }
    if (drop === undefined) this.#tellStored();
    else {
      this.#drop(drop);
      this.#report({ kind: 'ended', key, how: 'dropped' });
    }
  }

  #acknowledged({ outlet, number }: Transfer): void {
    const bundle = this.#outlet(outlet)?.acknowledged(number);
    if (bundle === undefined) {
      this.#drop('late-receipt');
      return;
    }
    this.#end(bundle);
    this.#tellStored();
    this.#count('dtn.forwarded');
  }

  #outlet(id: string): Outlet | undefined {
    return this.#parts.outlets.find((outlet) => outlet.id === id);
  }

  /** The checks of a received bundle in their order (RFC 9171 section 5.6). */
  #take(now: Nanoseconds, received: Received): DtnDrop | undefined {
    const view = this.#view;
    const { bytes } = received;
    const malformed = view.open(bytes, 0, bytes.length);
    if (malformed !== undefined) return malformed;
    // RFC 9171 section 4.3.1: without CRC, only a BIB could protect the primary block.
    const isProtected = view.crcType !== CRC_TYPE.none;
    if (this.#parts.options.requirePrimaryCrc && !isProtected) return 'primary-unprotected';
    const key = identityOf(view) ?? this.#anonymousKey();
    if (this.#store.get(key) !== undefined || this.#remembered.has(key, now)) {
      this.#count('dtn.duplicate_copies');
      return 'duplicate';
    }
    const deadlineNs = now + this.#remainingMs(view) * NS_PER_MS;
    if (deadlineNs < now) return 'expired';
    if (view.hopCount >= 0 && view.hops > view.hopLimit) return 'hop-limit';
    const destination = this.#parts.names.hostOf(view.destination);
    const rest = { deadlineNs, sinceNs: now, priority: 1 } as const;
    const bundle = { key, ...received, destination, ...rest };
    if (!this.#store.add(bundle)) return 'no-storage';
    this.#dispatch(now, bundle);
    return undefined;
  }

  /** Copies of an anonymous bundle cannot be told apart (RFC 9171 section 4.2.7). */
  #anonymousKey(): string {
    this.#anonymous += 1;
    return `anonymous ${this.#anonymous}`;
  }

  /** Lifetime that is left, ms (RFC 9171 section 5.5). */
  #remainingMs(view: BundleView): number {
    const ageMs = view.createdMs === 0 ? view.ageMs : this.#origin.dtnMs() - view.createdMs;
    // A clock that is behind makes no bundle younger than new.
    return Math.min(view.lifetimeMs - Math.max(0, ageMs), Number.MAX_SAFE_INTEGER / NS_PER_MS / 2);
  }

  #dispatch(now: Nanoseconds, bundle: HeldBundle): void {
    if (bundle.destination === this.#parts.own) this.#deliver(bundle);
    else this.#route(now, bundle);
  }

  #deliver(bundle: HeldBundle): void {
    const view = this.#view;
    openHeld(view, bundle.bytes);
    this.#end(bundle);
    const from = this.#parts.names.hostOf(view.source);
    if (from === undefined || view.isAdministrative) {
      this.#lose(bundle, from === undefined ? 'unknown-source' : 'unknown-record');
      return;
    }
    const body = bundle.bytes.subarray(view.payloadStart, view.payloadEnd);
    this.#count('dtn.arrived');
    if (view.hopCount >= 0) this.#effects.push({ kind: 'hops', hops: view.hops });
    this.#effects.push({ kind: 'deliver', from, body });
    const { name } = bundle;
    if (isOwn(bundle)) this.#report({ kind: 'settled', name, how: 'acknowledged' });
    else this.#report({ kind: 'ended', key: name, how: 'delivered' });
  }

  #route(now: Nanoseconds, bundle: HeldBundle): void {
    const shiftNs = this.#parts.planTime() - now;
    const decision = this.#parts.router.route(bundle, this.#around(now + shiftNs, shiftNs));
    if (decision.kind === 'wait') {
      this.#places.set(bundle.key, { kind: 'waits', why: decision.why });
      return;
    }
    const outlet = this.#outletTo(decision.neighbour);
    if (bundle.bytes.length > outlet.maxBytes) {
      this.#parts.router.withdrawn?.(bundle);
      this.#places.set(bundle.key, { kind: 'waits', why: 'too-large' });
      return;
    }
    outlet.put(bundle);
    const untilNs = Math.max(now, decision.untilNs - shiftNs);
    this.#places.set(bundle.key, { kind: 'queue', outlet, untilNs });
    // A bundle that expires first needs no review.
    if (untilNs < bundle.deadlineNs) this.#reviews.add(untilNs + 1, bundle);
  }

  #around(nowNs: Nanoseconds, shiftNs: Nanoseconds): Surroundings {
    return {
      nowNs,
      deadlineOf: ({ deadlineNs }): Nanoseconds => deadlineNs + shiftNs,
      waiting: (name, priority): number =>
        this.#outletsTo(name).reduce((sum, outlet) => sum + outlet.waiting(priority), 0),
      isOpen: (name): boolean => this.#outletsTo(name).some(({ isOpen }) => isOpen),
    };
  }

  #outletsTo(name: string): readonly Outlet[] {
    return this.#parts.outlets.filter(({ neighbour }) => neighbour === name);
  }

  /** Of several ways to one neighbour, an open one, else the first. */
  #outletTo(name: string): Outlet {
    const all = this.#outletsTo(name);
    const chosen = all.find(({ isOpen }) => isOpen) ?? all[0];
    if (chosen === undefined) throw new Error(`a router chose ${name}, to which there is no way`);
    return chosen;
  }

  /** A way opens: what waits may go. One closes: what did not leave goes another way. */
  #turn(now: Nanoseconds, id: string, way: Way): void {
    const outlet = this.#outlet(id);
    if (outlet === undefined) return;
    if (way === 'open') outlet.open(now);
    else for (const bundle of outlet.close()) this.#reroute(now, bundle);
    this.#retryWaiting(now);
  }

  /** Bundles that wait for a way: a contact has begun or ended, so there may be one. */
  #retryWaiting(now: Nanoseconds): void {
    for (const bundle of [...this.#store.values()]) {
      if (this.#places.get(bundle.key)?.kind === 'waits') this.#route(now, bundle);
    }
  }

  /** Bundles that should have left by now, and did not: their contact did not begin in time. */
  #review(now: Nanoseconds): void {
    for (let due = this.#reviews.takeDue(now); due; due = this.#reviews.takeDue(now)) {
      const place = this.#places.get(due.key);
      const isHere = this.#store.get(due.key) === due;
      if (!isHere || place?.kind !== 'queue' || place.untilNs >= now) continue;
      place.outlet.withdraw(due);
      this.#reroute(now, due);
    }
  }

  /** Forgets reviews of bundles that are no longer here, so that no timer is set for them. */
  #skipGone(): void {
    for (let first = this.#reviews.first; first; first = this.#reviews.first) {
      if (this.#store.get(first.key) === first) return;
      this.#reviews.takeDue(Number.POSITIVE_INFINITY);
    }
  }

  #reroute(now: Nanoseconds, bundle: HeldBundle): void {
    this.#parts.router.withdrawn?.(bundle);
    this.#route(now, bundle);
  }

  #transmit(now: Nanoseconds): void {
    for (const outlet of this.#parts.outlets) {
      while (outlet.nextAt() <= now) {
        const departure = outlet.take(now, this.#parts.planTime());
        if (departure !== undefined) this.#leave(now, departure, outlet);
        for (const spent of outlet.spent()) this.#reroute(now, spent);
      }
    }
  }

  #leave(now: Nanoseconds, { bundle, transfer }: Departure, outlet: Outlet): void {
    const { own, names } = this.#parts;
    // Without a receipt to wait for, the bundle has left for good.
    if (transfer === undefined) this.#end(bundle);
    else this.#places.set(bundle.key, { kind: 'under-way', outlet });
    this.#tellStored();
    if (!isOwn(bundle) && this.#isDefect(bundle)) return;
    const moment = {
      node: names.nodeOf(own),
      isOwn: isOwn(bundle),
      heldNs: now - bundle.sinceNs,
    };
    if (!forwardedCopy(this.#writer, this.#view, bundle.bytes, moment)) {
      outlet.withdraw(bundle);
      this.#end(bundle);
      this.#lose(bundle, 'hop-limit');
      return;
    }
    const copy = this.#writer.taken();
    if (transfer === undefined) this.#left(bundle, copy);
    const { priority } = bundle;
    const last = transfer === undefined ? {} : { transfer };
    this.#effects.push({ kind: 'transmit', outlet: outlet.id, bundle: copy, priority, ...last });
  }

  #left({ name, destination = '', from }: HeldBundle, copy: Uint8Array): void {
    this.#count('dtn.forwarded');
    if (from === undefined) {
      this.#report({ kind: 'created', name, bundle: copy, recipient: destination });
    } else this.#report({ kind: 'departed', key: name, bundle: copy });
  }

  /** The defects of tests: every second bundle of others vanishes, or is dropped. */
  #isDefect(bundle: HeldBundle): boolean {
    const { double } = this.#parts.options;
    this.#forwarded += 1;
    if (this.#forwarded % 2 === 1) return false;
    if (double === 'dropping') this.#lose(bundle, 'no-storage');
    return double === 'dropping' || double === 'swallowing';
  }

  /** A bundle that the node had is lost here. */
  #lose(bundle: HeldBundle, reason: DtnDrop): void {
    const { name } = bundle;
    this.#drop(reason);
    if (isOwn(bundle)) this.#report({ kind: 'settled', name, how: 'dropped' });
    else this.#report({ kind: 'ended', key: name, how: 'dropped' });
  }

  #expire(now: Nanoseconds): void {
    for (;;) {
      const bundle = this.#store.nextExpired(now);
      if (bundle === undefined) return;
      const place = this.#places.get(bundle.key);
      if (place !== undefined && place.kind !== 'waits') place.outlet.withdraw(bundle);
      this.#parts.router.withdrawn?.(bundle);
      this.#end(bundle);
      this.#tellStored();
      this.#count('dtn.expired');
      this.#lose(bundle, 'expired');
    }
  }

  /** The node is done with the bundle. */
  #end(bundle: HeldBundle): void {
    this.#store.remove(bundle);
    this.#places.delete(bundle.key);
    this.#parts.router.done?.(bundle);
    this.#remembered.add(bundle.key, bundle.deadlineNs);
  }

  #count(metric: AgentCount): void {
    this.#effects.push({ kind: 'count', metric });
  }

  #drop(reason: DtnDrop): void {
    this.#effects.push({ kind: 'drop', reason });
  }

  #report(report: BundleReport): void {
    if (this.#parts.keyOf !== undefined) this.#effects.push({ kind: 'report', report });
  }

  #tellStored(): void {
    this.#effects.push({ kind: 'stored', bytes: this.#store.bytes });
  }
}

/** True if this node is the source of the bundle. */
function isOwn({ from }: HeldBundle): boolean {
  return from === undefined;
}
