/**
 * What the measurement of privacy needs in addition to the record: which nodes mix and how, which mixes
 * the adversary has corrupted, and which messages to follow (docs/spec/privacy-metrics.md).
 *
 * @module
 */
import type { DelayLaw } from '../../engine/host/privacy.ts';

/** Facts about a node that mixes. */
export interface MixDelayModel {
  readonly name: string;
  readonly law: DelayLaw;
  /** Intended mean delay, ns; undefined when unknown. */
  readonly meanDelayNs?: number;
}

/** The mixes, corrupt nodes and targets of a privacy analysis. */
export interface PrivacySetting {
  readonly mixes: readonly MixDelayModel[];
  /** Names of all clients; when absent, their rates are not compared. */
  readonly clients?: readonly string[];
  /** Names of mixes that reveal to the adversary which input became which output. */
  readonly corrupt: readonly string[];
  /** Targets are chosen from this instant on, one in each interval of `everyNs`. */
  readonly warmupNs: number;
  readonly everyNs: number;
  /** End of the scenario's duration; afterwards messages only drain. */
  readonly endNs: number;
  /** Seed of the dither for delays written in whole milliseconds. */
  readonly seed: number;
  /** Number of packets on links by size; absent when links were not observed. */
  readonly sizes?: ReadonlyMap<number, number>;
  /** Metrics that have limits; expensive metrics are measured only if they are among these. */
  readonly asked: ReadonlySet<string>;
}

/** Describes the adversary, for the line under each chart. */
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

/** Describes the estimator, for the line under each chart. */
export function privacyEstimatorText(mixes: readonly MixDelayModel[]): string {
  const kinds = new Set(mixes.map(({ law }) => law.kind));
  const parts = [
    ...(kinds.has('exponential') || kinds.has('unknown') ? ['P/n for each departure'] : []),
    ...(kinds.has('batch') ? ['pool mass over pool size for each output of a flush'] : []),
    ...(kinds.has('uniform') ? ['weights by hazard for uniform delays, renormalised'] : []),
    ...(kinds.has('constant') ? ['order reveals constant delays'] : []),
  ];
  return `mass propagation (${parts.join('; ')})`;
}
