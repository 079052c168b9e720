/**
 * Outstanding probes: matches each answer with the path its probe was sent on, and counts
 * each unanswered probe once.
 *
 * @module
 */

/**
 * Largest number of probes that wait: three paths at 20 probes/s with time-outs below 10 s need 600;
 * a full table drops the oldest probe.
 */
const MAX_OUTSTANDING = 1024;
/** Number of timed-out probes whose late answers are still recognised. */
const LATE_MEMORY = 256;

interface Outstanding {
  readonly probe: number;
  readonly path: string;
  readonly sentNs: number;
  readonly dueNs: number;
}

/** The classification of an answer. */
export type ProbeAnswerMatch =
  | { readonly kind: 'answered'; readonly rttNs: number }
  /** An answer after the time-out of its probe, which counts as missed but not as lost. */
  | { readonly kind: 'late'; readonly rttNs: number }
  /** No such probe on this path: forged, repeated or very old. */
  | { readonly kind: 'unmatched' };

/** The probes to one peer that wait for their answers. Probe numbers grow by one and are never reused. */
export class ProbeTable {
  readonly #open: Outstanding[] = [];
  readonly #late = new Map<number, Outstanding>();
  #next = 1;

  /** Registers a probe that leaves now and must be answered by `dueNs`; returns its number. */
  add(path: string, sentNs: number, dueNs: number): number {
    if (this.#open.length === MAX_OUTSTANDING) this.#open.shift();
    const probe = this.takeNumber();
    this.#open.push({ probe, path, sentNs, dueNs });
    return probe;
  }

  /** Takes the number of a probe that is accounted for elsewhere. */
  takeNumber(): number {
    const number = this.#next;
    this.#next += 1;
    return number;
  }

  /** Matches an answer that arrived on `path`. */
  answer(path: string, probe: number, now: number): ProbeAnswerMatch {
    const index = this.#open.findIndex((entry) => entry.probe === probe);
    const entry = index >= 0 ? this.#open[index] : this.#late.get(probe);
    if (entry === undefined || entry.path !== path) return { kind: 'unmatched' };
    const rttNs = now - entry.sentNs;
    if (index >= 0) {
      this.#open.splice(index, 1);
      return { kind: 'answered', rttNs };
    }
    this.#late.delete(probe);
    return { kind: 'late', rttNs };
  }

  /** Removes the probes that have timed out, oldest first, and calls `missed` with their paths. */
  expire(now: number, missed: (path: string, sentNs: number) => void): void {
    for (let i = 0; i < this.#open.length; ) {
      const entry = this.#open[i];
      if (entry === undefined || entry.dueNs > now) {
        i += 1;
        continue;
      }
      this.#open.splice(i, 1);
      this.#remember(entry);
      missed(entry.path, entry.sentNs);
    }
  }

  /** The earliest time-out of a probe without answer, or Infinity. */
  deadline(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const entry of this.#open) if (entry.dueNs < least) least = entry.dueNs;
    return least;
  }

  /** Removes the probes of a path that no longer exists. */
  forget(path: string): void {
    for (let i = this.#open.length - 1; i >= 0; i -= 1) {
      if (this.#open[i]?.path === path) this.#open.splice(i, 1);
    }
  }

  #remember(entry: Outstanding): void {
    this.#late.set(entry.probe, entry);
    if (this.#late.size <= LATE_MEMORY) return;
    const oldest = this.#late.keys().next();
    if (!oldest.done) this.#late.delete(oldest.value);
  }
}
