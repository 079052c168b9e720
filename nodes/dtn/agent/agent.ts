/**
 * The bundle protocol agent (RFC 9171 section 5): takes bundles in, keeps them, and hands them to
 * neighbours or to the application. A state machine: it sees neither sockets nor links.
 *
 * Its parts: `origin.ts` makes bundles, `reception.ts` checks those of neighbours, `holdings.ts` keeps them,
 * `forwarding.ts` finds their way, `delivery.ts` hands them over. With a durable store, a bundle is
 * acknowledged or forwarded only when it is on disk (`synced-store-writer.ts`).
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { StateMachine, TimerDue } from '../../_kit/machine.ts';
import type { DtnDropReason } from '../drops.ts';
import { DTN_MESSAGE_BYTES_MAX } from '../geometry.ts';
import { BundleView } from '../wire/view.ts';
import type { EvictionCallbacks } from './bundle-store.ts';
import { CopyForwarder } from './copy-forwarding.ts';
import { BundleDeliverer } from './delivery.ts';
import { type AgentEffect, AgentEffectList } from './effects.ts';
import { openHeldBundle } from './forwarded-copy.ts';
import { BundleForwarder } from './forwarding.ts';
import { isSplittable } from './fragments.ts';
import type { HeldBundle, WaitingBundle } from './held-bundle.ts';
import { HeldBundles } from './holdings.ts';
import { identifyBundle, identifyWholeBundle } from './identity.ts';
import type { AgentInput, BundleInput, SendInput, TransferId } from './input.ts';
import { BundleCreator } from './origin.ts';
import type { BundleAgentParts } from './parts.ts';
import { BundleReassembler, type Fragment } from './reassembly.ts';
import { BundleChecker } from './reception.ts';
import {
  AGENT_RECORD_KEY,
  encodeAgentRecord,
  ROUTER_RECORD_KEY,
  type StoredRecord,
} from './records.ts';
import { StoreRecovery } from './recovery.ts';
import type { ReportKind } from './report-flags.ts';
import { StatusReporter } from './reports.ts';
import { SyncedStoreWriter } from './synced-store-writer.ts';
import { UptimeClock } from './uptime-clock.ts';

/**
 * A task for the moment when everything written so far is on disk. Most kinds answer an application
 * or neighbour.
 */
type Waiting<Request> =
  | { readonly kind: 'request'; readonly request: Request; readonly bundle: HeldBundle }
  | { readonly kind: 'bundle'; readonly bundle: HeldBundle; readonly transfer?: TransferId }
  /** Acknowledges a neighbour whose bundle was delivered here or is a duplicate. */
  | { readonly kind: 'receipt'; readonly transfer: TransferId }
  /** A fragment that this node has cut: there is nobody to answer, but the node now has custody of it. */
  | { readonly kind: 'kept'; readonly bundle: HeldBundle }
  /** A delivery is reported to the custody ledger, which measures repeated deliveries. */
  | { readonly kind: 'delivered'; readonly key: string };

/**
 * Drops without an acknowledgement: the neighbour keeps the bundle and offers it again, when there
 * may be room.
 */
const REFUSALS: ReadonlySet<DtnDropReason> = new Set([
  'no-storage',
  'source-share',
  'store-error',
  'reassembly-full',
]);

