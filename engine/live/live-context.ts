/**
 * What a live host needs from its world in addition to what a simulated host needs; the world implements it.
 *
 * @module
 */
import type { HostWorld } from '../net/sim-host-world.ts';
import type { ComputePool } from './compute-pool.ts';
import type { DatagramTimings } from './handover/handover-samples.ts';
import type { WallClock } from './live-clock.ts';
import type { WallClockPump } from './pump.ts';
import type { StreamRelay } from './relay/stream-relay.ts';
import type { UdpSocketTable } from './wire-table.ts';

/** What a live host needs from its world. */
export interface LiveContext extends HostWorld {
  readonly clock: WallClock;
  readonly pump: WallClockPump;
  readonly wires: UdpSocketTable;
  /** Carries streams between hosts of the run over its links; absent if streams do not use the links. */
  readonly relay: StreamRelay | undefined;
  readonly compute: ComputePool;
  /** Notes the instants of sampled datagrams, from their link to their handler. */
  readonly handovers: DatagramTimings;
  /** Address of the module of a host's lowest protocol, or of a layer by `host/protocol`. */
  moduleOf(owner: string): string | undefined;
  /** Folder for the stores of a host. */
  folderOf(host: string): string;
}
