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
  checkNeighbourRecord,
  chooseDiverseCandidates,
  delayVrfInput,
  deriveExponentialDelayNs,
  drawNeighbours,
  type NeighbourCandidate,
  neighbourVrfInput,
  openVrfSecretKey,
  proofToOutput,
  rankCandidates,
  uniformFromBytes,
  type VrfSuite,
  verifyVrf,
} from '../../nodes/vrf/index.ts';
import { createVrfSuiteFunctions } from '../../nodes/vrf/suite.ts';
import { providers } from '../unit/nodes/sphinx/support.ts';
import { itWhole, vectorSets, vectors } from '../vectors-root.ts';
import { onProviders } from './providers.ts';

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

/**
 * Examples 17 and 20 of RFC 9381 B.3 and B.4, example 16 with one bit of its proof flipped, and a
 * delay computed independently from docs/spec/mixnet.md.
 */
const FIGURES: EcvrfVectors = {
  vectors: [
    {
      suiteString: '03',
      sk: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      pk: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      alpha: '72',
      h: '5b659fc3d4e9263fd9a4ed1d022d75eaacc20df5e09f9ea937502396598dc551',
      pi:
        'f3141cd382dc42909d19ec5110469e4feae18300e94f304590abdced48aed5933bf0864a62558b3ed7f2fea4' +
        '5c92a465301b3bbf5e3e54ddf2d935be3b67926da3ef39226bbc355bdc9850112c8f4b02',
      beta:
        'eb4440665d3891d668e7e0fcaf587f1b4bd7fbfe99d0eb2211ccec90496310eb5e33821bc613efb94db5e5b5' +
        '4c70a848a0bef4553a41befc57663b56373a5031',
    },
    {
      suiteString: '04',
      sk: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      pk: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      alpha: '72',
      h: '76ac3ccb86158a9104dff819b1ca293426d305fd76b39b13c9356d9b58c08e57',
      pi:
        '47b327393ff2dd81336f8a2ef10339112401253b3c714eeda879f12c509072ef055b48372bb82efbdce8e10c' +
        '8cb9a2f9d60e93908f93df1623ad78a86a028d6bc064dbfc75a6a57379ef855dc6733801',
      beta:
        '38561d6b77b71d30eb97a062168ae12b667ce5c28caccdf76bc88e093e4635987cd96814ce55b4689b3dd294' +
        '7f80e59aac7b7675f8083865b46c89b2ce9cc735',
    },
  ],
  negative: [
    {
      name: 'gamma-bit',
      suiteString: '03',
      pk: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      alpha: '',
      pi:
        '8757106690b5526245a92b003bb079ccd1a92130477671f6fc01ad16f26f723f26f8a57ccaed74ee1b190bed' +
        '1f479d9727d2d0f9b005a6e456a35d4fb0daab1268a1b0db10836d9826a528ca76567805',
    },
  ],
  delayMappingComputed: [
    {
      suiteString: '03',
      sk: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      alpha:
        '6f72726572792f6d69782d64656c61792f763100000000000004d21bd24b8c7f53993ffc4ad347c958adcab2' +
        'c90db2bee290a7a81d920b052a9042',
      pi:
        '2bd37fe95323112edcdd8854500c0927969753c9b8736e9490b9206638d8d8d97e46cdfb108c6e05d328eee1' +
        'f2e1faba0d063abcfe05f6175a4603fbb72698677fdfe9d76d74d305722dbd050cd00c07',
      beta:
        '2824cb291cf7283e9820ccc56b73a293b3159f77f344235db0cff9a73aaa156181c0c4d4c1a2b410d28359e4' +
        '18581a85e124ee03457c36156d0e7575bebd6c74',
      u53: 1412431756893925,
      unitMeanExponential: 1.8527113055985174,
    },
  ],
};
const SETS = onProviders(providers, vectorSets('other/ecvrf.json', FIGURES));

function suiteOf(vector: { readonly suiteString: string }): VrfSuite {
  return SUITES[vector.suiteString]!;
}

