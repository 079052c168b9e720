/**
 * What a node needs of a convergence layer on its links.
 *
 * @module
 */
import type { NetworkView } from '../../../engine/host/network-view.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { PeerReachability } from '../../../engine/host/transport.ts';
import type { Priority } from '../agent/held-bundle.ts';
import type { TransferId } from '../agent/input.ts';
import type { Outlet } from '../agent/outlet.ts';
import type { DtnOptions } from '../config.ts';
import type { HostEids } from '../names.ts';

/** What a node knows of itself and its network. */
export interface LinkLayerParts {
  readonly options: DtnOptions;
  readonly network: NetworkView;
  readonly names: HostEids;
}

/** A bundle that leaves. */
export interface LinkTransmission {
  /** Id of the outlet. */
  readonly outlet: string;
  readonly bundle: Uint8Array;
  /** Present if the layer acknowledges the bundle under this number. */
  readonly transfer?: number;
  /** How long the transmitter takes, ns; absent if the way has none of its own. */
  readonly durationNs?: Nanoseconds;
  readonly priority: Priority;
}

/** What the node does when a layer receives a bundle, or the state of a transfer or way changes. */
export interface LinkHandlers {
  /**
   * A bundle came; the callee owns the bytes.
   * @param transfer Present if the layer waits for {@link LinkLayer.kept}.
   */
  readonly onBundle: (bundle: Uint8Array, from: string, transfer?: TransferId) => void;
  /** The neighbour has the bundle of a transfer. */
  readonly onReceipt: (transfer: TransferId) => void;
  /** An outlet opens for bundles, or closes. */
  readonly onWay: (outlet: string, way: PeerReachability) => void;
  /** A transfer was given up. */
  readonly onFailed: (transfer: TransferId) => void;
}

/** A convergence layer on some links of a node. */
export interface LinkLayer {
  readonly outlets: readonly Outlet[];
  start(): void;
  stop(): void;
  /** A contact of a link begins or ends. */
  turn(link: string, way: PeerReachability): void;
  send(transmission: LinkTransmission): void;
  /** The node has stored the bundle of a neighbour. Absent in layers that do not acknowledge. */
  kept?(transfer: TransferId): void;
}
