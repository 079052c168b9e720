/**
 * The interface between a node and the convergence layers on its links.
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

/** The parts from which a convergence layer is made. */
export interface LinkLayerParts {
  readonly options: DtnOptions;
  readonly network: NetworkView;
  readonly names: HostEids;
}

/** A bundle that the node gives to a convergence layer. */
export interface LinkTransmission {
  /** Id of the outlet. */
  readonly outlet: string;
  readonly bundle: Uint8Array;
  /** Present if the layer acknowledges the bundle under this number. */
  readonly transfer?: number;
  /** How long the transmitter takes, ns; absent if the layer has no transmitter of its own. */
  readonly durationNs?: Nanoseconds;
  readonly priority: Priority;
}

/**
 * The functions of the node that a layer calls when it receives a bundle, or when the state of a
 * transfer or way changes.
 */
export interface LinkHandlers {
  /**
   * A bundle came; the layer must not reuse its bytes.
   * @param transfer Present if the layer waits for {@link LinkLayer.kept}.
   */
  readonly onBundle: (bundle: Uint8Array, from: string, transfer?: TransferId) => void;
  /** The neighbour has acknowledged the bundle of a transfer. */
  readonly onReceipt: (transfer: TransferId) => void;
  /** An outlet opens for bundles, or closes. */
  readonly onWay: (outlet: string, way: PeerReachability) => void;
  /** The layer has given up a transfer. */
  readonly onFailed: (transfer: TransferId) => void;
}

/** A convergence layer on some links of a node. */
export interface LinkLayer {
  readonly outlets: readonly Outlet[];
  start(): void;
  stop(): void;
  /** Called when a contact of a link begins or ends. */
  turn(link: string, way: PeerReachability): void;
  send(transmission: LinkTransmission): void;
  /**
   * Called when the node has stored the bundle of a transfer, which the layer then acknowledges.
   * Absent in layers without acknowledgements.
   */
  kept?(transfer: TransferId): void;
}
