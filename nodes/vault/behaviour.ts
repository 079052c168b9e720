/**
 * Vault: the decisions of a replica that its defective doubles (`doubles/`) make wrongly, and the correct decisions.
 *
 * @module
 */
import type { ReplicaBehaviour } from './replica-setup.ts';

/** The parts of a replica's behaviour that a double may replace. */
export interface Behaviour {
  /** Follows the time of the other replicas if its own is further from it than a stamp may be. */
  readonly doubtsOwnClock: boolean;
  /** Deletes the key of a value that is overwritten or erased. */
  readonly forgetsKeys: boolean;
  readonly replica: ReplicaBehaviour;
}

/** The behaviour of a correct `vault` node. */
export const CORRECT_BEHAVIOUR: Behaviour = {
  doubtsOwnClock: true,
  forgetsKeys: true,
  replica: {},
};
