/**
 * How many rounds LTP needs to repair a block over light minutes, in theory and with two real
 * machines. Each segment needs a geometrically distributed number of rounds; a block needs the
 * maximum over its segments.
 *
 * @module
 */
import type { RandomStream } from '../../../engine/core/stream.ts';
import { LtpPair, patternBlock, S_NS } from './ltp-pair.ts';

/** One-way light time from the Earth to Mars at a usual distance, ns. */
const OWLT_NS = 324 * S_NS;
/** Number of segments in a block. */
export const SEGMENTS_PER_BLOCK = 100;
/** Bytes of data in a segment of 1,000 bytes that engine 1 sends. */
const DATA = 971;

/** Mean of the greatest of n geometric draws: sum over k of 1 - (1 - p^k)^n. */
export function meanMaxOfGeometric(n: number, p: number): number {
  let mean = 0;
  for (let k = 0; k < 200; k += 1) mean += 1 - (1 - p ** k) ** n;
  return mean;
}

/**
 * Mean number of rounds if the last segment of each round cannot be lost, because its timer repeats
 * it: of n segments in a round, n - 1 can be lost.
 */
export function meanRoundsSureCheckpoints(n: number, p: number): number {
  const rounds = [0];
  for (let size = 1; size <= n; size += 1) {
    // Of the segments before the last one, size - 1 in number, a binomially distributed number is
    // lost.
    let weight = (1 - p) ** (size - 1);
    let sum = 1;
    let own = 0;
    for (let lost = 0; lost < size; lost += 1) {
      if (lost === size) own = weight;
      else sum += weight * (rounds[lost] ?? 0);
      weight *= ((size - 1 - lost) / (lost + 1)) * (p / (1 - p));
    }
    rounds.push(sum / (1 - own));
  }
  return rounds[n] as number;
}

/** The rounds and the time that blocks took. */
export interface LtpRepairRounds {
  /** Mean number of rounds in which segments of a block are sent. */
  readonly mean: number;
  /** Mean time from the first segment to the last report, in round trips. */
  readonly roundTrips: number;
}

/** Measures the rounds of blocks that are sent one after the other, with a one-way light time of 324 s. */
export function measureLtpRounds(
  loss: number,
  blocks: number,
  random: RandomStream,
): LtpRepairRounds {
  const answerNs = 2 * (OWLT_NS + S_NS);
  const facts = { answerNs, silenceNs: 100 * OWLT_NS, retries: 50 };
  const pair = new LtpPair(facts, OWLT_NS);
  pair.loses = (): boolean => random.chance(loss);
  const block = patternBlock(SEGMENTS_PER_BLOCK * DATA);
  let rounds = 0;
  let timeNs = 0;
  for (let session = 1; session <= blocks; session += 1) {
    const began = pair.now;
    pair.take('a', { kind: 'send', session, block, redBytes: block.length, dscp: 0 });
    pair.run();
    const sent = pair.events.find((event) => event.kind === 'sent' && event.session === session);
    if (sent?.kind !== 'sent') throw new Error('a block did not arrive');
    rounds += 1 + sent.rounds;
    timeNs += sent.at - began;
    pair.events.length = 0;
    pair.sent.length = 0;
  }
  return { mean: rounds / blocks, roundTrips: timeNs / blocks / (2 * OWLT_NS) };
}