describe.each(SETS)('ECVRF vectors on $provider, $set', ({ crypto, file, isWhole }) => {
  it('proves the examples of RFC 9381 byte for byte, and verifies them', () => {
    expect(file.vectors).toHaveLength(isWhole ? 4 : 2);
    for (const vector of file.vectors) {
      const suite = suiteOf(vector);
      const alpha = fromHex(vector.alpha);
      const key = openVrfSecretKey(crypto, suite, fromHex(vector.sk));
      expect(toHex(key.publicKey)).toBe(vector.pk);
      const input = createVrfSuiteFunctions(crypto, suite).encodeToCurve(key.publicKey, alpha);
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

  it('refuses all negative cases', () => {
    expect(file.negative).toHaveLength(isWhole ? 8 : 1);
    for (const vector of file.negative) {
      const verifier = { suite: suiteOf(vector), publicKey: fromHex(vector.pk) };
      const output = verifyVrf(crypto, verifier, fromHex(vector.alpha), fromHex(vector.pi));
      expect(output, vector.name).toBeUndefined();
    }
  });

  it('maps the outputs to their delays', () => {
    expect(file.delayMappingComputed).toHaveLength(isWhole ? 6 : 1);
    for (const vector of file.delayMappingComputed) {
      const key = openVrfSecretKey(crypto, suiteOf(vector), fromHex(vector.sk));
      const alpha = fromHex(vector.alpha);
      expect(toHex(delayVrfInput(1234, alpha.subarray(-32)))).toBe(vector.alpha);
      const proved = key.prove(alpha)!;
      expect(toHex(proved.proof)).toBe(vector.pi);
      expect(toHex(proved.output)).toBe(vector.beta);
      expect(uniformFromBytes(proved.output)).toBe((vector.u53 + 0.5) / TWO_53);
      const means = 0 - log(uniformFromBytes(proved.output));
      expect(Math.abs(means / vector.unitMeanExponential - 1)).toBeLessThan(4e-16);
      const delayNs = deriveExponentialDelayNs(proved.output, 50_000_000);
      expect(Math.abs(delayNs - vector.unitMeanExponential * 50_000_000)).toBeLessThanOrEqual(0.51);
    }
  });
});

describe.each(providers)('neighbours drawn on %s', (_name, crypto) => {
  itWhole(
    'R-184: draws the three published sets of neighbours, in their order and with their keys',
    () => {
      const { candidates: listed, cases } = vectors<NeighbourVectors>('other/vrf-neighbours.json');
      const candidates: readonly NeighbourCandidate[] = listed.map((one) => ({
        ...one,
        id: fromHex(one.id),
        asn: String(one.asn),
      }));
      expect(cases).toHaveLength(3);
      for (const vector of cases) {
        const { epoch, layer, maxPerAs, k: count } = vector;
        const beacon = fromHex(vector.beacon);
        const question = { epoch, beacon, layer, candidates, count, maxPerAs };
        expect(toHex(neighbourVrfInput(question))).toBe(vector.alpha);
        const key = openVrfSecretKey(crypto, 'tai', fromHex(vector.sk));
        expect(toHex(key.publicKey)).toBe(vector.pk);
        const ranked = rankCandidates(crypto, fromHex(vector.beta), candidates);
        expect(ranked.map(({ candidate }) => toHex(candidate.id))).toEqual(vector.order);
        for (const [index, { key: raceKey }] of ranked.entries()) {
          expect(Math.abs(raceKey / vector.keys[index]! - 1)).toBeLessThan(1e-12);
        }
        expect(chooseDiverseCandidates(ranked, question).map(({ id }) => toHex(id))).toEqual(
          vector.chosen,
        );
        const record = drawNeighbours(crypto, key, question)!;
        expect(toHex(record.proof)).toBe(vector.pi);
        expect(record.chosen.map(toHex)).toEqual(vector.chosen);
        expect(checkNeighbourRecord(crypto, key, question, record)).toBeUndefined();
      }
      expect([...candidates].sort((a, b) => compareBytes(a.id, b.id))).toEqual(candidates);
    },
  );
});
