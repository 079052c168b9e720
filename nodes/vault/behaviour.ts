/**
 * Vault: the decisions of a replica that its defective doubles (`doubles/`) make wrongly, and the correct decisions.
 *
 * @module
 */
import type { ReplicaBehaviour } from './replica-setup.ts';

/** The parts of a replica's behaviour that a double may replace. */
export interface Behaviour {
  /** True if the replica adopts the time of the others when its own is off by more than a stamp may be. */
  readonly adoptsOthersTime: boolean;
  /** True if the replica deletes the key of a value that is overwritten or erased. */
  readonly forgetsKeys: boolean;
  readonly replica: ReplicaBehaviour;
}

/** The behaviour of a correct `vault` node. */
export const CORRECT_BEHAVIOUR: Behaviour = {
  adoptsOthersTime: true,
  forgetsKeys: true,
  replica: {},
};
