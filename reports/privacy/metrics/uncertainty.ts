/**
 * How uncertain a belief is, in bits and in guesses; a belief is a list of probabilities that sum to 1
 * (docs/spec/privacy-metrics.md, "Metrics"). Entries of 0 are allowed and have no effect.
 *
 * These are not estimates, as p is known exactly. An entropy of binned samples would be biased low.
 *
 * @module
 */

/** Probabilities below this do not count as candidates for Hartley's measure. */
const HARTLEY_CUT_OFF = 1e-12;

type Probabilities = ArrayLike<number>;

/** Shannon entropy -sum p log2 p, bits (Serjantov, Danezis 2002). */
export function shannonBits(p: Probabilities): number {
  let bits = 0;
  for (let i = 0; i < p.length; i += 1) {
    const one = p[i] as number;
    if (one > 0) bits -= one * Math.log2(one);
  }
  return Math.max(0, bits);
}

/** Effective size of the anonymity set, 2^H. */
export function effectiveAnonymitySetSize(p: Probabilities): number {
  return 2 ** shannonBits(p);
}

/**
 * Degree of anonymity H / log2 N (Diaz et al. 2002).
 * @param candidates The number N of candidates; at least 1.
 * @returns 0..1; undefined for N = 1.
 */
export function degreeOfAnonymity(p: Probabilities, candidates: number): number | undefined {
  return candidates > 1 ? shannonBits(p) / Math.log2(candidates) : undefined;
}

/** Hartley entropy: log2 of the number of candidates above the cut-off, bits. */
export function hartleyBits(p: Probabilities, cutOff = HARTLEY_CUT_OFF): number {
  let count = 0;
  for (let i = 0; i < p.length; i += 1) if ((p[i] as number) > cutOff) count += 1;
  return Math.log2(Math.max(1, count));
}

/** Min-entropy -log2 max p, bits: the quality of the best single guess. */
export function minEntropyBits(p: Probabilities): number {
  let best = 0;
  for (let i = 0; i < p.length; i += 1) best = Math.max(best, p[i] as number);
  return best === 0 ? 0 : Math.max(0, -Math.log2(best));
}

/** Renyi entropy of order 2, -log2 sum p^2, bits. */
export function renyi2Bits(p: Probabilities): number {
  let collisions = 0;
  for (let i = 0; i < p.length; i += 1) collisions += (p[i] as number) ** 2;
  return collisions === 0 ? 0 : Math.max(0, -Math.log2(collisions));
}

/**
 * Guessing entropy: the expected number of guesses, if the likeliest candidates are guessed first; 0
 * without candidates.
 */
export function guessingEntropy(p: Probabilities): number {
  const sorted = Float64Array.from(p).sort();
  const { length } = sorted;
  let guesses = 0;
  for (let i = 0; i < length; i += 1) guesses += (length - i) * (sorted[i] as number);
  return guesses;
}

/**
 * Adds up the probabilities of each user's entries and scales the sums to 1; entries without a user
 * are left out.
 * @param userOf User of entry i, from 0; undefined for none.
 * @returns one probability per user; empty when no entry has a user.
 */
export function probabilitiesByUser(
  p: Probabilities,
  userOf: (i: number) => number | undefined,
): Float64Array {
  const users = new Map<number, number>();
  let all = 0;
  for (let i = 0; i < p.length; i += 1) {
    const user = userOf(i);
    const one = p[i] as number;
    if (user === undefined || one === 0) continue;
    users.set(user, (users.get(user) ?? 0) + one);
    all += one;
  }
  return Float64Array.from(users.values(), (sum) => sum / all);
}
