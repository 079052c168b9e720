/**
 * Forwards copies of held bundles to neighbours, as a router for copies decides (router/router.ts). It replaces
 * `forwarding.ts` on nodes with such a router: a bundle stays in the store while its copies wait in the outlets to
 * neighbours, until it is handed over or expires.
 *
 * @module
 */

import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { PeerReachability } from '../../../engine/host/transport.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { leastOf } from '../../../engine/pure/extremes.ts';
import type { DtnDropReason } from '../drops.ts';
import { FORWARDING_GROWTH_BYTES_MAX } from '../geometry.ts';
import type { CopyOffer, CopyRouter } from '../router/router.ts';
import { formatEid } from '../wire/eid.ts';
import { previousNodeData } from '../wire/extensions.ts';
import { BundleView } from '../wire/view.ts';
import { bundleWithCopiesBlock, readCopiesBlock } from './copy-note.ts';
import type { BundleFate } from './custody-ledger.ts';
import { bundleIdentityHash } from './encounter-record.ts';
import { type Encounter, Encounters } from './encounters.ts';
import { openHeldBundle, writeForwardedCopy } from './forwarded-copy.ts';
import type { BundleForwarderParts } from './forwarding.ts';
import { replaceByFragments, splitIntoFragments } from './fragments.ts';
import { type HeldBundle, isOwnMessage, type WaitingBundle } from './held-bundle.ts';
import type { TransferId } from './input.ts';
import type { Departure, Outlet } from './outlet.ts';

/** The offer of a bundle to its destination, which is made without asking the router. */
const DELIVERY: CopyOffer = { handsOver: true };

/** A copy that waits in an outlet, or that its neighbour has not acknowledged. */
interface Copy {
  readonly original: HeldBundle;
  readonly offer: CopyOffer;
  readonly outlet: Outlet;
  /** True if the copy has left at least once. */
  isGone: boolean;
  /** Key by which observers know the copy on the link (`account.ts`); undefined before it leaves. */
  key: number | undefined;
}

/** What a {@link CopyForwarder} is made from. */
export interface CopyForwarderParts extends BundleForwarderParts {
  readonly copies: CopyRouter;
  /** Calendar time, ms since the DTN epoch. */
  readonly dtnMs: () => number;
}

/** Forwards copies of the bundles of one node. */
export class CopyForwarder {
  /** Number of held bundles that have left: always 0, since only copies leave and the bundles themselves stay. */
  readonly away = 0;
  readonly #parts: CopyForwarderParts;
  readonly #encounters: Encounters;
  /** Facts about each copy, by the object that stands for it in its outlet. */
  readonly #copies = new Map<HeldBundle, Copy>();
  readonly #copiesOf = new Map<HeldBundle, Set<HeldBundle>>();
  readonly #view = new BundleView();
  readonly #writer = new CborWriter();
  /** The identifier of the node, as other nodes read it in its copies. */
  readonly #node: Uint8Array;
  #hasBegun = false;

  constructor(parts: CopyForwarderParts) {
    this.#parts = parts;
    const { own, names, copies: router, holdings, dtnMs, planTime } = parts;
    this.#node = previousNodeData(names.nodeOf(own));
    const known = (now: Nanoseconds): Iterable<string> => holdings.known(now);
    this.#encounters = new Encounters({ own, names, router, known, dtnMs, planTime });
  }

  /** Bundles that wait, by reason, for the status page. */
  get waiting(): Readonly<Record<string, number>> {
    const reasons: Record<string, number> = {};
    for (const bundle of this.#parts.holdings.values()) {
      const reason = this.#reasonOf(bundle);
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    }
    return reasons;
  }

