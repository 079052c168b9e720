/**
 * ECVRF (RFC 9381 B.3, B.4), its negative cases, the delay law and the neighbour selection
 * (docs/spec/mixnet.md): every published and computed vector, with every provider.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { log } from '../../engine/pure/log-exp.ts';
import { compareBytes, fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import {
  type Candidate,
  checkNeighbours,
  chooseDiverse,
  delayInput,
  delayOf,
  drawNeighbours,
  neighbourInput,
  openVrfKey,
  proofToOutput,
  rankCandidates,
  uniformShare,
  type VrfSuite,
  verifyVrf,
} from '../../nodes/vrf/index.ts';
import { suiteHashes } from '../../nodes/vrf/suite.ts';
import { providers } from '../unit/nodes/sphinx/support.ts';
import { hasVectors, vectors } from '../vectors-root.ts';

interface ProofVector {
  readonly suiteString: string;
  readonly sk: string;
  readonly pk: string;
  readonly alpha: string;
  readonly h: string;
  readonly pi: string;
  readonly beta: string;
}

interface EcvrfVectors {
  readonly vectors: readonly ProofVector[];
  readonly negative: readonly (Omit<ProofVector, 'sk' | 'h' | 'beta'> & {
    readonly name: string;
  })[];
  readonly delayMappingComputed: readonly (Omit<ProofVector, 'pk' | 'h'> & {
    readonly u53: number;
    readonly unitMeanExponential: number;
  })[];
}

interface NeighbourVectors {
  readonly candidates: readonly {
    readonly id: string;
    readonly asn: number;
    readonly family: string;
    readonly weight: number;
  }[];
  readonly cases: readonly {
    readonly epoch: number;
    readonly beacon: string;
    readonly layer: number;
    readonly k: number;
    readonly maxPerAs: number;
    readonly sk: string;
    readonly pk: string;
    readonly alpha: string;
    readonly pi: string;
    readonly beta: string;
    readonly order: readonly string[];
    readonly keys: readonly number[];
    readonly chosen: readonly string[];
  }[];
}

const SUITES: Readonly<Record<string, VrfSuite>> = { '03': 'tai', '04': 'ell2' };
const TWO_53 = 2 ** 53;

function suiteOf(vector: { readonly suiteString: string }): VrfSuite {
  return SUITES[vector.suiteString]!;
}

describe.runIf(hasVectors).each(providers)('ECVRF vectors on %s', (_name, crypto) => {
  const all = hasVectors ? vectors<EcvrfVectors>('other/ecvrf.json') : undefined;

  it('proves examples 16, 17, 19 and 20 of RFC 9381 byte for byte, and verifies them', () => {
    expect(all!.vectors).toHaveLength(4);
    for (const vector of all!.vectors) {
      const suite = suiteOf(vector);
      const alpha = fromHex(vector.alpha);
      const key = openVrfKey(crypto, suite, fromHex(vector.sk));
      expect(toHex(key.publicKey)).toBe(vector.pk);
      const input = suiteHashes(crypto, suite).encodeToCurve(key.publicKey, alpha);
      expect(toHex(input!)).toBe(vector.h);
      const proved = key.prove(alpha)!;
      expect(toHex(proved.proof)).toBe(vector.pi);
      expect(toHex(proved.output)).toBe(vector.beta);
      expect(toHex(key.output(alpha)!)).toBe(vector.beta);
      expect(toHex(proofToOutput(crypto, suite, proved.proof)!)).toBe(vector.beta);
      const verifier = { suite, publicKey: fromHex(vector.pk) };
      expect(toHex(verifyVrf(crypto, verifier, alpha, proved.proof)!)).toBe(vector.beta);
    }
  });

  it('refuses all eight negative cases', () => {
    expect(all!.negative).toHaveLength(8);
    for (const vector of all!.negative) {
      const verifier = { suite: suiteOf(vector), publicKey: fromHex(vector.pk) };
      const output = verifyVrf(crypto, verifier, fromHex(vector.alpha), fromHex(vector.pi));
      expect(output, vector.name).toBeUndefined();
    }
  });

  it('maps the six outputs to their delays', () => {
    expect(all!.delayMappingComputed).toHaveLength(6);
    for (const vector of all!.delayMappingComputed) {
      const key = openVrfKey(crypto, suiteOf(vector), fromHex(vector.sk));
      const alpha = fromHex(vector.alpha);
      expect(toHex(delayInput(1234, alpha.subarray(-32)))).toBe(vector.alpha);
      const proved = key.prove(alpha)!;
      expect(toHex(proved.proof)).toBe(vector.pi);
      expect(toHex(proved.output)).toBe(vector.beta);
      expect(uniformShare(proved.output)).toBe((vector.u53 + 0.5) / TWO_53);
      const means = 0 - log(uniformShare(proved.output));
      expect(Math.abs(means / vector.unitMeanExponential - 1)).toBeLessThan(4e-16);
      const delayNs = delayOf(proved.output, 50_000_000);
      expect(Math.abs(delayNs - vector.unitMeanExponential * 50_000_000)).toBeLessThanOrEqual(0.51);
    }
  });

  it('R-184: draws the three published sets of neighbours, in their order and with their keys', () => {
    const { candidates: listed, cases } = vectors<NeighbourVectors>('other/vrf-neighbours.json');
    const candidates: readonly Candidate[] = listed.map((one) => ({
      ...one,
      id: fromHex(one.id),
      asn: String(one.asn),
    }));
    expect(cases).toHaveLength(3);
    for (const vector of cases) {
      const { epoch, layer, maxPerAs, k: count } = vector;
      const beacon = fromHex(vector.beacon);
      const question = { epoch, beacon, layer, candidates, count, maxPerAs };
      expect(toHex(neighbourInput(question))).toBe(vector.alpha);
      const key = openVrfKey(crypto, 'tai', fromHex(vector.sk));
      expect(toHex(key.publicKey)).toBe(vector.pk);
      const ranked = rankCandidates(crypto, fromHex(vector.beta), candidates);
      expect(ranked.map(({ candidate }) => toHex(candidate.id))).toEqual(vector.order);
      for (const [index, { key: raceKey }] of ranked.entries()) {
        expect(Math.abs(raceKey / vector.keys[index]! - 1)).toBeLessThan(1e-12);
      }
      expect(chooseDiverse(ranked, question).map(({ id }) => toHex(id))).toEqual(vector.chosen);
      const record = drawNeighbours(crypto, key, question)!;
      expect(toHex(record.proof)).toBe(vector.pi);
      expect(record.chosen.map(toHex)).toEqual(vector.chosen);
      expect(checkNeighbours(crypto, key, question, record)).toBeUndefined();
    }
    expect([...candidates].sort((a, b) => compareBytes(a.id, b.id))).toEqual(candidates);
  });
});
