/**
 * Mixnet: what a defective double does otherwise (`doubles/`), and what a correct node does.
 *
 * @module
 */
import type { NodeSetup } from '../../engine/host/protocol.ts';
import type { DeliveredLog } from './client/index.ts';
import type { MixnetOptions } from './config.ts';
import { checkProofs, openNeighbours } from './directory/index.ts';
import type { TagGuard } from './replay/index.ts';

/** What becomes of a packet that a mix has received. */
export type Arrival = 'taken' | 'refused' | 'vanishes';

/** See the module. */
export interface Behaviour {
  /** Made for each mix: what becomes of its next packet. */
  readonly arrivals: () => () => Arrival;
  /** Takes what makes the replay filter of an epoch. */
  readonly replays: (make: () => TagGuard) => TagGuard;
  /** What a mix multiplies delays by. */
  readonly delayFactor: number;
  /** Whether mixes and providers prove their delays. */
  readonly provesDelays: boolean;
  /** The epoch of the draw of neighbours that a mix proves. */
  readonly provedEpoch: (epoch: number) => number;
  /** The authority's check of these proofs. */
  readonly checkProofs: typeof checkProofs;
  /** Made for each provider: whether its next message is put into the spool. */
  readonly spools: () => () => boolean;
  /** Frames with which a provider answers a retrieval, where so many messages wait. */
  readonly framesOf: (waiting: number, batch: number) => number;
  /** Takes what makes the record of a client's deliveries. */
  readonly deliveries: (make: () => DeliveredLog) => DeliveredLog;
  /** The neighbours over which clients draw paths. */
  readonly openNeighbours: typeof openNeighbours;
  /** Whether messages of clients leave at once, outside of their process. */
  readonly sendsAtOnce: boolean;
}

/** The set-up of a node, with what it does. */
export interface MixnetSetup extends NodeSetup<MixnetOptions> {
  readonly behaviour: Behaviour;
}

/** A correct node. */
export const CORRECT: Behaviour = {
  arrivals: () => () => 'taken',
  replays: (make) => make(),
  delayFactor: 1,
  provesDelays: true,
  provedEpoch: (epoch) => epoch,
  checkProofs,
  spools: () => () => true,
  framesOf: (_waiting, batch) => batch,
  deliveries: (make) => make(),
  openNeighbours,
  sendsAtOnce: false,
};
