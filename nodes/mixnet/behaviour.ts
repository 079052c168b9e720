/**
 * Mixnet: what a defective double does otherwise (`doubles/`), and what a correct node does.
 *
 * @module
 */
import type { NodeSetup } from '../../engine/host/protocol.ts';
import type { DeliveredLog } from './client/index.ts';
import type { MixnetOptions } from './config.ts';
import { checkNeighbourProofs, deriveNeighbourGraph } from './directory/index.ts';
import type { TagGuard } from './replay/index.ts';

/** What becomes of a packet that a mix has received. */
export type ArrivalOutcome = 'taken' | 'refused' | 'vanishes';

/** The parts of a node's behaviour that a double may replace. */
export interface Behaviour {
  /** Made for each mix: what becomes of its next packet. */
  readonly arrivals: () => () => ArrivalOutcome;
  /** Makes the replay filter of an epoch; `make` makes the correct one. */
  readonly replays: (make: () => TagGuard) => TagGuard;
  /** What a mix multiplies delays by. */
  readonly delayFactor: number;
  /** Whether mixes and providers prove their delays. */
  readonly provesDelays: boolean;
  /** The epoch whose draw of neighbours a mix proves when it is asked for that of `epoch`. */
  readonly provedEpoch: (epoch: number) => number;
  /** The authority's check of the proofs of neighbours. */
  readonly checkProofs: typeof checkNeighbourProofs;
  /** Made for each provider: whether its next message is put into the spool. */
  readonly spools: () => () => boolean;
  /** Number of frames that answer a retrieval while `waiting` messages are in the spool. */
  readonly framesOf: (waiting: number, batch: number) => number;
  /** Makes the record of a client's deliveries; `make` makes the correct one. */
  readonly deliveries: (make: () => DeliveredLog) => DeliveredLog;
  /** Opens the neighbours along which clients draw paths. */
  readonly openNeighbours: typeof deriveNeighbourGraph;
  /** Whether clients send messages at once, without waiting for their payload process. */
  readonly sendsAtOnce: boolean;
}

/** The set-up of a node, with its behaviour. */
export interface MixnetSetup extends NodeSetup<MixnetOptions> {
  readonly behaviour: Behaviour;
}

/** The behaviour of a correct `mixnet` node. */
export const CORRECT_BEHAVIOUR: Behaviour = {
  arrivals: () => () => 'taken',
  replays: (make) => make(),
  delayFactor: 1,
  provesDelays: true,
  provedEpoch: (epoch) => epoch,
  checkProofs: checkNeighbourProofs,
  spools: () => () => true,
  framesOf: (_waiting, batch) => batch,
  deliveries: (make) => make(),
  openNeighbours: deriveNeighbourGraph,
  sendsAtOnce: false,
};
