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
 * What a mix does with a packet that has arrived: `taken` processes it, `refused` drops it and
 * counts the drop, `vanishes` drops it without counting.
 */
export type ArrivalOutcome = 'taken' | 'refused' | 'vanishes';

/** The parts of a node's behaviour that a double may replace. */
export interface Behaviour {
  /** Called once for each mix; returns a function that says what happens to its next packet. */
  readonly arrivals: () => () => ArrivalOutcome;
  /**
   * Makes the replay guard for the packets of one epoch; `make` makes the guard of a correct mix.
   */
  readonly replays: (make: () => TagGuard) => TagGuard;
  /** The factor by which a mix multiplies delays. */
  readonly delayFactor: number;
  /** Whether mixes and providers prove their delays. */
  readonly provesDelays: boolean;
  /**
   * Returns the epoch whose draw of neighbours a mix proves when it should prove the draw of
   * `epoch`; a correct mix returns `epoch`.
   */
  readonly provedEpoch: (epoch: number) => number;
  /** Checks, at the authority, the VRF proofs of the neighbours that a mix drew. */
  readonly checkProofs: typeof checkNeighbourProofs;
  /**
   * Called once for each provider; returns a function that says whether its next message is put
   * into the spool.
   */
  readonly spools: () => () => boolean;
  /**
   * Number of frames with which a provider answers a retrieval. `waiting` is the number of messages
   * in the answer, at most `batch`; a correct provider pads the answer to `batch` frames.
   */
  readonly framesOf: (waiting: number, batch: number) => number;
  /** Makes the log of a client's deliveries; `make` makes that of a correct client. */
  readonly deliveries: (make: () => DeliveredLog) => DeliveredLog;
  /** Derives from a document which mixes may follow each other on the paths that clients draw. */
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
