/**
 * What a hunt tries, and what comes of it: plain data that crosses threads.
 *
 * @module
 */
import type { EventValues } from '../injection/messages.ts';

/** A run of the hunted scenario with faults. */
export interface Attempt {
  readonly seed: number;
  /** The option that has another value, one of `Targets.options`; absent: none has. */
  readonly option?: string | undefined;
  /** The faults, as a file would have them, each with its instant. */
  readonly events: readonly EventValues[];
}

/** Ways in which a run can break. */
export type BreakKind =
  /** Code of a node threw, or virtual time stood still. */
  | 'crash'
  /** A node or an account found something that cannot be. */
  | 'invariant'
  /** A limit was missed that holds at every instant. */
  | 'always'
  /** A limit was missed that holds after a quiet time. */
  | 'recover'
  /** After a quiet time, many times as much waited as before the first fault. */
  | 'growth'
  /** The run took many times as long as one without faults. */
  | 'held'
  /** The same faults with the same seed gave two different runs. */
  | 'fingerprint';

/** A promise of a protocol that an attempt broke. Two breaks are the same if their kinds and places are. */
export interface HuntBreak {
  readonly kind: BreakKind;
  /** The line of the code, the invariant without its numbers, or the limit. */
  readonly place: string;
  /** What happened, for people. */
  readonly text: string;
}

/** The outcome of an attempt. */
export interface AttemptOutcome {
  /** The events of the attempt that could happen; left-out events contradict earlier ones. */
  readonly events: readonly EventValues[];
  /** What broke, each once. */
  readonly breaks: readonly HuntBreak[];
  /** What the run did that others may not have done, sorted. */
  readonly reached: readonly string[];
  /** 16 hex digits; empty if the run did not end. */
  readonly fingerprint: string;
  /** Events of the engine. */
  readonly engineEvents: number;
  readonly wallMs: number;
  /** What happened from the last fault on, a line each, if that was asked for. */
  readonly story?: readonly string[] | undefined;
}

/** The outcome of an attempt that cannot be made, or that is not over. */
export const EMPTY_ATTEMPT_OUTCOME: AttemptOutcome = {
  ...{ events: [], breaks: [], reached: [], fingerprint: '', engineEvents: 0, wallMs: 0 },
};

/** The name of a break: the same for the same break in other runs. */
export function nameOfBreak({ kind, place }: Pick<HuntBreak, 'kind' | 'place'>): string {
  return `${kind} ${place}`;
}
