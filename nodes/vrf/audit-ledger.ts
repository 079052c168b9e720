/**
 * What the sender of loops writes down about each mix (project spec mixnet 3.4): delays obeyed, too
 * short, too long, proofs that were wrong, proofs that never came.
 *
 * Decides nothing: whether a mix on the list is avoided is the sender's choice.
 *
 * @module
 */
import type { DelayVerdict } from './delay.ts';

/** What one audit ended with; `refused`: the mix gave no proof for a packet that left it. */
export type AuditOutcome = DelayVerdict['kind'] | 'refused';

/** Audits of one mix by their outcome. */
export type AuditCounts = Readonly<Record<AuditOutcome, number>>;

/** The audits of all mixes by one sender. */
export class AuditLedger {
  readonly #counts = new Map<string, Record<AuditOutcome, number>>();

  /** Writes down one audit of the mix of that name. */
  enter(mix: string, outcome: AuditOutcome): void {
    const counts = this.#counts.get(mix) ?? blankCounts();
    counts[outcome] += 1;
    this.#counts.set(mix, counts);
  }

  /** Audits of a mix so far. */
  countsOf(mix: string): AuditCounts {
    return this.#counts.get(mix) ?? blankCounts();
  }

  /** Mixes with another outcome than obedience, by name. */
  suspects(): readonly string[] {
    const names = [...this.#counts].filter(([, counts]) => failuresIn(counts) > 0);
    return names.map(([name]) => name).sort();
  }
}

function failuresIn(counts: AuditCounts): number {
  return counts['too-early'] + counts['too-late'] + counts['proof-invalid'] + counts.refused;
}

function blankCounts(): Record<AuditOutcome, number> {
  return { obeyed: 0, 'too-early': 0, 'too-late': 0, 'proof-invalid': 0, refused: 0 };
}
