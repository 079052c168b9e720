/**
 * Makes the copies of bundles that leave a node, and hands them to the ways to neighbours.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { SlabAllocator } from '../../_kit/slab.ts';
import type { DtnBehaviour } from '../behaviour.ts';
import type { DtnDropReason } from '../drops.ts';
import { previousNodeData } from '../wire/extensions.ts';
import { BundleView } from '../wire/view.ts';
import type { AgentEffect, EffectSink } from './effects.ts';
import { openHeldBundle, writeForwardedCopy } from './forwarded-copy.ts';
import { type HeldBundle, isOwnMessage } from './held-bundle.ts';
import type { Departure, Outlet } from './outlet.ts';
import type { BundleAgentParts } from './parts.ts';

/** What a {@link CopySender} needs beside the parts of the agent. */
export interface CopySenderParts extends BundleAgentParts {
  readonly effects: EffectSink;
  /**
   * View of the bundle that was received last: it often leaves at once, and is then not decoded
   * again.
   */
  readonly arrival: BundleView;
}

type Transmission = Extract<AgentEffect<never>, { readonly kind: 'transmit' }>;

/** Sends the copies of one node. */
export class CopySender {
  readonly #parts: CopySenderParts;
  readonly #view = new BundleView();
  /** The node identifier of this node, encoded as the data of a previous node block. */
  readonly #node: Uint8Array;
  readonly #writer = new CborWriter();
  /** Memory for copies, which leave soon, and in the order in which they are made. */
  readonly #slab = new SlabAllocator();
  /**
   * Decides whether a bundle of another node is sent (see {@link DtnBehaviour}). A correct node sends
   * all of them; defective doubles do not.
   */
  readonly #leaving: ReturnType<DtnBehaviour['leaving']>;
  /** For each bundle that has left and is not acknowledged yet, the key of its copy. */
  readonly #away = new Map<HeldBundle, number>();

  constructor(parts: CopySenderParts) {
    this.#parts = parts;
    this.#node = previousNodeData(parts.names.nodeOf(parts.own));
    this.#leaving = parts.behaviour.leaving();
  }

