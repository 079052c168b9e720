/**
 * Neighbours by verifiable random function, spread over autonomous systems (docs/spec/mixnet.md,
 * Neighbours by VRF): a node cannot choose them, and anyone can repeat the choice.
 *
 * ```text
 * alpha = "orrery/neighbours/v1" || u64be(epoch) || beacon (32) || u8(layer)
 * key of candidate j = -ln(share of SHA-256("orrery/score/v1" || output || id of j)) / weight of j
 * ```
 * The smallest keys win: a weighted draw without replacement, in which the removal of a candidate
 * does not change the order of the others. A construction of this project, not a published format.
 *
 * @module
 */

import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { log } from '../../engine/pure/log-exp.ts';
import { compareBytes, concatBytes, equalBytes } from '../_kit/bytes.ts';
import { epochBytes, uniformFromBytes } from './delay.ts';
import { type VrfPublicKey, type VrfSecretKey, verifyVrf } from './ecvrf.ts';
import { BEACON_LENGTH, CANDIDATES_MAX, ID_LENGTH } from './geometry.ts';

const NEIGHBOURS_DOMAIN = asciiBytes('orrery/neighbours/v1');
const SCORE_DOMAIN = asciiBytes('orrery/score/v1');

/** A node of the next layer, which may become a neighbour. */
export interface NeighbourCandidate {
  /** Identifier of the node, 32 bytes. */
  readonly id: Uint8Array;
  /** Number or name of the node's autonomous system. */
  readonly asn: string;
  /** Operator of the node. */
  readonly family: string;
  /** Weight of the node in the draw, relative to the others; > 0. */
  readonly weight: number;
}

/** The input from which a node's neighbours are drawn. */
export interface NeighbourDrawInput {
  readonly epoch: number;
  /** Shared random value of the epoch, 32 bytes. */
  readonly beacon: Uint8Array;
  /** Layer of the drawing node, 0..255. */
  readonly layer: number;
  readonly candidates: readonly NeighbourCandidate[];
  /** Number of neighbours to draw. */
  readonly count: number;
  /**
   * Largest number of neighbours in one autonomous system, if there are enough other candidates; at
   * least 1.
   */
  readonly maxPerAs: number;
}

/** The record that a node publishes: its neighbours and the proof. */
export interface NeighbourRecord {
  readonly epoch: number;
  readonly layer: number;
  /** The proof, 80 bytes. */
  readonly proof: Uint8Array;
  /** Identifiers in the order of the draw. */
  readonly chosen: readonly Uint8Array[];
}

/** A candidate with the key by which it is ranked: the smallest key is first. */
export interface RankedCandidate {
  readonly candidate: NeighbourCandidate;
  readonly key: number;
}

/** Reasons for rejecting a published choice. */
export const NEIGHBOUR_DROP_REASONS = {
  'neighbours-question':
    'The record answers another epoch or layer, or the question has no answer.',
  'neighbours-proof': 'The proof is not one of that key for that epoch, beacon and layer.',
  'neighbours-choice': 'The neighbours are not those that follow from the proof.',
} as const;

/** Why a published choice is rejected. */
export type NeighbourDropReason = keyof typeof NEIGHBOUR_DROP_REASONS;

/** The VRF input for a node's neighbours. */
export function neighbourVrfInput(
  question: Pick<NeighbourDrawInput, 'epoch' | 'beacon' | 'layer'>,
): Uint8Array {
  const { epoch, beacon, layer } = question;
  return concatBytes(NEIGHBOURS_DOMAIN, epochBytes(epoch), beacon, Uint8Array.of(layer));
}

/** Draws the neighbours of a node; undefined when a value of the input is out of bounds. */
export function drawNeighbours(
  crypto: CryptoProvider,
  key: VrfSecretKey,
  question: NeighbourDrawInput,
): NeighbourRecord | undefined {
  if (!isAnswerable(question)) return undefined;
  const proved = key.prove(neighbourVrfInput(question));
  if (proved === undefined) return undefined;
  const { epoch, layer } = question;
  const ranked = rankCandidates(crypto, proved.output, question.candidates);
  const chosen = chooseDiverseCandidates(ranked, question).map(({ id }) => id);
  return { epoch, layer, proof: proved.proof, chosen };
}

