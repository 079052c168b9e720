/**
 * An attempt of a hunt and its outcome, as plain data that can be sent between threads.
 *
 * @module
 */
import type { EventValues } from '../injection/messages.ts';

/** An attempt: a run of the hunted scenario with a seed and faults. */
export interface Attempt {
  readonly seed: number;
  /** The name of the changed option, a key of {@link FaultTargets.options}; absent if none is changed. */
  readonly option?: string | undefined;
  /** The faults as events of a scenario file, each with its instant. */
  readonly events: readonly EventValues[];
}

/** Ways in which a run can break. */
export type BreakKind =
  /** Code of a node threw, or virtual time stood still. */
  | 'crash'
  /** A node, or the conservation of packets and messages, found a violated invariant. */
  | 'invariant'
  /** A limit was missed that must hold at every instant. */
  | 'always'
  /** A limit was missed that must hold after a time without faults. */
  | 'recover'
  /**
   * After a time without faults, many times as many timers and packets waited as before the first
   * fault.
   */
  | 'growth'
  /** The run took many times as long as one without faults. */
  | 'held'
  /** Two runs with the same faults and seed had different fingerprints. */
  | 'fingerprint';

/**
 * A break: a promise of a protocol that an attempt broke. Two breaks are the same if they have the same
 * kind and place.
 */
export interface HuntBreak {
  readonly kind: BreakKind;
  /** Where it broke: the line of the code, the text of the invariant without numbers, or the limit. */
  readonly place: string;
  /** A text for people on what happened. */
  readonly text: string;
}

/** The outcome of an attempt. */
export interface AttemptOutcome {
  /** The events of the attempt that could happen, without those that contradict earlier ones. */
  readonly events: readonly EventValues[];
  /** The breaks, each once. */
  readonly breaks: readonly HuntBreak[];
  /** What the run reached (reached-states.ts), as sorted texts. */
  readonly reached: readonly string[];
  /** The fingerprint, 16 hex digits; empty if the run did not end. */
  readonly fingerprint: string;
  /** Number of events that the engine processed. */
  readonly engineEvents: number;
  readonly wallMs: number;
  /** The story, one line for each thing that happened from the last fault on; only on request. */
  readonly story?: readonly string[] | undefined;
}

/** The outcome of an attempt that cannot be made or has not ended. */
export const EMPTY_ATTEMPT_OUTCOME: AttemptOutcome = {
  ...{ events: [], breaks: [], reached: [], fingerprint: '', engineEvents: 0, wallMs: 0 },
};

/** The name of a break: the same for the same break in other runs. */
export function nameOfBreak({ kind, place }: Pick<HuntBreak, 'kind' | 'place'>): string {
  return `${kind} ${place}`;
}
