/**
 * The raw network: directions, packets and the scheduler that moves them. Nodes are numbers and
 * there is one receiver, a sink; sockets, hosts and addresses are the layer above (sim-world.ts).
 *
 * Deliveries and drops enter the fingerprint (docs/spec/fingerprint.md). There is no routing here.
 *
 * @module
 */
import { assert } from '../core/assert.ts';
import { Fingerprint } from '../core/fingerprint.ts';
import type { EventHandler } from '../core/scheduler.ts';
import { LinkDirection, type PacketConservation } from './direction.ts';
import {
  FIRST_UPPER_EVENT_KIND,
  type LinkDirectionView,
  STATE_STRIDE,
} from './direction-context.ts';
import { DROP_REASONS } from './drop-reasons.ts';
import type { LinkDirectionSpec } from './link-spec.ts';
import { PacketPath, type PacketPathOptions } from './packet-path.ts';
import type { Datagram } from './packet-table.ts';

export type { PacketSink } from './packet-path.ts';

/** Kinds of events in the fingerprint (docs/spec/fingerprint.md#what-is-hashed). */
export const FINGERPRINT_KINDS = {
  timer: 1,
  delivery: 2,
  drop: 3,
  mark: 4,
  request: 5,
  application: 6,
  nodeDrop: 7,
  fault: 8,
} as const;

/** Options of {@link Network}. */
export interface NetworkOptions extends PacketPathOptions {
  /** Handler of events whose kind is FIRST_UPPER_EVENT_KIND or above. */
  readonly upper?: EventHandler;
}

/** Names and end nodes of a new direction. */
export interface NewLinkDirection {
  readonly linkId: string;
  /** Names of both ends, written `a->b`. */
  readonly name: string;
  readonly fromNode: number;
  readonly toNode: number;
}

/** The link directions of one world. */
export class Network extends PacketPath {
  /** Replaced before the run, when the number of nodes is known. */
  fingerprint: Fingerprint = new Fingerprint(0);
  private readonly upper: EventHandler | undefined;

  constructor(options: NetworkOptions) {
    super(options);
    this.upper = options.upper;
  }

  /** Adds one direction of a link. */
  addDirection(place: NewLinkDirection, spec: LinkDirectionSpec): LinkDirection {
    const id = this.directions.length;
    if ((id + 1) * STATE_STRIDE > this.state.length) {
      const wider = new Float64Array(this.state.length * 2);
      wider.set(this.state);
      this.state = wider;
      this.words = new Int32Array(wider.buffer);
    }
    const direction = new LinkDirection(this, { id, ...place }, spec);
    this.directions.push(direction);
    return direction;
  }

  protected override fireUpper(kind: number, target: number, argument: number): void {
    assert(this.upper !== undefined, `nobody handles events of kind ${kind}`);
    this.upper.fire(kind, target, argument);
  }

  /** Called by the scheduler: the name of an event, for messages. */
  describe(kind: number, target: number): string {
    const direction = kind < FIRST_UPPER_EVENT_KIND ? this.directions[target] : undefined;
    const name =
      direction === undefined ? `target ${target}` : `${direction.linkId} ${direction.name}`;
    return `event of kind ${kind}, ${name}`;
  }

  /** Sends a datagram without copying it: takes its buffer. See {@link LinkDirection.offer}. */
  send(direction: LinkDirection, datagram: Datagram): boolean {
    const { buffer, offset, length, from, to } = datagram;
    return direction.offer(this.table.acquire(buffer, offset, length, from, to));
  }

  /** Puts a copy of the bytes into the pipe of a direction (taps, replays, forgeries). */
  inject(direction: LinkDirection, datagram: Datagram): void {
    const { length, offset } = datagram;
    const buffer = this.pool.alloc(length);
    buffer.set(datagram.buffer.subarray(offset, offset + length));
    const packet = this.table.acquire(buffer, 0, length, datagram.from, datagram.to);
    this.table.offeredAt[packet] = this.scheduler.now;
    direction.inject(packet);
  }

  /**
   * Sets the instant from which the times of contact plans and link traces count; before this call it
   * is {@link PLAN_NOT_BEGUN}.
   */
  beginPlans(originNs: number): void {
    this.planOriginNs = originNs;
    for (const direction of this.directions) direction.plansBegun();
  }

  /** Adds a drop to the fingerprint and tells the observer; see `LinkDirectionContext.dropped`. */
  override dropped(direction: LinkDirectionView | undefined, packet: number, reason: number): void {
    const node = direction === undefined ? -1 : direction.fromNode;
    const length = Math.min(0xffff, this.table.length[packet] as number);
    this.fingerprint.event(
      this.scheduler.now,
      node,
      FINGERPRINT_KINDS.drop,
      reason * 65_536 + length,
    );
    if (this.observer !== undefined) this.observer.onDropped(direction, packet, reason);
  }

  /** The sums of the packet counts of all directions (docs/spec/link-model.md#conservation). */
  conservation(): PacketConservation {
    const sum = { ...NOTHING };
    for (const direction of this.directions) {
      const part = direction.conservation();
      for (const key of CONSERVATION_KEYS) sum[key] += part[key];
    }
    return sum;
  }

  /** Bytes that all directions have carried ({@link LinkDirection.carriedBytes}). */
  get carriedBytes(): number {
    let sum = 0;
    for (const direction of this.directions) sum += direction.carriedBytes;
    return sum;
  }

  /** The direction that was sending for the largest share of the time so far. */
  get busiest(): LinkDirection | undefined {
    return this.directions.reduce<LinkDirection | undefined>(
      (most, one) => (most === undefined || one.busyNs > most.busyNs ? one : most),
      undefined,
    );
  }

  /** Describes the first direction whose packets do not balance; undefined if all do. */
  imbalance(): string | undefined {
    for (const direction of this.directions) {
      const part = direction.conservation();
      if (part.balance === 0) continue;
      return `link ${direction.linkId} ${direction.name} is off by ${part.balance} packets: ${JSON.stringify(part)}`;
    }
    return undefined;
  }

  /** Drops of all directions by reason, without reasons that did not occur. */
  dropsByReason(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const [reason, name] of DROP_REASONS.entries()) {
      let sum = 0;
      for (const direction of this.directions) sum += direction.dropCount(reason);
      if (sum > 0) sums[name] = sum;
    }
    return sums;
  }
}

const NOTHING: Record<keyof PacketConservation, number> = {
  offered: 0,
  duplicated: 0,
  injected: 0,
  delivered: 0,
  dropped: 0,
  queued: 0,
  inSerialisation: 0,
  inPipe: 0,
  balance: 0,
};
const CONSERVATION_KEYS = Object.keys(NOTHING) as (keyof PacketConservation)[];
