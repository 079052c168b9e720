/**
 * A multi-access segment: one transmitter at a time, first come first served; all other members
 * receive (docs/spec/link-model.md#segments). The medium is one direction; a broadcast becomes one
 * copy per receiver when it arrives, and conservation holds per copy.
 *
 * Collisions are not modelled (no CSMA/CD), and packets that a crashed member had queued on the shared
 * medium are still sent.
 *
 * @module
 */
import type { LinkDirection } from './direction.ts';
import {
  DROP_NO_ROUTE,
  DROP_NODE_DOWN,
  DROP_PARTITION,
  DROP_PORT_UNREACHABLE,
} from './drop-reasons.ts';
import { BROADCAST_ADDRESS, type EndpointTable } from './endpoint-table.ts';
import type { PacketTable } from './packet-table.ts';
import { NIL_PACKET } from './packet-table.ts';
import type { SimSocket } from './sim-socket.ts';

/** What a segment needs to know about a member. */
export interface SegmentMember {
  readonly index: number;
  readonly address: string;
  readonly isUp: boolean;
}

/** Copies for one receiver; `copies = delivered + dropped` between any two events. */
export interface ReceiverCounts {
  copies: number;
  delivered: number;
  dropped: number;
}

/** Takes the copy of a packet for a bound socket; owns the copy from then on and counts it on the medium. */
export type CopySink = (socket: SimSocket, packet: number) => void;

/** The members and the medium of a segment, and what it needs from its world. */
export interface SegmentParts {
  readonly id: string;
  readonly medium: LinkDirection;
  readonly table: PacketTable;
  readonly endpoints: EndpointTable;
  readonly members: readonly SegmentMember[];
}

/** A multi-access segment: one medium on which one member sends at a time and all others receive. */
export class SimSegment {
  readonly id: string;
  /** Queue, transmitter and pipe that all members share. */
  readonly medium: LinkDirection;
  private readonly parts: SegmentParts;
  private readonly counts = new Map<number, ReceiverCounts>();
  /** Number of partitions in force, by `sender/receiver`. */
  private readonly partitions = new Map<string, number>();

  constructor(parts: SegmentParts) {
    this.id = parts.id;
    this.medium = parts.medium;
    this.parts = parts;
    for (const member of parts.members) {
      this.counts.set(member.index, { copies: 0, delivered: 0, dropped: 0 });
    }
  }

  /** True when the host is on the segment. */
  hasMember(host: number): boolean {
    return this.counts.has(host);
  }

  /** The packet counts of one receiver. */
  receiver(host: number): Readonly<ReceiverCounts> | undefined {
    return this.counts.get(host);
  }

  /** Adds or removes a partition from one member to another. */
  partition(from: number, to: number, change: 1 | -1): void {
    const key = `${from}/${to}`;
    this.partitions.set(key, (this.partitions.get(key) ?? 0) + change);
  }

  /** Called when a packet has crossed the medium: gives each receiver its copy. */
  arrive(packet: number, sink: CopySink): void {
    const { table, endpoints, members } = this.parts;
    const { address, port } = endpoints.pairOf(table.to[packet] as number);
    const source = endpoints.pairOf(table.from[packet] as number).address;
    const isBroadcast = address === BROADCAST_ADDRESS;
    const receivers = members.filter((member) =>
      isBroadcast ? member.address !== source : member.address === address,
    );
    if (receivers.length === 0) {
      this.medium.drop(packet, DROP_NO_ROUTE);
      return;
    }
    // The first receiver gets the packet itself, all others get copies.
    const packets = receivers.map((_, i) => (i === 0 ? packet : table.duplicate(packet)));
    this.medium.duplicated += packets.length - 1;
    const sender = members.find((member) => member.address === source)?.index ?? NIL_PACKET;
    for (const [i, receiver] of receivers.entries()) {
      this.hand(receiver, sender, packets[i] as number, { port, sink });
    }
  }

  private hand(
    receiver: SegmentMember,
    sender: number,
    packet: number,
    how: { readonly port: number; readonly sink: CopySink },
  ): void {
    const counts = this.counts.get(receiver.index) as ReceiverCounts;
    counts.copies += 1;
    const { endpoints } = this.parts;
    const socket = endpoints.sockets[endpoints.intern(receiver.address, how.port)];
    const isCut = (this.partitions.get(`${sender}/${receiver.index}`) ?? 0) > 0;
    if (!receiver.isUp) this.lose(counts, packet, DROP_NODE_DOWN);
    else if (isCut) this.lose(counts, packet, DROP_PARTITION);
    else if (socket === undefined) this.lose(counts, packet, DROP_PORT_UNREACHABLE);
    else {
      counts.delivered += 1;
      how.sink(socket, packet);
    }
  }

  private lose(counts: ReceiverCounts, packet: number, reason: number): void {
    counts.dropped += 1;
    this.medium.drop(packet, reason);
  }
}
