/**
 * Neighbours by verifiable random function, spread over autonomous systems (project spec mixnet
 * 3.4): a node cannot choose them, and anyone can repeat the choice.
 *
 * ```text
 * alpha = "orrery/neighbours/v1" || u64be(epoch) || beacon (32) || u8(layer)
 * key of candidate j = -ln(share of SHA-256("orrery/score/v1" || output || id of j)) / weight of j
 * ```
 * The smallest keys win: a weighted draw without replacement, in which a candidate that disappears
 * moves none of the others past each other. A construction of this project, no published format.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { compareBytes, concatBytes, equalBytes } from '../_kit/bytes.ts';
import { negativeLog } from '../_kit/negative-log.ts';
import { epochBytes, uniformShare } from './delay.ts';
import { type VrfKey, type VrfVerifier, verifyVrf } from './ecvrf.ts';
import { BEACON_LENGTH, CANDIDATES_MAX, ID_LENGTH } from './geometry.ts';

const NEIGHBOURS_DOMAIN = asciiBytes('orrery/neighbours/v1');
const SCORE_DOMAIN = asciiBytes('orrery/score/v1');

/** A node of the next layer. */
export interface Candidate {
  /** 32 bytes. */
  readonly id: Uint8Array;
  /** Autonomous system. */
  readonly asn: string;
  /** Operator. */
  readonly family: string;
  /** Share of the draws it should get, relative to the others; > 0. */
  readonly weight: number;
}

/** What is drawn from. */
export interface NeighbourQuestion {
  readonly epoch: number;
  /** Shared random value of the epoch, 32 bytes. */
  readonly beacon: Uint8Array;
  /** Layer of the node that draws, 0..255. */
  readonly layer: number;
  readonly candidates: readonly Candidate[];
  /** Neighbours wanted. */
  readonly count: number;
  /** Neighbours in one autonomous system while there are enough others; >= 1. */
  readonly maxPerAs: number;
}

/** What a node publishes: its neighbours and why. */
export interface NeighbourRecord {
  readonly epoch: number;
  readonly layer: number;
  /** 80 bytes. */
  readonly proof: Uint8Array;
  /** Identifiers in the order of the draw. */
  readonly chosen: readonly Uint8Array[];
}

/** A candidate with its place in the race. */
export interface RankedCandidate {
  readonly candidate: Candidate;
  readonly key: number;
}

/** Reasons for which a published choice is refused. */
export const NEIGHBOUR_DROPS = {
  'neighbours-question':
    'The record answers another epoch or layer, or the question has no answer.',
  'neighbours-proof': 'The proof is not one of that key for that epoch, beacon and layer.',
  'neighbours-choice': 'The neighbours are not those that the proof stands for.',
} as const;

/** Why a published choice is refused. */
export type NeighbourDrop = keyof typeof NEIGHBOUR_DROPS;

/** What a node hashes for its neighbours. */
export function neighbourInput(
  question: Pick<NeighbourQuestion, 'epoch' | 'beacon' | 'layer'>,
): Uint8Array {
  const { epoch, beacon, layer } = question;
  return concatBytes(NEIGHBOURS_DOMAIN, epochBytes(epoch), beacon, Uint8Array.of(layer));
}

/** Draws the neighbours of a node; undefined for a question without an answer. */
export function drawNeighbours(
  crypto: CryptoProvider,
  key: VrfKey,
  question: NeighbourQuestion,
): NeighbourRecord | undefined {
  if (!isAnswerable(question)) return undefined;
  const proved = key.prove(neighbourInput(question));
  if (proved === undefined) return undefined;
  const { epoch, layer } = question;
  const ranked = rankCandidates(crypto, proved.output, question.candidates);
  const chosen = chooseDiverse(ranked, question).map(({ id }) => id);
  return { epoch, layer, proof: proved.proof, chosen };
}

/**
 * The neighbours that a proof stands for: what anyone draws again who has it.
 * @returns candidates in the order of the draw, or why there are none.
 */
export function provedNeighbours(
  crypto: CryptoProvider,
  verifier: VrfVerifier,
  question: NeighbourQuestion,
  proof: Uint8Array,
): readonly Candidate[] | NeighbourDrop {
  if (!isAnswerable(question)) return 'neighbours-question';
  const output = verifyVrf(crypto, verifier, neighbourInput(question), proof);
  if (output === undefined) return 'neighbours-proof';
  return chooseDiverse(rankCandidates(crypto, output, question.candidates), question);
}

