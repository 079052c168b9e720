/**
 * Prio3 (draft-irtf-cfrg-vdaf section 7.2): a client shares a measurement among aggregators in one
 * message each; these check without learning it that it is in range, and add up. As long as one of
 * them is honest, they learn the sum of those in range and nothing else.
 *
 * Nothing here throws for bytes that others sent: each operation gives a value or a reason.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { concatBytes, joinBytes } from '../../_kit/bytes.ts';
import type { Circuit } from './circuits.ts';
import { addVectors, decodeVector, encodeVector, subtractVectors } from './field.ts';
import {
  type AnyCircuit,
  decide,
  proofLength,
  prove,
  query,
  queryLength,
  verifierLength,
} from './flp.ts';
import {
  CONTEXT_MAX,
  NONCE_LENGTH,
  PROOFS,
  SEED_LENGTH,
  SHARES_MAX,
  SHARES_MIN,
  USAGE,
} from './geometry.ts';
import {
  inputShareLength,
  messageLength,
  publicShareLength,
  randLength,
  verifierShareLength,
} from './lengths.ts';
import { type Outcome, refused, taken } from './outcome.ts';
import { usageTag, xofBytes, xofVector } from './xof.ts';

const NO_SEED = new Uint8Array(SEED_LENGTH);
const NOTHING = new Uint8Array(0);

/** What all parties agree on. */
export interface Prio3<C extends AnyCircuit = AnyCircuit> {
  readonly crypto: CryptoProvider;
  readonly circuit: C;
  /** Aggregators, 2 to 255. */
  readonly shares: number;
  /** Names the application, up to 65,527 bytes. */
  readonly context: Uint8Array;
}

/**
 * Settings that all operations can rely on.
 * @throws RangeError when there are fewer than 2 or more than 255 aggregators, or the context is too long.
 */
export function prio3<C extends AnyCircuit>(settings: Prio3<C>): Prio3<C> {
  const { shares, context } = settings;
  if (!Number.isInteger(shares) || shares < SHARES_MIN || shares > SHARES_MAX) {
    throw new RangeError(`aggregators are ${SHARES_MIN} to ${SHARES_MAX}, not ${shares}`);
  }
  if (context.length > CONTEXT_MAX) {
    throw new RangeError(`a context has up to ${CONTEXT_MAX} bytes, not ${context.length}`);
  }
  return settings;
}

/** What a client sends. */
export interface Report {
  readonly publicShare: Uint8Array;
  /** One for each aggregator. */
  readonly inputShares: readonly Uint8Array[];
}

/** Randomness of one report. */
export interface ReportSeeds {
  /** 16 bytes, never used twice with one verify key. */
  readonly nonce: Uint8Array;
  /** Fresh and secret; its length is `randLength`. */
  readonly rand: Uint8Array;
}

/** What an aggregator keeps until the message comes. */
export interface VerifyState {
  /** Its share of what is added up, if the report turns out good. */
  readonly output: readonly bigint[];
  /** Joint randomness seed that it derived; empty without joint randomness. */
  readonly seed: Uint8Array;
}

/** What an aggregator has of one report. */
export interface VerifyInput {
  /** 32 bytes, known to all aggregators and to no client. */
  readonly key: Uint8Array;
  /** Its index, from 0. */
  readonly aggregator: number;
  readonly nonce: Uint8Array;
  readonly publicShare: Uint8Array;
  readonly inputShare: Uint8Array;
}

/** Measurement share, proof share and blind of an aggregator. */
interface Opened {
  readonly measurement: bigint[];
  readonly proof: bigint[];
  readonly blind: Uint8Array;
}

/** A vector of elements for one usage. */
function vectorFor(
  { crypto, circuit, context }: Prio3,
  usage: number,
  count: number,
  { seed, binder }: { readonly seed: Uint8Array; readonly binder: Uint8Array },
): bigint[] {
  const tag = usageTag(circuit.algorithm, usage, context);
  return xofVector(crypto, { seed, tag, binder }, { field: circuit.field, count });
}