  /** Some of the bundles that wait. */
  waitingBundles(most: number): readonly WaitingBundle[] {
    const listed: WaitingBundle[] = [];
    for (const bundle of this.#parts.holdings.values()) {
      if (listed.length === most) break;
      listed.push({ bundle, why: this.#reasonOf(bundle) });
    }
    return listed;
  }

  #reasonOf(bundle: HeldBundle): string {
    if ((this.#copiesOf.get(bundle)?.size ?? 0) > 0) return 'queue';
    return this.#encounters.ready.length === 0 ? 'no-contact-now' : 'no-taker';
  }

  /** When the next copy or record can leave; Infinity if none waits. */
  nextAt(): Nanoseconds {
    let next = this.#encounters.nextAt();
    for (const outlet of this.#parts.outlets) next = Math.min(next, outlet.nextAt());
    return next;
  }

  /** Offers a newly stored bundle to all neighbours in contact now, after splitting it if it is too long. */
  route(now: Nanoseconds, bundle: HeldBundle): void {
    openHeldBundle(this.#view, bundle.bytes);
    const note = readCopiesBlock(this.#view);
    const fragments = this.#splitIntoFragments(bundle);
    const isWhole = fragments.length === 0;
    const parts = { ...this.#parts, whole: bundle, parts: fragments };
    const added = isWhole ? [bundle] : replaceByFragments(now, parts);
    for (const each of added) this.#spread(each, note);
  }

  /**
   * Splits a bundle into fragments that fit on the way with the smallest limit, so that any neighbour can take
   * them; none if it stays whole.
   */
  #splitIntoFragments(bundle: HeldBundle): readonly HeldBundle[] {
    const { options, outlets, holdings } = this.#parts;
    const bytesMax = leastOf(outlets.map(({ maxBytes }) => maxBytes));
    const isShort = bundle.bytes.length + FORWARDING_GROWTH_BYTES_MAX <= bytesMax;
    return options.fragmentation === 'off' || isShort
      ? []
      : splitIntoFragments(bundle, bytesMax, holdings.room);
  }

  /**
   * Offers a new bundle to all neighbours in contact now.
   * @param note The number in the copies block (`copy-note.ts`) of this bundle, or of the bundle from which it was
   * cut.
   */
  #spread(bundle: HeldBundle, note: number | undefined): void {
    this.#parts.copies.kept?.(bundle, note);
    const { from } = bundle;
    if (from !== undefined) this.#encounters.of(from)?.known?.add(bundleIdentityHash(bundle.key));
    for (const encounter of this.#encounters.ready) this.#offer(bundle, encounter);
  }

  /**
   * Called when a way opens or closes: an encounter begins or ends. At the end, copies that did not leave are
   * withdrawn.
   */
  turn(now: Nanoseconds, id: string, way: PeerReachability): void {
    const { outlets } = this.#parts;
    const outlet = outlets.find((each) => each.id === id);
    if (outlet === undefined) return;
    if (way === 'open') {
      outlet.open(now);
      this.#encounters.begin(now, outlet);
      return;
    }
    for (const copy of outlet.close()) this.#takeBack(copy);
    this.#encounters.end(outlet);
    const other = outlets.find(({ neighbour, isOpen }) => neighbour === outlet.neighbour && isOpen);
    if (other !== undefined) this.#encounters.begin(now, other);
  }

  /** Called when the neighbour acknowledged a transfer: it has that copy. */
  acknowledged(now: Nanoseconds, { outlet, number }: TransferId): void {
    const copy = this.#acknowledged(outlet, number);
    if (copy === undefined) this.#parts.effects.drop('late-receipt');
    else this.#given(now, copy, 'passed-on');
  }

  /** Called when the layer below gave a transfer up: the neighbour does not have that copy. */
  failed(_now: Nanoseconds, { outlet, number }: TransferId): void {
    const bundle = this.#acknowledged(outlet, number);
    if (bundle === undefined) return;
    const { key, isGone = false } = this.#copies.get(bundle) ?? {};
    if (isGone && key !== undefined) {
      this.#parts.effects.report({ kind: 'arrived', key });
      this.#parts.effects.report({ kind: 'ended', key, how: 'dropped' });
    }
    this.#takeBack(bundle);
  }

  /** Nothing is planned, so nothing can be late. */
  review(): void {
    // Records that are due are sent by {@link transmit}.
  }

  /** Sends all copies and records that can leave now. */
  transmit(now: Nanoseconds): void {
    this.#beginOnce(now);
    this.#encounters.greet(now);
    for (const outlet of this.#parts.outlets) {
      while (outlet.nextAt() <= now) {
        const departure = outlet.take(now, this.#parts.planTime());
        if (departure !== undefined) this.#leave(now, departure, outlet);
        for (const copy of outlet.spent()) this.#takeBack(copy);
      }
    }
  }

  /** True if a copy was sent and is not acknowledged. */
  isUnderWay(bundle: HeldBundle): boolean {
    const copies = [...(this.#copiesOf.get(bundle) ?? [])];
    return copies.some((copy) => this.#copies.get(copy)?.isGone);
  }

  /** Gives a bundle up, with all its copies that have not left. */
  giveUp(now: Nanoseconds, bundle: HeldBundle): void {
    this.#end(now, bundle, 'over');
  }

  /**
   * Called when the bundle came again with a larger hop count: that copy replaces the one held here, which a
   * neighbour had taken and passed on.
   */
  supersede(now: Nanoseconds, bundle: HeldBundle): void {
    this.#end(now, bundle, 'passed-on');
    this.#parts.effects.absorb(bundle);
  }

  /**
   * Takes in an encounter record that the router of a neighbour has sent, and offers bundles to that neighbour.
   * @param bundle The bundle with the record.
   * @param view The same bundle, opened.
   * @returns why the record is dropped; undefined if it was taken.
   */
  hear(now: Nanoseconds, bundle: HeldBundle, view: BundleView): DtnDropReason | undefined {
    const { names, outlets, effects } = this.#parts;
    const { from = '' } = bundle;
    if (formatEid(view.source) !== formatEid(names.routerOf(from))) return 'bad-encounter';
    // A neighbour whose record has come is in contact, even if the contact has not begun by this node's
    // clock.
    const outlet = outlets.find(({ neighbour }) => neighbour === from);
    if (outlet === undefined) return 'bad-encounter';
    this.#encounters.begin(now, outlet);
    const payload = bundle.bytes.subarray(view.payloadStart, view.payloadEnd);
    if (!this.#encounters.hear(now, from, payload)) return 'bad-encounter';
    effects.count('dtn.records');
    effects.report({ kind: 'ended', key: bundle.observerNumber, how: 'absorbed' });
    this.#offerAll(from);
    return undefined;
  }

  /** Begins an encounter, once, for each way that is open from the start. */
  #beginOnce(now: Nanoseconds): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    for (const outlet of this.#parts.outlets)
      if (outlet.isOpen) this.#encounters.begin(now, outlet);
  }

  /** Offers all bundles to a neighbour, first those whose destination is the neighbour itself. */
  #offerAll(neighbour: string): void {
    const encounter = this.#encounters.of(neighbour);
    if (encounter?.known === undefined) return;
    const held = [...this.#parts.holdings.values()];
    const isFor = ({ destination }: HeldBundle): boolean => destination === neighbour;
    for (const bundle of held) if (isFor(bundle)) this.#offer(bundle, encounter);
    for (const bundle of held) if (!isFor(bundle)) this.#offer(bundle, encounter);
  }

  #offer(bundle: HeldBundle, { outlet, known }: Encounter): void {
    const { copies: router } = this.#parts;
    const { neighbour } = outlet;
    if (known?.has(bundleIdentityHash(bundle.key)) === true || this.#isTaken(bundle, neighbour))
      return;
    if (bundle.bytes.length > outlet.maxBytes) return;
    const isDelivery = bundle.destination === neighbour;
    const offer = isDelivery ? DELIVERY : router.offer(bundle, neighbour);
    if (offer === undefined) return;
    const copy = { ...bundle, key: `${bundle.key} to ${neighbour}` };
    this.#copies.set(copy, { original: bundle, offer, outlet, isGone: false, key: undefined });
    const siblings = this.#copiesOf.get(bundle) ?? new Set();
    this.#copiesOf.set(bundle, siblings.add(copy));
    outlet.put(copy);
  }

  /**
   * True if a copy for this neighbour is queued or under way, or one that hands the bundle over to any neighbour.
   */
  #isTaken(bundle: HeldBundle, neighbour: string): boolean {
    for (const copy of this.#copiesOf.get(bundle) ?? []) {
      const { offer, outlet } = this.#copies.get(copy) as Copy;
      if (offer.handsOver || outlet.neighbour === neighbour) return true;
    }
    return false;
  }

  #leave(now: Nanoseconds, { bundle, transfer, use }: Departure, outlet: Outlet): void {
    const copy = this.#copies.get(bundle);
    const bytes = copy === undefined ? bundle.bytes : this.#bytesOf(now, bundle, copy.offer);
    const secured = typeof bytes === 'string' ? bytes : this.#secured(bytes, outlet.neighbour);
    if (typeof secured === 'string' || secured.length > outlet.maxBytes) {
      this.#refuse(bundle, typeof secured === 'string' ? secured : 'too-large', outlet);
      return;
    }
    if (copy === undefined) {
      const recipient = outlet.neighbour;
      this.#parts.effects.report({ kind: 'record', bundle: secured, recipient });
    } else this.#tell(copy, secured);
    const { priority } = bundle;
    const last = { ...(transfer !== undefined && { transfer }), ...(use && { use }) };
    const what = { outlet: outlet.id, bundle: secured, priority, ...last } as const;
    this.#parts.effects.push({ kind: 'transmit', ...what, isRecord: copy === undefined });
    if (transfer === undefined) this.#given(now, bundle, 'sent');
  }

  /** Makes the bytes of a copy; a drop reason if the bundle must not go further. */
  #bytesOf(now: Nanoseconds, bundle: HeldBundle, { note }: CopyOffer): Uint8Array | DtnDropReason {
    const isOwn = bundle.from === undefined;
    const moment = { node: this.#node, isOwn, heldNs: now - bundle.sinceNs };
    openHeldBundle(this.#view, bundle.bytes);
    const stopped = writeForwardedCopy(this.#writer, this.#view, moment);
    if (stopped !== undefined) return stopped;
    openHeldBundle(this.#view, this.#writer.taken());
    return bundleWithCopiesBlock(this.#writer, this.#view, note);
  }

  #secured(copy: Uint8Array, neighbour: string): Uint8Array | DtnDropReason {
    const { security } = this.#parts;
    return security === undefined ? copy : security.leaving(copy, neighbour);
  }

  /** Drops a copy: the bundle stays here, and the neighbour of this outlet gets no copy of it. */
  #refuse(bundle: HeldBundle, drop: DtnDropReason, outlet: Outlet): void {
    outlet.withdraw(bundle);
    const original = this.#copies.get(bundle)?.original;
    if (original !== undefined) {
      this.#encounters.of(outlet.neighbour)?.known?.add(bundleIdentityHash(original.key));
    }
    this.#takeBack(bundle);
    this.#parts.effects.drop(drop);
  }

  /** Reports that a copy leaves, once: repetitions of a transfer are not reported. */
  #tell(copy: Copy, bytes: Uint8Array): void {
    if (copy.isGone) return;
    copy.isGone = true;
    copy.key = this.#parts.keyOf?.(bytes);
    const { effects } = this.#parts;
    effects.count('dtn.forwarded');
    const { observerNumber, destination = '' } = copy.original;
    if (isOwnMessage(copy.original)) {
      effects.report({ kind: 'copied', observerNumber, bundle: bytes, recipient: destination });
    } else effects.report({ kind: 'copied', key: observerNumber, bundle: bytes });
  }

  #acknowledged(outlet: string, number: number): HeldBundle | undefined {
    return this.#parts.outlets.find(({ id }) => id === outlet)?.acknowledged(number);
  }

  /** Called when the neighbour has a copy. */
  #given(now: Nanoseconds, bundle: HeldBundle, fate: BundleFate): void {
    const copy = this.#forget(bundle);
    if (copy === undefined) return;
    const { original, offer, outlet } = copy;
    const { copies: router } = this.#parts;
    this.#encounters.of(outlet.neighbour)?.known?.add(bundleIdentityHash(original.key));
    this.#parts.onForwarded(now, bundle);
    if (offer !== DELIVERY) router.given?.(original, offer, outlet.neighbour);
    if (!offer.handsOver) return;
    this.#end(now, original, fate);
    this.#parts.effects.absorb(original);
  }

  /** Called when a copy did not leave, or its transfer was given up. */
  #takeBack(bundle: HeldBundle): void {
    const copy = this.#forget(bundle);
    if (copy === undefined) return;
    const { original, offer } = copy;
    if (offer !== DELIVERY) this.#parts.copies.returned?.(original, offer);
  }

  #forget(bundle: HeldBundle): Copy | undefined {
    const copy = this.#copies.get(bundle);
    if (copy === undefined) return undefined;
    this.#copies.delete(bundle);
    const siblings = this.#copiesOf.get(copy.original);
    siblings?.delete(bundle);
    if (siblings?.size === 0) this.#copiesOf.delete(copy.original);
    return copy;
  }

  #end(now: Nanoseconds, bundle: HeldBundle, fate: BundleFate): void {
    for (const copy of [...(this.#copiesOf.get(bundle) ?? [])]) {
      this.#copies.get(copy)?.outlet.withdraw(copy);
      this.#takeBack(copy);
    }
    this.#parts.copies.done?.(bundle);
    this.#parts.holdings.end(now, bundle, fate);
  }
}
