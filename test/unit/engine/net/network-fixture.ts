/**
 * A chain of link directions without hosts; records what arrives at the end and what is dropped on
 * the way.
 */
import type { LinkDirection } from '../../../../engine/net/direction.ts';
import { DROP_REASONS } from '../../../../engine/net/drop-reasons.ts';
import type { LinkDirectionSpec } from '../../../../engine/net/link-spec.ts';
import { Network, type PacketSink } from '../../../../engine/net/network.ts';

/** A packet that arrived at the end of the line. */
export interface Arrival {
  readonly at: number;
  /** The number that the sender gave it. */
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** A packet that was dropped. */
export interface Drop {
  readonly at: number;
  readonly number: number;
  readonly reason: string;
}

/** Directions 0 -> 1 -> 2 -> ...; packets are relayed to the end. */
export class Line implements PacketSink {
  readonly network: Network;
  readonly directions: LinkDirection[] = [];
  readonly arrivals: Arrival[] = [];
  readonly drops: Drop[] = [];
  /** Start of the serialisation of each packet on the first direction. */
  readonly starts: number[] = [];
  private number = 0;

  constructor(specs: readonly LinkDirectionSpec[], seed = 1) {
    this.network = new Network({ seed, sink: this, buffers: 'poison' });
    for (const [i, spec] of specs.entries()) {
      const place = { linkId: `l${i}`, name: `${i}->${i + 1}`, fromNode: i, toNode: i + 1 };
      this.directions.push(this.network.addDirection(place, spec));
    }
    this.network.observer = {
      onOffered: (): void => undefined,
      onStarted: (direction): void => {
        if (direction.id === 0) this.starts.push(this.now);
      },
      onDelivered: (): void => undefined,
      onDropped: (_direction, packet, reason): void => {
        const number = this.network.table.from[packet]!;
        this.drops.push({ at: this.now, number, reason: DROP_REASONS[reason]! });
      },
    };
  }

  get now(): number {
    return this.network.scheduler.now;
  }

  /** The direction of a line that has only one. */
  get only(): LinkDirection {
    return this.directions[0]!;
  }

  /** Offers packets of these sizes at the present instant. */
  offer(...sizes: readonly number[]): void {
    for (const size of sizes) this.offerWith(size, 0);
  }

  /** Offers one packet with a DSCP; every byte is its number modulo 251. */
  offerWith(size: number, dscp: number): boolean {
    const { table, pool } = this.network;
    const buffer = pool.alloc(size);
    buffer.fill(this.number % 251, 0, size);
    const packet = table.acquire(buffer, 0, size, this.number, 0);
    table.dscp[packet] = dscp;
    this.number += 1;
    return this.only.offer(packet);
  }

  /** Runs an action at an instant. */
  at(time: number, action: () => void): void {
    this.network.scheduler.after(time - this.now, action);
  }

  /** Offers a packet of `size` every `gap` from `start` on. */
  stream(count: number, size: number, gap: number, start = 0): void {
    for (let i = 0; i < count; i += 1) this.at(start + i * gap, () => this.offer(size));
  }

  run(until?: number): void {
    if (until === undefined) this.network.scheduler.run();
    else this.network.scheduler.runUntil(until);
  }

  get arrivalTimes(): number[] {
    return this.arrivals.map((arrival) => arrival.at);
  }

  get arrivalNumbers(): number[] {
    return this.arrivals.map((arrival) => arrival.number);
  }

  arrive(direction: number, packet: number): void {
    const { table } = this.network;
    this.network.countDelivered(direction);
    const number = table.from[packet]!;
    const next = this.directions[direction + 1];
    if (next === undefined) {
      this.arrivals.push({ at: this.now, number, bytes: table.view(packet).slice() });
      table.free(packet);
      return;
    }
    const length = table.length[packet]!;
    next.offer(table.acquire(table.takeBuffer(packet), 0, length, number, 0));
  }
}

/** Differences between neighbouring times. */
export function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, i) => time - times[i]!);
}