/** A helper's vectors, from its seed. */
function expand(vdaf: Prio3, aggregator: number, share: Uint8Array): Opened {
  const { circuit } = vdaf;
  const seed = share.subarray(0, SEED_LENGTH);
  const own = Uint8Array.of(aggregator);
  const ofProof = Uint8Array.of(PROOFS, aggregator);
  return {
    measurement: vectorFor(vdaf, USAGE.measurementShare, circuit.measurementLength, {
      seed,
      binder: own,
    }),
    proof: vectorFor(vdaf, USAGE.proofShare, proofLength(circuit), { seed, binder: ofProof }),
    blind: share.subarray(SEED_LENGTH),
  };
}

/** What an aggregator adds to the joint randomness; depends on its share of the measurement. */
function jointPart(
  { crypto, circuit, context }: Prio3,
  aggregator: number,
  nonce: Uint8Array,
  { blind, measurement }: Pick<Opened, 'blind' | 'measurement'>,
): Uint8Array {
  const encoded = encodeVector(circuit.field, measurement);
  const binder = concatBytes(Uint8Array.of(aggregator), nonce, encoded);
  const tag = usageTag(circuit.algorithm, USAGE.jointPart, context);
  return xofBytes(crypto, { seed: blind, tag, binder }, SEED_LENGTH);
}

/** The seed of the joint randomness, from all parts. */
function jointSeed({ crypto, circuit, context }: Prio3, binder: Uint8Array): Uint8Array {
  if (circuit.jointLength === 0) return NOTHING;
  const tag = usageTag(circuit.algorithm, USAGE.jointSeed, context);
  return xofBytes(crypto, { seed: NO_SEED, tag, binder }, SEED_LENGTH);
}

function jointRandomness(vdaf: Prio3, seed: Uint8Array): bigint[] {
  const binder = Uint8Array.of(PROOFS);
  return vectorFor(vdaf, USAGE.jointRandomness, vdaf.circuit.jointLength, { seed, binder });
}

/** A client's report of a measurement. */
export function shard<M>(
  vdaf: Prio3<Circuit<M>>,
  measurement: M,
  seeds: ReportSeeds,
): Outcome<Report> {
  const encoded = vdaf.circuit.encode(measurement);
  return encoded === undefined ? refused('measurement') : shardEncoded(vdaf, encoded, seeds);
}

/** A report of elements that need not be a measurement in range: tests cheat with it. */
export function shardEncoded(
  vdaf: Prio3,
  encoded: readonly bigint[],
  { nonce, rand }: ReportSeeds,
): Outcome<Report> {
  const { circuit, shares } = vdaf;
  const right = nonce.length === NONCE_LENGTH && rand.length === randLength(circuit, shares);
  if (!right || encoded.length !== circuit.measurementLength) return refused('length');
  const withJoint = circuit.jointLength > 0;
  const helperLength = inputShareLength(circuit, 1);
  const helpers: Uint8Array[] = [];
  for (let j = 1; j < shares; j += 1) {
    helpers.push(rand.slice((j - 1) * helperLength, j * helperLength));
  }
  const opened = helpers.map((share, i) => expand(vdaf, i + 1, share));
  const blindEnd = rand.length - SEED_LENGTH;
  const blind = withJoint ? rand.slice(blindEnd - SEED_LENGTH, blindEnd) : NOTHING;
  let measurement = [...encoded];
  for (const helper of opened) {
    measurement = subtractVectors(circuit.field, measurement, helper.measurement);
  }
  const parts = [{ blind, measurement }, ...opened].map((share, j) =>
    withJoint ? jointPart(vdaf, j, nonce, share) : NOTHING,
  );
  const publicShare = joinBytes(parts);
  const joint = jointRandomness(vdaf, jointSeed(vdaf, publicShare));
  const blinds = vectorFor(vdaf, USAGE.proveRandomness, circuit.arity, {
    seed: rand.subarray(blindEnd),
    binder: Uint8Array.of(PROOFS),
  });
  let proof = prove(circuit, encoded, blinds, joint);
  for (const helper of opened) proof = subtractVectors(circuit.field, proof, helper.proof);
  const leader = concatBytes(encodeVector(circuit.field, [...measurement, ...proof]), blind);
  return taken({ publicShare, inputShares: [leader, ...helpers] });
}