/**
 * The neighbours that a proof implies: anybody who has the proof can repeat the draw.
 * @returns candidates in the order of the draw, or why there are none.
 */
export function neighboursFromProof(
  crypto: CryptoProvider,
  verifier: VrfPublicKey,
  question: NeighbourDrawInput,
  proof: Uint8Array,
): readonly NeighbourCandidate[] | NeighbourDropReason {
  if (!isAnswerable(question)) return 'neighbours-question';
  const output = verifyVrf(crypto, verifier, neighbourVrfInput(question), proof);
  if (output === undefined) return 'neighbours-proof';
  return chooseDiverseCandidates(rankCandidates(crypto, output, question.candidates), question);
}

/** Checks another node's record by repeating its draw; undefined when the record is correct. */
export function checkNeighbourRecord(
  crypto: CryptoProvider,
  verifier: VrfPublicKey,
  question: NeighbourDrawInput,
  record: NeighbourRecord,
): NeighbourDropReason | undefined {
  if (record.epoch !== question.epoch) return 'neighbours-question';
  if (record.layer !== question.layer) return 'neighbours-question';
  const expected = neighboursFromProof(crypto, verifier, question, record.proof);
  if (typeof expected === 'string') return expected;
  if (expected.length !== record.chosen.length) return 'neighbours-choice';
  const isSame = expected.every(({ id }, index) => {
    const chosen = record.chosen[index];
    return chosen !== undefined && equalBytes(id, chosen);
  });
  return isSame ? undefined : 'neighbours-choice';
}

/** All candidates in order of rank, before any diversity rule. */
export function rankCandidates(
  crypto: CryptoProvider,
  output: Uint8Array,
  candidates: readonly NeighbourCandidate[],
): readonly RankedCandidate[] {
  const prefix = concatBytes(SCORE_DOMAIN, output);
  return candidates
    .map((candidate) => {
      const score = crypto.sha256(concatBytes(prefix, candidate.id));
      return { candidate, key: (0 - log(uniformFromBytes(score))) / candidate.weight };
    })
    .sort(
      (left, right) => left.key - right.key || compareBytes(left.candidate.id, right.candidate.id),
    );
}

/**
 * The first `count` candidates by rank within two limits: `maxPerAs` per autonomous system, and one per
 * family. If these are too few, the limit per system is raised step by step, and then the limit per family.
 */
export function chooseDiverseCandidates(
  ranked: readonly RankedCandidate[],
  rules: Pick<NeighbourDrawInput, 'count' | 'maxPerAs'>,
): readonly NeighbourCandidate[] {
  const race = new DiverseRace(ranked, rules.count);
  const limits = { perAs: rules.maxPerAs, perFamily: 1 };
  while (race.run(limits)) {
    // The limit per family is raised only when raising the limit per system no longer helps.
    if (race.isHeldByAs(limits.perFamily)) limits.perAs++;
    else limits.perFamily++;
  }
  return race.chosen;
}

/** Chooses candidates in several passes, each over the candidates that are not chosen yet. */
class DiverseRace {
  readonly chosen: NeighbourCandidate[] = [];
  readonly #count: number;
  readonly #perAs = new Map<string, number>();
  readonly #perFamily = new Map<string, number>();
  #rest: readonly NeighbourCandidate[];

  constructor(ranked: readonly RankedCandidate[], count: number) {
    this.#rest = ranked.map(({ candidate }) => candidate);
    this.#count = count;
  }

  /** Makes one pass; true if more neighbours are wanted and candidates are left. */
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

  /** True when a remaining candidate is excluded only by the limit of its autonomous system. */
  isHeldByAs(perFamily: number): boolean {
    return this.#rest.some(({ family }) => (this.#perFamily.get(family) ?? 0) < perFamily);
  }
}

/** True if all numbers and lengths are within their bounds, so that the draw is well defined. */
function isAnswerable(question: NeighbourDrawInput): boolean {
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

function isSound({ id, weight }: NeighbourCandidate): boolean {
  return id.length === ID_LENGTH && weight > 0 && weight < Number.POSITIVE_INFINITY;
}

function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
