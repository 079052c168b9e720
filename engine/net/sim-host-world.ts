/**
 * What a simulated host needs from its world; the world implements it.
 *
 * @module
 */
import type { LinkDirection } from './direction.ts';
import type { EndpointTable } from './endpoint-table.ts';
import type { Machine } from './machine.ts';
import type { Network } from './network.ts';
import type { NodeCalls } from './node-calls.ts';
import type { LogSink, NodeTraceSink } from './sim-observers.ts';
import type { BufferOwnership } from './sim-socket.ts';
import type { StreamModel } from './stream-hook.ts';
import type { WorldCryptoProviders } from './world-crypto.ts';

/**
 * Event kind of a send that waits for the processor: target is the packet, argument the direction.
 */
export const DEFERRED_SEND_EVENT = 5;

/** What a simulated host needs from its world. */
export interface HostWorld {
  readonly network: Network;
  readonly endpoints: EndpointTable;
  readonly ownership: BufferOwnership;
  readonly streams: StreamModel;
  /** Records which node's code is running. */
  readonly calls: NodeCalls;
  readonly recorder: NodeTraceSink | undefined;
  readonly logSink: LogSink | undefined;
  /** Calendar time at virtual time 0, Unix seconds. */
  readonly epochSeconds: number;
  /** How long a store takes to make data durable, ns. */
  readonly syncDelayNs: number;
  /** The machine of that name, made on first use. */
  machine(name: string): Machine;
  readonly crypto: WorldCryptoProviders;
  /**
   * Returns a number for a name, which stands for it in the fingerprint; numbers are given in the
   * order of first use.
   */
  nameNumber(name: string): number;
  /** Name of the host with that index; undefined for -1, which stands for several receivers. */
  hostName(index: number): string | undefined;
  /** Index of the host that owns an address. */
  hostOf(address: string): number | undefined;
  /** The first segment that a host is on; undefined if it is on none. */
  segmentOf(host: number): LinkDirection | undefined;
  /** The loopback direction of a host. */
  loopback(host: number): LinkDirection;
  /** Drops a packet for which no link was found. */
  noRoute(host: number, packet: number): void;
}
