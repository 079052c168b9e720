/**
 * Counts the audits of each mix by the sender of loops (docs/spec/mixnet.md, "Audits"): delays that were
 * right, too short or too long, invalid proofs, missing proofs.
 *
 * The ledger decides nothing: the sender chooses whether to avoid a listed mix.
 *
 * @module
 */
import type { DelayVerdict } from './delay.ts';

/** Result of one audit; `refused`: the mix gave no proof for a packet that had left it. */
export type AuditOutcome = DelayVerdict['kind'] | 'refused';

/** Number of audits of one mix, by result. */
export type AuditCounts = Readonly<Record<AuditOutcome, number>>;

/** The results of all audits that one sender has made, by mix. */
export class AuditLedger {
  readonly #counts = new Map<string, Record<AuditOutcome, number>>();

  /** Records one audit of the mix. */
  enter(mix: string, outcome: AuditOutcome): void {
    const counts = this.#counts.get(mix) ?? blankCounts();
    counts[outcome] += 1;
    this.#counts.set(mix, counts);
  }

  /** Number of audits of a mix so far, by result. */
  countsOf(mix: string): AuditCounts {
    return this.#counts.get(mix) ?? blankCounts();
  }

  /** Names of the mixes with any result other than a correct delay. */
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