/** The bundle protocol agent of one node (RFC 9171 section 3.1). */
export class BundleAgent<Request>
  implements StateMachine<AgentInput<Request>, AgentEffect<Request>>
{
  readonly #parts: BundleAgentParts;
  readonly #effects: AgentEffectList<Request>;
  readonly #life = new UptimeClock();
  /** Absent if the store is in memory. */
  readonly #journal: SyncedStoreWriter<Waiting<Request>> | undefined;
  readonly #holdings: HeldBundles;
  readonly #origin: BundleCreator;
  readonly #reception: BundleChecker;
  readonly #forwarding: BundleForwarder | CopyForwarder;
  readonly #delivery: BundleDeliverer;
  readonly #reassembly: BundleReassembler;
  readonly #reports: StatusReporter;
  readonly #recovery: StoreRecovery;
  readonly #questions: EvictionCallbacks;
  /**
   * When a way first opened while bundles were held; undefined before, and when no bundle is held.
   */
  #openedNs: Nanoseconds | undefined;

  constructor(parts: BundleAgentParts) {
    const { options, behaviour } = parts;
    const effects = new AgentEffectList<Request>(parts.keyOf !== undefined);
    const origin = new BundleCreator(parts);
    const dtnMs = (): number => origin.dtnMs();
    const { syncLateNs, remembersDelivered } = behaviour;
    this.#journal =
      options.store.kind === 'durable' ? new SyncedStoreWriter(effects, syncLateNs) : undefined;
    const holdings = new HeldBundles({
      limits: options.store,
      effects,
      journal: this.#journal,
      custody: parts.custody,
      lifeMs: (now): number => this.#life.ms(now),
      dtnMs,
      remembersDelivered,
    });
    this.#parts = parts;
    this.#effects = effects;
    this.#holdings = holdings;
    this.#origin = origin;
    this.#reception = new BundleChecker({ ...parts, holdings, effects, dtnMs });
    const { copies } = parts;
    this.#reports = new StatusReporter(parts, origin);
    const onForwarded = (now: Nanoseconds, bundle: HeldBundle): void =>
      this.#report(now, bundle, { kind: 'forwarded' });
    const onKept = (now: Nanoseconds, bundle: HeldBundle): void =>
      this.#await(now, { kind: 'kept', bundle });
    const { view: arrival } = this.#reception;
    const around = { ...parts, holdings, effects, arrival, onForwarded, onKept };
    this.#forwarding =
      copies === undefined
        ? new BundleForwarder(around)
        : new CopyForwarder({ ...around, copies, dtnMs });
    this.#delivery = new BundleDeliverer(parts.names, effects);
    const { bytes: allBytes, perSource } = options.store;
    this.#reassembly = new BundleReassembler({ ...options.reassembly, allBytes, perSource });
    this.#questions = {
      isFree: (each): boolean => !this.#forwarding.isUnderWay(each),
      below: parts.below,
    };
    const journal = this.#journal;
    this.#recovery = new StoreRecovery({
      ...parts,
      holdings,
      effects,
      origin,
      life: this.#life,
      journal,
    });
  }

  /** Number of bundles that the agent holds, without those sent but not acknowledged. */
  get holding(): number {
    return this.#holdings.size - this.#forwarding.away;
  }

  /** Number of waiting bundles by the reason of their waiting, for the status page. */
  get waiting(): Readonly<Record<string, number>> {
    return this.#forwarding.waiting;
  }

  /**
   * Up to `most` of the waiting bundles, first those that are in no queue.
   * @param most Largest number returned.
   */
  waitingBundles(most: number): readonly WaitingBundle[] {
    return this.#forwarding.waitingBundles(most);
  }

  step(now: Nanoseconds, input: AgentInput<Request> | TimerDue): readonly AgentEffect<Request>[] {
    this.#take(now, input);
    this.#expire(now);
    this.#forwarding.transmit(now);
    this.#write(now);
    this.#tellEmptied(now);
    return this.#effects.taken();
  }

  nextAt(): Nanoseconds {
    const writes = this.#journal?.nextAt() ?? Number.POSITIVE_INFINITY;
    const held = Math.min(this.#holdings.nextAt(), this.#reassembly.nextAt());
    return Math.min(held, this.#forwarding.nextAt(), writes);
  }

  #take(now: Nanoseconds, input: AgentInput<Request> | TimerDue): void {
    switch (input.kind) {
      case 'send':
        this.#send(now, input);
        return;
      case 'bundle':
        this.#receive(now, input);
        return;
      case 'receipt':
        this.#forwarding.acknowledged(now, input.transfer);
        return;
      case 'failed':
        this.#forwarding.failed(now, input.transfer);
        return;
      case 'way':
        if (input.way === 'open' && this.holding > 0) this.#openedNs ??= now;
        this.#forwarding.turn(now, input.outlet, input.way);
        return;
      case 'start':
        this.#start(now, input.records);
        return;
      case 'synced':
        this.#synced(now, input.isDurable);
        return;
      case 'timer':
        this.#forwarding.review(now);
    }
  }

  #send(now: Nanoseconds, { request, to, body, wishes }: SendInput<Request>): void {
    const effects = this.#effects;
    const { own, names } = this.#parts;
    const isKnown = names.numberOf(to) !== undefined;
    if (!isKnown || body.length > DTN_MESSAGE_BYTES_MAX) {
      effects.push({ kind: 'answer', request, outcome: isKnown ? 'too-large' : 'unknown-peer' });
      return;
    }
    const bundle = this.#origin.create(now, { to, body, wishes });
    if (typeof bundle === 'string') {
      effects.push({ kind: 'answer', request, outcome: bundle });
      return;
    }
    const refusal = to === own ? undefined : this.#keep(now, bundle);
    if (refusal !== undefined) {
      effects.push({ kind: 'answer', request, outcome: refusal });
      return;
    }
    effects.count('dtn.taken');
    effects.report({ kind: 'accepted', observerNumber: bundle.observerNumber });
    if (to === own) {
      const view = new BundleView();
      openHeldBundle(view, bundle.bytes);
      this.#delivery.deliver(bundle, view);
      effects.push({ kind: 'answer', request, outcome: 'ok' });
    } else this.#await(now, { kind: 'request', request, bundle });
  }

  #receive(now: Nanoseconds, { bytes, from, transfer }: BundleInput): void {
    const effects = this.#effects;
    effects.count('dtn.received');
    const observerNumber = this.#parts.keyOf?.(bytes) ?? 0;
    effects.report({ kind: 'arrived', key: observerNumber });
    const checked = this.#reception.check(now, { bytes, from, observerNumber });
    const drop = typeof checked === 'string' ? checked : this.#admit(now, checked, transfer);
    // A refused bundle comes again; its unknown block is reported when the bundle is accepted.
    const isHere = drop === undefined || !REFUSALS.has(drop);
    if (this.#reception.isReportWanted && isHere)
      this.#sendReport(now, this.#reports.ofBlock(now, this.#reception.view));
    if (drop === undefined) return;
    const isKept = transfer !== undefined && (REFUSALS.has(drop) || this.#isSpoilt());
    // A neighbour without a receipt sends the bundle again. The receipt for a duplicate waits until the first
    // copy is on disk.
    if (transfer !== undefined && !isKept) this.#await(now, { kind: 'receipt', transfer });
    effects.drop(drop);
    effects.report({ kind: 'ended', key: observerNumber, how: 'dropped' });
    // No receipt was sent: the neighbour still has the bundle and sends it again. Nothing was deleted,
    // so no deletion is reported.
    if (isKept) return;
    if (drop !== 'duplicate') this.#noteOver();
    this.#sendReport(now, this.#reports.ofDeletion(now, this.#reception.view, drop));
  }

  /**
   * True if the bundle that came was damaged on its last hop, so that the neighbour has an undamaged copy.
   */
  #isSpoilt(): boolean {
    // Streams have checksums (RFC 9293 section 3.1): over TCPCL the neighbour's copy is damaged too.
    return this.#reception.isDamaged && this.#parts.options.layer !== 'tcpcl';
  }

  /** Notes in the custody ledger that the bundle which just came is dropped, not lost. */
  #noteOver(): void {
    if (this.#reception.isDamaged) return;
    const identity = identifyBundle(this.#reception.view);
    if (identity !== undefined) this.#parts.custody?.over(identity);
  }

  /** Delivers a bundle that has just been checked, or keeps it. */
  #admit(now: Nanoseconds, bundle: HeldBundle, transfer?: TransferId): DtnDropReason | undefined {
    if (this.#reception.isForRouter) return this.#hear(now, bundle, transfer);
    const { view } = this.#reception;
    const isHere = bundle.destination === this.#parts.own;
    const fragment = isHere && view.isFragment ? fragmentOf(bundle, view) : undefined;
    const drop = fragment && this.#makeRoom(now, fragment);
    if (drop !== undefined) return drop;
    if (isHere && fragment === undefined) {
      this.#delivery.deliver(bundle, view);
      this.#markDelivered(now, bundle);
      this.#sendReport(now, this.#reports.of(now, view, { kind: 'received' }));
      this.#sendReport(now, this.#reports.of(now, view, { kind: 'delivered' }));
      if (transfer !== undefined) this.#await(now, { kind: 'receipt', transfer });
      return undefined;
    }
    const former = this.#holdings.get(bundle.key);
    if (former !== undefined) this.#forwarding.supersede(now, former);
    const noRoom = this.#keep(now, bundle);
    if (noRoom !== undefined) return noRoom;
    if (fragment !== undefined) this.#reassembly.expect(now, fragment);
    this.#sendReport(now, this.#reports.of(now, view, { kind: 'received' }));
    this.#await(now, { kind: 'bundle', bundle, ...(transfer && { transfer }) });
    return undefined;
  }

  #markDelivered(now: Nanoseconds, delivered: Pick<HeldBundle, 'key' | 'deadlineNs'>): void {
    const { custody } = this.#parts;
    if (custody?.isDelivered(delivered.key) === true) this.#effects.count('dtn.redelivered');
    this.#holdings.markDelivered(now, delivered);
    if (custody !== undefined) this.#await(now, { kind: 'delivered', key: delivered.key });
  }

  /** Makes room for a fragment for this node. @returns why it is not taken in. */
  #makeRoom(now: Nanoseconds, fragment: Fragment): DtnDropReason | undefined {
    if (this.#holdings.hopsOf(fragment.identity, now) !== undefined) return 'duplicate';
    const leavers = this.#reassembly.roomFor(now, fragment);
    if (typeof leavers === 'string') return leavers;
    this.#giveUpFragments(now, leavers);
    return undefined;
  }

  #giveUpFragments(now: Nanoseconds, fragments: readonly HeldBundle[]): void {
    for (const each of fragments) {
      this.#lose(now, each, 'fragments-missing');
      this.#reportDeletion(now, each, 'fragments-missing');
    }
  }

  /** Routes a held bundle; a fragment for this node is given to the reassembly instead. */
  #dispatch(now: Nanoseconds, bundle: HeldBundle): void {
    if (bundle.destination !== this.#parts.own) {
      this.#forwarding.route(now, bundle);
      return;
    }
    const view = new BundleView();
    openHeldBundle(view, bundle.bytes);
    const fragment = fragmentOf(bundle, view);
    const whole = this.#reassembly.add(fragment);
    if (whole === undefined) return;
    this.#delivery.deliverWhole(whole, view);
    this.#markDelivered(now, { key: fragment.identity, deadlineNs: bundle.deadlineNs });
    this.#sendReport(now, this.#reports.of(now, view, { kind: 'delivered', isWhole: true }));
    for (const fragment of whole.fragments) this.#holdings.end(now, fragment, 'over');
  }

  /**
   * Handles a bundle from a neighbour's router to this node's router; one for another node's router is
   * dropped.
   */
  #hear(now: Nanoseconds, bundle: HeldBundle, transfer?: TransferId): DtnDropReason | undefined {
    const forwarding = this.#forwarding;
    const isHere = bundle.destination === this.#parts.own;
    if (!(isHere && forwarding instanceof CopyForwarder)) return 'unknown-record';
    const drop = forwarding.hear(now, bundle, this.#reception.view);
    if (drop === undefined && transfer !== undefined)
      this.#await(now, { kind: 'receipt', transfer });
    return drop;
  }

  /**
   * Stores a bundle; others may be deleted to make room.
   * @returns why it is not stored; undefined if it is.
   */
  #keep(now: Nanoseconds, bundle: HeldBundle): DtnDropReason | undefined {
    if (this.#isTooLarge(bundle)) return 'too-large';
    const leavers = this.#holdings.roomFor(bundle, this.#questions);
    if (typeof leavers === 'string') return leavers;
    for (const each of leavers) this.#lose(now, each, 'displaced');
    this.#holdings.add(now, bundle);
    for (const each of leavers) this.#reportDeletion(now, each, 'displaced');
    return undefined;
  }

  /** Gives up a bundle of which the node has custody, and counts the loss. */
  #lose(now: Nanoseconds, bundle: HeldBundle, drop: DtnDropReason): void {
    this.#giveUp(now, bundle);
    this.#effects.count('dtn.custody.lost');
    this.#effects.lose(bundle, drop);
  }

  /** True if no outlet of this node can ever take the bundle, nor fragments of it. */
  #isTooLarge(bundle: HeldBundle): boolean {
    const { own, outlets, options } = this.#parts;
    if (bundle.destination === own || outlets.length === 0) return false;
    const longest = outlets.reduce((most, { bytesMax }) => Math.max(most, bytesMax), 0);
    if (bundle.bytes.length <= longest) return false;
    return options.fragmentation === 'off' || !isSplittable(bundle, longest);
  }

  /** Sends a status report about a held bundle, if the options allow it and the bundle asks for it. */
  #report(now: Nanoseconds, bundle: HeldBundle, what: { readonly kind: ReportKind }): void {
    if (!this.#reports.allows(what.kind)) return;
    const view = new BundleView();
    openHeldBundle(view, bundle.bytes);
    this.#sendReport(now, this.#reports.of(now, view, what));
  }

  #reportDeletion(now: Nanoseconds, bundle: HeldBundle, drop: DtnDropReason): void {
    if (!this.#reports.allows('deleted')) return;
    const view = new BundleView();
    openHeldBundle(view, bundle.bytes);
    this.#sendReport(now, this.#reports.ofDeletion(now, view, drop));
  }

  #sendReport(now: Nanoseconds, report: HeldBundle | undefined): void {
    if (report === undefined) return;
    this.#effects.count('dtn.reports');
    if (report.destination === this.#parts.own) this.#effects.count('dtn.reported');
    else if (this.#keep(now, report) === undefined) {
      this.#effects.report({ kind: 'arrived', key: report.observerNumber });
      this.#await(now, { kind: 'bundle', bundle: report });
    }
  }

  /** Answers `waiting` when everything written so far is on disk; at once if the store is in memory. */
  #await(now: Nanoseconds, waiting: Waiting<Request>): void {
    if (this.#journal?.wait(waiting) !== true) this.#answer(now, waiting);
  }

  #answer(now: Nanoseconds, waiting: Waiting<Request>): void {
    const { kind } = waiting;
    if (kind === 'delivered') {
      this.#parts.custody?.delivered(waiting.key);
      return;
    }
    if (kind !== 'receipt') this.#holdings.acceptCustody(waiting.bundle);
    if (kind === 'kept') return;
    if (kind === 'request') {
      this.#effects.push({ kind: 'answer', request: waiting.request, outcome: 'ok' });
    } else if (waiting.transfer !== undefined) {
      this.#effects.push({ kind: 'receipt', transfer: waiting.transfer });
    }
    if (kind !== 'receipt' && this.#holdings.has(waiting.bundle)) {
      this.#dispatch(now, waiting.bundle);
    }
  }

  /** Called when the disk did not store what was written: refuses the application or neighbour that waits. */
  #refuse(now: Nanoseconds, waiting: Waiting<Request>): void {
    if (waiting.kind !== 'request' && waiting.kind !== 'bundle') return;
    const { bundle } = waiting;
    if (this.#holdings.has(bundle)) {
      this.#forwarding.giveUp(now, bundle);
      this.#effects.lose(bundle, 'store-error');
    }
    if (waiting.kind !== 'request') return;
    this.#effects.push({ kind: 'answer', request: waiting.request, outcome: 'store-error' });
  }

  #synced(now: Nanoseconds, isDurable: boolean): void {
    for (const waiting of this.#journal?.ended() ?? []) {
      if (isDurable) this.#answer(now, waiting);
      else this.#refuse(now, waiting);
    }
  }

  #expire(now: Nanoseconds): void {
    for (let due = this.#holdings.nextExpired(now); due; due = this.#holdings.nextExpired(now)) {
      this.#giveUp(now, due);
      this.#effects.count('dtn.expired');
      this.#effects.lose(due, 'expired');
      this.#reportDeletion(now, due, 'expired');
    }
    this.#giveUpFragments(now, this.#reassembly.overdue(now));
  }

  #giveUp(now: Nanoseconds, bundle: HeldBundle): void {
    this.#reassembly.remove(bundle);
    this.#forwarding.giveUp(now, bundle);
  }

  #tellEmptied(now: Nanoseconds): void {
    if (this.#openedNs === undefined || this.holding > 0) return;
    this.#effects.push({ kind: 'emptied', afterNs: now - this.#openedNs });
    this.#openedNs = undefined;
  }

  /** Begins a sync to disk if records were written since the last one and none is under way. */
  #write(now: Nanoseconds): void {
    const journal = this.#journal;
    const memory = journal && this.#parts.copies?.memory?.();
    if (memory !== undefined) journal?.put(now, ROUTER_RECORD_KEY, memory);
    if (journal?.isDue(now) !== true) return;
    const record = { lifeMs: this.#life.ms(now), ...this.#origin.memory };
    journal.put(now, AGENT_RECORD_KEY, encodeAgentRecord(record));
    journal.sync();
  }

  /** Restores the bundles that the node had on disk before its restart, and routes them. */
  #start(now: Nanoseconds, records: readonly StoredRecord[]): void {
    for (const bundle of this.#recovery.run(now, records)) {
      if (bundle.destination === this.#parts.own) this.#expect(now, bundle);
      this.#dispatch(now, bundle);
    }
  }

  /** Gives a fragment for this node that was found on disk to the reassembly. */
  #expect(now: Nanoseconds, bundle: HeldBundle): void {
    const view = new BundleView();
    openHeldBundle(view, bundle.bytes);
    if (view.isFragment) this.#reassembly.expect(now, fragmentOf(bundle, view));
  }
}

function fragmentOf(bundle: HeldBundle, view: BundleView): Fragment {
  return { identity: identifyWholeBundle(view) ?? '', bundle, view };
}
