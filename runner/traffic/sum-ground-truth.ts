/**
 * Ground truth of sums over several nodes: the part that each node put in, and the claimed sums (ADR
 * 0050). Parts and claims may be recorded in any order, because processes report independently.
 *
 * @module
 */
import type { SumClaim } from '../../engine/host/protocol.ts';
import type { MetricData } from '../../reports/model.ts';

/** Largest number of elements of all stored parts: 512 MiB. Beyond that, the oldest sums are forgotten. */
const ELEMENTS_MAX = 2 ** 27;
/** Largest number of sums that are kept; beyond that, the oldest are forgotten. */
const SUMS_MAX = 4_096;
/** Largest number of claims of one sum that wait for parts; further claims count as wrong. */
const WAITING_MAX = 16;

/** The parts and the waiting claims of one sum. */
interface Sum {
  readonly parts: Map<number, Uint32Array>;
  /** Claims that name a part which has not been recorded yet. */
  waiting: SumClaim[];
}

/** The numbers of claims of one metric. */
interface Count {
  claims: number;
  right: number;
}

/** The true sums of secure aggregation in one run, with which claims are compared. */
export class SumGroundTruth {
  readonly #sums = new Map<string, Sum>();
  readonly #counts = new Map<string, Count>();
  #elements = 0;

  /** Records a part; a part that is recorded again keeps its first value. */
  addend(space: string, part: number, vector: Uint32Array): void {
    const sum = this.#sumOf(space);
    if (sum.parts.has(part)) return;
    sum.parts.set(part, vector);
    this.#elements += vector.length;
    this.#forgetOldest();
    const { waiting } = sum;
    sum.waiting = [];
    for (const claim of waiting) this.#judge(sum, claim);
  }

  /** Records a claim, and judges it as soon as all its parts are known. */
  sum(claim: SumClaim): void {
    this.#countOf(claim.metric).claims += 1;
    this.#judge(this.#sumOf(claim.space), claim);
  }

  /**
   * The share of true claims, by metric; a claim that names a part which no node put in is false.
   * Metrics without claims are absent.
   */
  metrics(): Readonly<Record<string, MetricData>> {
    const all = [...this.#counts].filter(([, { claims }]) => claims > 0);
    return Object.fromEntries(
      all.map(([name, { claims, right }]) => [
        name,
        { kind: 'ratio', numerator: right, denominator: claims },
      ]),
    );
  }

  /** Called at the end of the warm-up: claims until now do not count. */
  reset(): void {
    for (const sum of this.#sums.values()) sum.waiting = [];
    this.#counts.clear();
  }

  #judge(sum: Sum, claim: SumClaim): void {
    if (claim.parts.some((part) => !sum.parts.has(part))) {
      if (sum.waiting.length < WAITING_MAX) sum.waiting.push(claim);
    } else if (isClaimRight(sum.parts, claim)) this.#countOf(claim.metric).right += 1;
  }

  #sumOf(space: string): Sum {
    const known = this.#sums.get(space);
    if (known !== undefined) return known;
    const made: Sum = { parts: new Map(), waiting: [] };
    this.#sums.set(space, made);
    this.#forgetOldest();
    return made;
  }

  #countOf(metric: string): Count {
    const known = this.#counts.get(metric) ?? { claims: 0, right: 0 };
    this.#counts.set(metric, known);
    return known;
  }

  #forgetOldest(): void {
    for (const [space, { parts }] of this.#sums) {
      const isFull = this.#elements > ELEMENTS_MAX || this.#sums.size > SUMS_MAX;
      if (!isFull || this.#sums.size === 1) return;
      for (const { length } of parts.values()) this.#elements -= length;
      this.#sums.delete(space);
    }
  }
}

/**
 * True if the parts add up to the claimed sum; false also if the claim names no part, or a part
 * twice.
 */
function isClaimRight(known: ReadonlyMap<number, Uint32Array>, claim: SumClaim): boolean {
  const { parts, vector, bits } = claim;
  if (parts.length === 0 || new Set(parts).size < parts.length) return false;
  const vectors = parts.map((part) => known.get(part) ?? new Uint32Array(0));
  if (vectors.some(({ length }) => length !== vector.length)) return false;
  const total = new Uint32Array(vector.length);
  for (const one of vectors) {
    for (let at = 0; at < total.length; at += 1) {
      total[at] = (total[at] as number) + (one[at] as number);
    }
  }
  const mask = bits === 32 ? 0xffff_ffff : 2 ** bits - 1;
  return vector.every((value, at) => (((total[at] as number) ^ value) & mask) === 0);
}
