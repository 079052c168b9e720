/**
 * The bundle protocol agent (RFC 9171 section 5): takes bundles in, keeps them, and hands them to
 * neighbours or to the application. A state machine: it sees neither sockets nor links.
 *
 * @module
 */
import type { CalendarTime, Nanoseconds } from '../../../engine/host/time.ts';
import type { SendWishes } from '../../../engine/host/transport.ts';
import { CborWriter } from '../../_kit/cbor-writer.ts';
import { Deadlines } from '../../_kit/deadlines.ts';
import type { Machine, TimerDue } from '../../_kit/machine.ts';
import type { DtnOptions } from '../config.ts';
import type { DtnDrop } from '../drops.ts';
import { BODY_MAX, CRC_TYPE, REMEMBERED_MAX } from '../geometry.ts';
import type { Names } from '../names.ts';
import type { Router, Surroundings, WaitReason } from '../router/router.ts';
import { BundleView } from '../wire/view.ts';
import type { Adjacency } from './adjacency.ts';
import { forwardedCopy } from './forwarded-copy.ts';
import type { HeldBundle } from './held-bundle.ts';
import { identityOf } from './identity.ts';
import { MemoryStore } from './memory-store.ts';
import { Origin } from './origin.ts';
import { Remembered } from './remembered.ts';

const NS_PER_MS = 1_000_000;

/** What an agent stands on. */
export interface AgentParts {
  /** Name of its host. */
  readonly own: string;
  readonly names: Names;
  readonly options: DtnOptions;
  readonly adjacencies: readonly Adjacency[];
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
  | { readonly kind: 'bundle'; readonly bytes: Uint8Array; readonly from: string }
  | { readonly kind: 'contact'; readonly link: string; readonly edge: 'begin' | 'end' };

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
  | { readonly kind: 'transmit'; readonly link: string; readonly bundle: Uint8Array }
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
  | { readonly kind: 'queue'; readonly adjacency: Adjacency; readonly untilNs: Nanoseconds }
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
      const reason = place.kind === 'queue' ? 'queue' : place.why;
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
        this.#receive(now, input.bytes, input.from);
        break;
      case 'contact':
        this.#contact(now, input.link, input.edge);
        break;
      case 'timer':
        this.#review(now);
    }
    this.#expire(now);
    this.#transmit(now);
    return this.#effects;
  }

  nextAt(): Nanoseconds {
    let next = Math.min(this.#store.nextAt(), this.#reviews.nextAt ?? Number.POSITIVE_INFINITY);
    for (const adjacency of this.#parts.adjacencies) next = Math.min(next, adjacency.nextAt());
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

  #receive(now: Nanoseconds, bytes: Uint8Array, from: string): void {
    this.#count('dtn.received');
    const key = this.#parts.keyOf?.(bytes) ?? 0;
    this.#report({ kind: 'arrived', key });
    const drop = this.#take(now, { bytes, from, name: key });
    if (drop === undefined) this.#tellStored();
    else {
      this.#drop(drop);
      this.#report({ kind: 'ended', key, how: 'dropped' });
    }
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
    const rest = { priority: 1, mayFragment: false } as const;
    const bundle = { key, ...received, destination, deadlineNs, sinceNs: now, ...rest };
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
    const malformed = view.open(bundle.bytes, 0, bundle.bytes.length);
    if (malformed !== undefined) throw new Error(`a stored bundle is malformed: ${malformed}`);
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
    const adjacency = this.#adjacencyTo(decision.neighbour);
    adjacency.put(bundle);
    const untilNs = Math.max(now, decision.untilNs - shiftNs);
    this.#places.set(bundle.key, { kind: 'queue', adjacency, untilNs });
    if (Number.isFinite(untilNs)) this.#reviews.add(untilNs + 1, bundle);
  }

  #around(nowNs: Nanoseconds, shiftNs: Nanoseconds): Surroundings {
    const { adjacencies } = this.#parts;
    const to = (name: string): readonly Adjacency[] =>
      adjacencies.filter(({ facts }) => facts.neighbour === name);
    return {
      nowNs,
      deadlineOf: ({ deadlineNs }): Nanoseconds => deadlineNs + shiftNs,
      waiting: (name, priority): number =>
        to(name).reduce((sum, adjacency) => sum + adjacency.waiting(priority), 0),
      isOpen: (name): boolean => to(name).some(({ isOpen }) => isOpen),
    };
  }

  /** Of several links to one neighbour, an open one, else the first. */
  #adjacencyTo(name: string): Adjacency {
    const all = this.#parts.adjacencies.filter(({ facts }) => facts.neighbour === name);
    const chosen = all.find(({ isOpen }) => isOpen) ?? all[0];
    if (chosen === undefined) throw new Error(`a router chose ${name}, to which there is no link`);
    return chosen;
  }

  /** A contact begins: what waits may go. One ends: what did not leave goes another way. */
  #contact(now: Nanoseconds, link: string, edge: 'begin' | 'end'): void {
    const adjacency = this.#parts.adjacencies.find(({ facts }) => facts.link === link);
    if (adjacency === undefined) return;
    if (edge === 'begin') adjacency.open();
    else for (const bundle of adjacency.close()) this.#reroute(now, bundle);
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
      place.adjacency.withdraw(due);
      this.#reroute(now, due);
    }
  }

  #reroute(now: Nanoseconds, bundle: HeldBundle): void {
    this.#parts.router.withdrawn?.(bundle);
    this.#route(now, bundle);
  }

  #transmit(now: Nanoseconds): void {
    for (const adjacency of this.#parts.adjacencies) {
      if (adjacency.nextAt() > now) continue;
      const bundle = adjacency.take(now, this.#parts.planTime());
      if (bundle !== undefined) this.#leave(now, bundle, adjacency);
      for (const spent of adjacency.spent()) this.#reroute(now, spent);
    }
  }

  #leave(now: Nanoseconds, bundle: HeldBundle, { facts }: Adjacency): void {
    const { own, names } = this.#parts;
    this.#end(bundle);
    this.#tellStored();
    if (!isOwn(bundle) && this.#isDefect(bundle)) return;
    const moment = {
      node: names.nodeOf(own),
      isOwn: isOwn(bundle),
      heldNs: now - bundle.sinceNs,
    };
    if (!forwardedCopy(this.#writer, this.#view, bundle.bytes, moment)) {
      this.#lose(bundle, 'hop-limit');
      return;
    }
    const copy = this.#writer.taken();
    const { name, destination = '' } = bundle;
    this.#count('dtn.forwarded');
    if (isOwn(bundle)) {
      this.#report({ kind: 'created', name, bundle: copy, recipient: destination });
    } else this.#report({ kind: 'departed', key: name, bundle: copy });
    this.#effects.push({ kind: 'transmit', link: facts.link, bundle: copy });
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
      if (place?.kind === 'queue') place.adjacency.withdraw(bundle);
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