/** Repeats the draw of another node; undefined when the record is right. */
export function checkNeighbours(
  crypto: CryptoProvider,
  verifier: VrfVerifier,
  question: NeighbourQuestion,
  record: NeighbourRecord,
): NeighbourDrop | undefined {
  if (record.epoch !== question.epoch) return 'neighbours-question';
  if (record.layer !== question.layer) return 'neighbours-question';
  const expected = provedNeighbours(crypto, verifier, question, record.proof);
  if (typeof expected === 'string') return expected;
  if (expected.length !== record.chosen.length) return 'neighbours-choice';
  const isSame = expected.every(({ id }, index) => {
    const chosen = record.chosen[index];
    return chosen !== undefined && equalBytes(id, chosen);
  });
  return isSame ? undefined : 'neighbours-choice';
}

/** All candidates in the order of the race, before any rule of diversity. */
export function rankCandidates(
  crypto: CryptoProvider,
  output: Uint8Array,
  candidates: readonly Candidate[],
): readonly RankedCandidate[] {
  const prefix = concatBytes(SCORE_DOMAIN, output);
  return candidates
    .map((candidate) => {
      const score = crypto.sha256(concatBytes(prefix, candidate.id));
      return { candidate, key: negativeLog(uniformShare(score)) / candidate.weight };
    })
    .sort(
      (left, right) => left.key - right.key || compareBytes(left.candidate.id, right.candidate.id),
    );
}

/**
 * The first `count` in the order of the race that keep to the rules: `maxPerAs` in one autonomous
 * system, one of a family. When too few do, the first rule is eased by one at a time, then the other.
 */
export function chooseDiverse(
  ranked: readonly RankedCandidate[],
  rules: Pick<NeighbourQuestion, 'count' | 'maxPerAs'>,
): readonly Candidate[] {
  const race = new DiverseRace(ranked, rules.count);
  const limits = { perAs: rules.maxPerAs, perFamily: 1 };
  while (race.run(limits)) {
    // 3.4: families stay exclusive until all else fails.
    if (race.isHeldByAs(limits.perFamily)) limits.perAs++;
    else limits.perFamily++;
  }
  return race.chosen;
}

/** The passes over those not chosen yet. */
class DiverseRace {
  readonly chosen: Candidate[] = [];
  readonly #count: number;
  readonly #perAs = new Map<string, number>();
  readonly #perFamily = new Map<string, number>();
  #rest: readonly Candidate[];

  constructor(ranked: readonly RankedCandidate[], count: number) {
    this.#rest = ranked.map(({ candidate }) => candidate);
    this.#count = count;
  }

  /** One pass; true when neighbours are still wanted and to be had. */
  run(limits: { readonly perAs: number; readonly perFamily: number }): boolean {
    this.#rest = this.#rest.filter((candidate) => {
      const inAs = this.#perAs.get(candidate.asn) ?? 0;
      const inFamily = this.#perFamily.get(candidate.family) ?? 0;
      const isFull = this.chosen.length >= this.#count;
      if (isFull || inAs >= limits.perAs || inFamily >= limits.perFamily) return true;
      this.chosen.push(candidate);
      this.#perAs.set(candidate.asn, inAs + 1);
      this.#perFamily.set(candidate.family, inFamily + 1);
      return false;
    });
    return this.chosen.length < this.#count && this.#rest.length > 0;
  }

  /** True when one of the rest would be taken if its autonomous system were not full. */
  isHeldByAs(perFamily: number): boolean {
    return this.#rest.some(({ family }) => (this.#perFamily.get(family) ?? 0) < perFamily);
  }
}

/** Numbers in range and identifiers that differ: the draw is then well defined. */
function isAnswerable(question: NeighbourQuestion): boolean {
  const { epoch, beacon, layer, candidates, count, maxPerAs } = question;
  return (
    Number.isSafeInteger(epoch) &&
    epoch >= 0 &&
    beacon.length === BEACON_LENGTH &&
    Number.isInteger(layer) &&
    layer >= 0 &&
    layer <= 0xff &&
    count >= 0 &&
    maxPerAs >= 1 &&
    candidates.length <= CANDIDATES_MAX &&
    candidates.every(isSound)
  );
}

function isSound({ id, weight }: Candidate): boolean {
  return id.length === ID_LENGTH && weight > 0 && weight < Number.POSITIVE_INFINITY;
}

function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
