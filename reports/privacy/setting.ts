/**
 * What the measurement of privacy has to know besides the record: who mixes and how, whom the
 * adversary has corrupted, and which messages to follow.
 *
 * Spec: mixnet.md 4.2 (which estimator fits which mix), 4.5 (the adversary is named).
 *
 * @module
 */

/** How a mix delays, as far as an estimator cares. */
export type MixingLaw =
  /** Exponential delays: the age of a message tells nothing. */
  | { readonly kind: 'exponential' }
  /** Uniform in 0..longest. */
  | { readonly kind: 'uniform'; readonly longestNs: number }
  /** Always the same: the order tells all. */
  | { readonly kind: 'constant' }
  /** Flushes choose uniformly from the pool. */
  | { readonly kind: 'batch' }
  /** A law without an estimator of its own; the report says so. */
  | { readonly kind: 'unknown'; readonly name: string };

/** A node that mixes. */
export interface MixFacts {
  readonly name: string;
  readonly law: MixingLaw;
  /** Mean delay that it is to have, ns; undefined when nobody says. */
  readonly meanDelayNs?: number;
}

/** One run's setting. */
export interface PrivacySetting {
  readonly mixes: readonly MixFacts[];
  /** Names of all clients; absent: their rates are not compared. */
  readonly clients?: readonly string[];
  /** Names of mixes that tell the adversary which input became which output. */
  readonly corrupt: readonly string[];
  /** A message is followed from this instant on, and one each so often. */
  readonly warmupNs: number;
  readonly everyNs: number;
  /** End of the scenario; what happens later is the drain. */
  readonly endNs: number;
  /** Draws the dither of delays that were written in whole milliseconds. */
  readonly seed: number;
  /** Packets on links by their size; absent when nobody watched the links. */
  readonly sizes?: ReadonlyMap<number, number>;
  /** Metrics that limits are set on: dear ones are measured for these only. */
  readonly asked: ReadonlySet<string>;
}

/** Who looks, for the line under each chart. */
export function adversaryText({
  corrupt,
  mixes,
}: Pick<PrivacySetting, 'corrupt' | 'mixes'>): string {
  const sees = 'omniscient timing: sees every arrival and departure at every node, no content';
  const ends = 'delays at providers do not count';
  if (corrupt.length === 0) return `${sees}; ${ends}; no mix is corrupt`;
  const share = `${corrupt.length} of ${mixes.length} mixes are corrupt and reveal their permutation`;
  return `${sees}; ${ends}; ${share}`;
}

/** How the beliefs were found, for the line under each chart. */
export function estimatorText(mixes: readonly MixFacts[]): string {
  const kinds = new Set(mixes.map(({ law }) => law.kind));
  const parts = [
    ...(kinds.has('exponential') || kinds.has('unknown') ? ['P/n for each departure'] : []),
    ...(kinds.has('batch') ? ['pool mass over pool size for each output of a flush'] : []),
    ...(kinds.has('uniform') ? ['weights by hazard for uniform delays, renormalised'] : []),
    ...(kinds.has('constant') ? ['order reveals constant delays'] : []),
  ];
  return `mass propagation (${parts.join('; ')})`;
}
