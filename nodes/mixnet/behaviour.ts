/**
 * Mixnet: the parts of a node's behaviour that a defective double replaces (`doubles/`), and the
 * behaviour of a correct node.
 *
 * @module
 */
import type { NodeSetup } from '../../engine/host/protocol.ts';
import type { DeliveredLog } from './client/index.ts';
import type { MixnetOptions } from './config.ts';
import { checkNeighbourProofs, deriveNeighbourGraph } from './directory/index.ts';
import type { TagGuard } from './replay/index.ts';

/**
 * What happens to a packet that a mix has received: `refused` is a counted drop, `vanishes` a
 * silent one.
 */
export type ArrivalOutcome = 'taken' | 'refused' | 'vanishes';

/** The parts of a node's behaviour that a double may replace. */
export interface Behaviour {
  /** Called once for each mix; returns a function that says what happens to its next packet. */
  readonly arrivals: () => () => ArrivalOutcome;
  /** Makes the replay guard of an epoch; `make` makes that of a correct mix. */
  readonly replays: (make: () => TagGuard) => TagGuard;
  /** The factor by which a mix multiplies delays. */
  readonly delayFactor: number;
  /** Whether mixes and providers prove their delays. */
  readonly provesDelays: boolean;
  /** The epoch whose draw of neighbours a mix proves when it is asked for that of `epoch`. */
  readonly provedEpoch: (epoch: number) => number;
  /** The authority's check of the proofs of neighbours. */
  readonly checkProofs: typeof checkNeighbourProofs;
  /**
   * Called once for each provider; returns a function that says whether its next message is put
   * into the spool.
   */
  readonly spools: () => () => boolean;
  /**
   * Number of frames that answer a retrieval. `waiting` is the number of messages that the answer
   * carries, at most `batch`.
   */
  readonly framesOf: (waiting: number, batch: number) => number;
  /** Makes the log of a client's deliveries; `make` makes that of a correct client. */
  readonly deliveries: (make: () => DeliveredLog) => DeliveredLog;
  /** Derives from a document the neighbours along which clients draw paths. */
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
