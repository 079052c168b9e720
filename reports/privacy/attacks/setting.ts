/**
 * What an attack is given besides its view: public knowledge (who the users are, the delay law), and the answers that score it. An attack may look at the answers only
 * after it has made its guess; it never sees the record they come from (spec/mixnet.md 4).
 *
 * @module
 */
import type { View } from '../view/view.ts';
import type { AttackOutcome } from './outcome.ts';

/** Law of the time from a sender's link to a receiver's link. */
export interface PathLaw {
  /** Mixes that delay a message, at least 1. */
  readonly hops: number;
  /** Mean delay at each, ns. */
  readonly meanDelayNs: number;
  /** Links and processing together, ns. */
  readonly transitNs: number;
}

/** Public knowledge. */
export interface AttackSetting {
  /** Names of users: senders and receivers. */
  readonly users: readonly string[];
  /** The watch, ns. */
  readonly fromNs: number;
  readonly untilNs: number;
  readonly path: PathLaw;
}

/** Counts of an attack. */
export interface Counted {
  readonly hits: number;
  readonly trials: number;
}

/** What came of the attacks of a run's events; undefined: no event carried it out. */
export interface CarriedOut {
  /** Targets let into a mix alone, and the next output was the target. */
  readonly isolations?: Counted | undefined;
  /** Tagged messages that a corrupt last hop recognised, of all tagged ones. */
  readonly tags?: Counted | undefined;
  /** Replayed messages whose output was found because it came twice, of all replayed ones. */
  readonly replays?: Counted | undefined;
}

/** The truth about questions that attacks ask; for scoring only. */
export interface Answers extends CarriedOut {
  /** Per user who wrote payloads: to whom. */
  readonly partners: ReadonlyMap<string, ReadonlySet<string>>;
  /** Messages that met corrupt mixes only, of all that were delivered. */
  readonly compromisedPaths?: Counted;
}

/** Everything an evaluation needs. */
export interface AttackInput {
  readonly view: View;
  readonly setting: AttackSetting;
  readonly answers: Answers;
}

/** An attack as a row of a table. */
export interface Attack {
  readonly name: string;
  /** Printed under its chart (spec/mixnet.md 4.5). */
  readonly adversary: string;
  /** How success is estimated, one sentence. */
  readonly estimator: string;
  /** The adversary acts: an event of this name carries it out, and without one nothing is tried. */
  readonly isActive?: true;
  /** Undefined when the run gives it nothing to try. */
  evaluate(input: AttackInput): AttackOutcome | undefined;
}
