/**
 * What an attack is given besides its view: public knowledge (who the users are, the delay law, what
 * the adversary itself did), and the answers that score it. An attack may look at the answers only
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

/** One attempt of the adversary to isolate a message in a mix. */
export interface BlendingAttempt {
  /** The mix. */
  readonly node: string;
  /** When the target alone was let in, ns. */
  readonly admittedNs: number;
}

/** Public knowledge. */
export interface AttackSetting {
  /** Names of users: senders and receivers. */
  readonly users: readonly string[];
  /** The watch, ns. */
  readonly fromNs: number;
  readonly untilNs: number;
  readonly path: PathLaw;
  /** What the adversary did, in order; absent: nothing. */
  readonly blending?: readonly BlendingAttempt[];
}

/** Counts of an attack that the run itself carries out. */
export interface Counted {
  readonly hits: number;
  readonly trials: number;
}

/** The truth about questions that attacks ask; for scoring only. */
export interface Answers {
  /** Per user who wrote payloads: to whom. */
  readonly partners: ReadonlyMap<string, ReadonlySet<string>>;
  /** Per blending attempt the instant at which the target left; undefined: it did not. */
  readonly departures?: readonly (number | undefined)[];
  /** Messages that met corrupt mixes only, of all that were delivered. */
  readonly compromisedPaths?: Counted;
  /** Tagged messages that a corrupt last hop recognised, of all tagged ones. */
  readonly tags?: Counted & { readonly chance: number };
  /** Replayed packets that came out a second time, of all replayed ones. */
  readonly replays?: Counted;
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
  /** The adversary acts, and no run carries that out: verified, but no metric of a run. */
  readonly isActive?: true;
  /** Undefined when the run gives it nothing to try. */
  evaluate(input: AttackInput): AttackOutcome | undefined;
}