/** The vectors of an input share. */
function openInputShare(vdaf: Prio3, aggregator: number, share: Uint8Array): Outcome<Opened> {
  const { circuit, shares } = vdaf;
  if (!Number.isInteger(aggregator) || aggregator < 0 || aggregator >= shares) {
    return refused('aggregator');
  }
  if (share.length !== inputShareLength(circuit, aggregator)) return refused('length');
  if (aggregator > 0) return taken(expand(vdaf, aggregator, share));
  const count = circuit.measurementLength + proofLength(circuit);
  const bytes = count * circuit.field.size;
  const elements = decodeVector(circuit.field, share.subarray(0, bytes), count);
  if (!elements.ok) return elements;
  return taken({
    measurement: elements.value.slice(0, circuit.measurementLength),
    proof: elements.value.slice(circuit.measurementLength),
    blind: share.subarray(bytes),
  });
}

/** An aggregator's first step: its verifier share, for all aggregators, and what it keeps. */
export function verifyInit(
  vdaf: Prio3,
  { key, aggregator, nonce, publicShare, inputShare }: VerifyInput,
): Outcome<{ readonly state: VerifyState; readonly share: Uint8Array }> {
  const { circuit, shares } = vdaf;
  const opened = openInputShare(vdaf, aggregator, inputShare);
  if (!opened.ok) return opened;
  const right = key.length === SEED_LENGTH && nonce.length === NONCE_LENGTH;
  if (!right || publicShare.length !== publicShareLength(circuit, shares)) return refused('length');
  const { measurement, proof } = opened.value;
  const withJoint = circuit.jointLength > 0;
  const part = withJoint ? jointPart(vdaf, aggregator, nonce, opened.value) : NOTHING;
  const parts = publicShare.slice();
  parts.set(part, aggregator * part.length);
  const seed = jointSeed(vdaf, parts);
  const randomness = vectorFor(vdaf, USAGE.queryRandomness, queryLength(circuit), {
    seed: key,
    binder: concatBytes(Uint8Array.of(PROOFS), nonce),
  });
  const joint = jointRandomness(vdaf, seed);
  const answer = query(circuit, { measurement, proof, randomness, joint, shares });
  if (!answer.ok) return answer;
  return taken({
    state: { output: circuit.truncate(measurement), seed },
    share: concatBytes(encodeVector(circuit.field, answer.value), part),
  });
}

/** The message that says a report is good, from the verifier shares of all aggregators in order. */
export function verifierSharesToMessage(
  vdaf: Prio3,
  verifierShares: readonly Uint8Array[],
): Outcome<Uint8Array> {
  const { circuit } = vdaf;
  if (verifierShares.length !== vdaf.shares) return refused('share-count');
  const count = verifierLength(circuit);
  const bytes = count * circuit.field.size;
  let verifier = new Array<bigint>(count).fill(0n);
  for (const share of verifierShares) {
    if (share.length !== verifierShareLength(circuit)) return refused('length');
    const decoded = decodeVector(circuit.field, share.subarray(0, bytes), count);
    if (!decoded.ok) return decoded;
    verifier = addVectors(circuit.field, verifier, decoded.value);
  }
  if (!decide(circuit, verifier)) return refused('proof');
  return taken(jointSeed(vdaf, joinBytes(verifierShares.map((share) => share.subarray(bytes)))));
}

/** An aggregator's second step: its output share, if the message agrees with what it derived. */
export function verifyNext(
  { crypto, circuit }: Prio3,
  { output, seed }: VerifyState,
  message: Uint8Array,
): Outcome<readonly bigint[]> {
  if (message.length !== messageLength(circuit)) return refused('length');
  return crypto.equal(message, seed) ? taken(output) : refused('joint-randomness');
}

/** An aggregator's share of the aggregate, encoded: the sum of its output shares. */
export function aggregate({ circuit }: Prio3, outputs: readonly (readonly bigint[])[]): Uint8Array {
  let sum = new Array<bigint>(circuit.outputLength).fill(0n);
  for (const output of outputs) sum = addVectors(circuit.field, sum, output);
  return encodeVector(circuit.field, sum);
}

/** The aggregate, from the shares of all aggregators. */
export function unshard(
  { circuit, shares }: Prio3,
  aggregateShares: readonly Uint8Array[],
): Outcome<readonly bigint[]> {
  if (aggregateShares.length !== shares) return refused('share-count');
  let sum = new Array<bigint>(circuit.outputLength).fill(0n);
  for (const share of aggregateShares) {
    const decoded = decodeVector(circuit.field, share, circuit.outputLength);
    if (!decoded.ok) return decoded;
    sum = addVectors(circuit.field, sum, decoded.value);
  }
  return taken(sum);
}
