/**
 * What an attack gets besides its view: public knowledge (the users and the delay distribution), and
 * the answers for scoring. An attack may read the answers only after its guess; it never sees the
 * record from which they come (docs/spec/privacy-metrics.md, "Two records").
 *
 * @module
 */
import type { AdversaryView } from '../view/view.ts';
import type { AttackSuccess } from './attack-success.ts';

/** Distribution of the time from a sender's link to a receiver's link. */
export interface PathDelayDistribution {
  /** Number of delaying mixes, at least 1. */
  readonly hops: number;
  /** Mean delay at each mix, ns. */
  readonly meanDelayNs: number;
  /** Time on all links and in processing together, ns. */
  readonly transitNs: number;
}

/** Public knowledge, which the attacker has too. */
export interface AttackSetting {
  /** Names of users: all senders and receivers. */
  readonly users: readonly string[];
  /** Start of the observed period, ns. */
  readonly fromNs: number;
  readonly untilNs: number;
  readonly path: PathDelayDistribution;
}

/** The number of successes and trials of an attack. */
export interface SuccessCount {
  readonly hits: number;
  readonly trials: number;
}

/** Results of the attacks carried out by events of the run; undefined when no event did. */
export interface ActiveAttackResults {
  /** Trials: targets admitted alone to a mix; successes: those that were the next output. */
  readonly isolations?: SuccessCount | undefined;
  /** Trials: tagged messages; successes: those that a corrupt last hop recognised. */
  readonly tags?: SuccessCount | undefined;
  /**
   * Trials: replayed messages; successes: those that were recognised because their output appeared
   * twice.
   */
  readonly replays?: SuccessCount | undefined;
}

/** The correct answers to what attacks guess; for scoring only. */
export interface AttackTruths extends ActiveAttackResults {
  /** For each user who wrote payloads, the users to whom it wrote. */
  readonly partners: ReadonlyMap<string, ReadonlySet<string>>;
  /** Trials: delivered messages; successes: those that met only corrupt mixes. */
  readonly compromisedPaths?: SuccessCount;
}

/** What an attack is evaluated on: the view of the adversary, public knowledge, and the right answers. */
export interface AttackInput {
  readonly view: AdversaryView;
  readonly setting: AttackSetting;
  readonly answers: AttackTruths;
}

/** An attack: its name, what its adversary is, and how its success on a run is evaluated. */
export interface Attack {
  readonly name: string;
  /** The description of the adversary that is printed below its chart. */
  readonly adversary: string;
  /** How success is estimated, in one sentence. */
  readonly estimator: string;
  /**
   * Present if the adversary of this attack acts: an event of this name in the scenario carries the
   * attack out. Without such an event, the attack is not tried.
   */
  readonly isActive?: true;
  /** Evaluates the attack on a run; undefined if the run offers nothing to try. */
  evaluate(input: AttackInput): AttackSuccess | undefined;
}