  /**
   * Number of bundles of other nodes that were sent and not acknowledged: a link may still give
   * them back.
   */
  get away(): number {
    const isGone = (bundle: HeldBundle): boolean =>
      !isOwnMessage(bundle) && bundle.copyOf === undefined;
    return [...this.#away.keys()].filter(isGone).length;
  }

  /** Called when the neighbour has acknowledged a bundle. */
  arrived(bundle: HeldBundle): void {
    if (!this.#away.delete(bundle)) return;
    const { observerNumber, copyOf } = bundle;
    if (isOwnMessage(bundle) && copyOf === undefined) {
      this.#parts.effects.report({ kind: 'settled', observerNumber, how: 'acknowledged' });
    }
  }

  /**
   * Called when a bundle that was sent is again at this node alone: its transfer was given up, or
   * it has expired on the way.
   */
  returned(bundle: HeldBundle): void {
    const key = this.#away.get(bundle);
    if (key === undefined) return;
    this.#away.delete(bundle);
    const { effects } = this.#parts;
    effects.report({ kind: 'arrived', key });
    // The node still has the original if it made the bundle, or if this was a copy of a critical
    // bundle: then only the copy ends.
    if (isOwnMessage(bundle) || bundle.copyOf !== undefined)
      effects.report({ kind: 'ended', key, how: 'dropped' });
  }

  /**
   * Makes the copy of a bundle that leaves, and sends it. @returns why it cannot leave; undefined
   * if it was sent.
   */
  send(now: Nanoseconds, departure: Departure, outlet: Outlet): DtnDropReason | undefined {
    const { bundle, transfer } = departure;
    const { own, behaviour } = this.#parts;
    const isOwn = bundle.from === undefined || bundle.from === own;
    const fate = isOwn ? undefined : this.#leaving();
    if (fate !== undefined) return fate === 'vanishes' ? undefined : fate;
    const heldNs = behaviour.ages ? now - bundle.sinceNs : 0;
    const view = this.#opened(bundle);
    const moment = { node: this.#node, isOwn, heldNs };
    const stopped = writeForwardedCopy(this.#writer, view, moment);
    if (stopped !== undefined) return stopped;
    const isRecord = view.isAdministrative;
    const copy = this.#secured(this.#written(), outlet.neighbour);
    if (typeof copy === 'string') return copy;
    if (copy.length > outlet.maxBytes) return 'too-large';
    if (transfer === undefined) this.#left(bundle, copy);
    else this.#handed(bundle, copy);
    this.#parts.effects.push(
      transmission(departure, { outlet: outlet.id, bundle: copy, isRecord }),
    );
    return undefined;
  }

  #opened({ bytes }: HeldBundle): BundleView {
    const { arrival } = this.#parts;
    if (arrival.isOpenOn(bytes)) return arrival;
    openHeldBundle(this.#view, bytes);
    return this.#view;
  }

  #written(): Uint8Array {
    const { bytes, length } = this.#writer;
    return this.#slab.copyOf(bytes, 0, length);
  }

  #secured(copy: Uint8Array, neighbour: string): Uint8Array | DtnDropReason {
    const { security } = this.#parts;
    return security === undefined ? copy : security.leaving(copy, neighbour);
  }

  #left(bundle: HeldBundle, copy: Uint8Array): void {
    const { effects } = this.#parts;
    const { observerNumber, destination = '', copyOf } = bundle;
    effects.count('dtn.forwarded');
    if (copyOf !== undefined) this.#copied(copyOf, copy);
    else if (isOwnMessage(bundle)) {
      effects.report({ kind: 'created', observerNumber, bundle: copy, recipient: destination });
    } else effects.report({ kind: 'departed', key: observerNumber, bundle: copy });
  }

  /**
   * Reports to observers that a bundle leaves, once: repetitions of its transfer are not reported.
   */
  #handed(bundle: HeldBundle, copy: Uint8Array): void {
    const { effects, keyOf } = this.#parts;
    if (this.#away.has(bundle) || keyOf === undefined) return;
    const key = keyOf(copy);
    const { observerNumber, destination = '', copyOf } = bundle;
    const isOwn = isOwnMessage(bundle);
    this.#away.set(bundle, key);
    if (copyOf !== undefined) {
      this.#copied(copyOf, copy);
      return;
    }
    if (isOwn) {
      effects.report({ kind: 'handed', observerNumber, bundle: copy, recipient: destination });
    } else effects.report({ kind: 'departed', key: observerNumber, bundle: copy });
    if (!isOwn) bundle.observerNumber = key;
  }

  /**
   * Reports to observers that a copy of a critical bundle leaves; the bundle itself stays here.
   */
  #copied(original: HeldBundle, copy: Uint8Array): void {
    const { effects } = this.#parts;
    const { observerNumber, destination = '' } = original;
    if (isOwnMessage(original)) {
      effects.report({ kind: 'copied', observerNumber, bundle: copy, recipient: destination });
    } else effects.report({ kind: 'copied', key: observerNumber, bundle: copy });
  }
}

/** The parts of a transmission that its departure does not contain. */
type Leaving = Pick<Transmission, 'outlet' | 'bundle' | 'isRecord'>;

function transmission(departure: Departure, { outlet, bundle, isRecord }: Leaving): Transmission {
  const { transfer, durationNs, use } = departure;
  const { priority } = departure.bundle;
  const effect: { -readonly [Key in keyof Transmission]: Transmission[Key] } = {
    kind: 'transmit',
    outlet,
    bundle,
    priority,
    isRecord,
  };
  if (transfer !== undefined) effect.transfer = transfer;
  if (durationNs !== undefined) effect.durationNs = durationNs;
  if (use !== undefined) effect.use = use;
  return effect;
}
