/**
 * The delay distribution and its audit: exponential with an upper limit, and reproducible by
 * anybody who knows the tag.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import {
  AUDIT_TOLERANCE_NS,
  auditDelay,
  auditLoop,
  DELAY_CAP_MEANS,
  type DelayAuditInput,
  delayVrfInput,
  deriveExponentialDelayNs,
  deriveVrfDelayNs,
  type LoopHop,
  openVrfSecretKey,
  uniformFromBytes,
  type VrfDelayLaw,
} from '../../../../nodes/vrf/index.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const MEAN_NS = 200_000_000;
const EPOCH = 41;

function tagOf(number: number): Uint8Array {
  return crypto.sha256(new TextEncoder().encode(`tag ${number}`));
}

/** The correct delay of a packet at a mix, and its proof. */
function owed(number: number, mix = 0): LoopHop & { readonly delayNs: number } {
  const key = openVrfSecretKey(crypto, 'tai', tagOf(1_000_000 + mix));
  const tag = tagOf(number);
  const { proof, output } = key.prove(delayVrfInput(EPOCH, tag))!;
  const delayNs = deriveExponentialDelayNs(output, MEAN_NS);
  const { suite, publicKey } = key;
  return { suite, publicKey, epoch: EPOCH, tag, proof, meanNs: MEAN_NS, delayNs };
}

function audit(
  number: number,
  change: Partial<DelayAuditInput> = {},
): ReturnType<typeof auditDelay> {
  const { delayNs, ...hop } = owed(number);
  const honest = { ...hop, observedNs: delayNs, toleranceNs: AUDIT_TOLERANCE_NS };
  return auditDelay(crypto, { ...honest, ...change });
}

describe('delays by verifiable random function', () => {
  it('are exponential with the mean asked for (Kolmogorov-Smirnov over 20,000)', () => {
    const count = 20_000;
    const means = Array.from({ length: count }, (_, number) => {
      return deriveExponentialDelayNs(crypto.sha512(tagOf(number)), MEAN_NS) / MEAN_NS;
    }).sort((left, right) => left - right);
    let distance = 0;
    for (const [index, value] of means.entries()) {
      const law = 1 - Math.exp(-value);
      distance = Math.max(distance, law - index / count, (index + 1) / count - law);
    }
    // The value of the Kolmogorov distribution for p = 0.001.
    expect(distance * Math.sqrt(count)).toBeLessThan(1.95);
  });

  it('R-183: hide 0.443 bits more than even ones of the same mean (100,000 outputs)', () => {
    const count = 100_000;
    const bits = (law: VrfDelayLaw): { readonly bits: number; readonly meanNs: number } => {
      // The entropy of a histogram whose cells are a hundredth of the mean wide, in units of the
      // mean.
      const cells = new Map<number, number>();
      let sumNs = 0;
      for (let number = 0; number < count; number++) {
        const delayNs = deriveVrfDelayNs(law, outputs[number]!, MEAN_NS);
        sumNs += delayNs;
        const cell = Math.floor((100 * delayNs) / MEAN_NS);
        cells.set(cell, (cells.get(cell) ?? 0) + 1);
      }
      let entropy = 0;
      for (const seen of cells.values()) entropy -= (seen / count) * Math.log2(seen / count);
      return { bits: entropy - Math.log2(100), meanNs: sumNs / count };
    };
    const outputs = Array.from({ length: count }, (_, number) => crypto.sha512(tagOf(number)));
    const [exponential, even] = [bits('exponential'), bits('uniform')];
    expect(exponential.bits).toBeCloseTo(Math.log2(Math.E), 1.5);
    expect(even.bits).toBeCloseTo(1, 1.5);
    expect(exponential.bits - even.bits).toBeGreaterThan(0.42);
    expect(exponential.bits - even.bits).toBeLessThan(0.465);
    for (const { meanNs } of [exponential, even]) {
      expect(Math.abs(meanNs / MEAN_NS - 1)).toBeLessThan(0.015);
    }
  });

  it('are never longer than the cap and never negative', () => {
    const smallest = new Uint8Array(64);
    const largest = new Uint8Array(64).fill(0xff);
    expect(uniformFromBytes(smallest)).toBe(2 ** -54);
    expect(uniformFromBytes(largest)).toBe(1);
    expect(deriveExponentialDelayNs(smallest, MEAN_NS)).toBe(DELAY_CAP_MEANS * MEAN_NS);
    expect(deriveExponentialDelayNs(largest, MEAN_NS)).toBe(0);
  });

  it('depend on every bit of epoch and tag', () => {
    const base = Buffer.from(delayVrfInput(EPOCH, tagOf(1))).toString('hex');
    expect(base).toBe(
      `${Buffer.from('orrery/mix-delay/v1').toString('hex')}0000000000000029${Buffer.from(tagOf(1)).toString('hex')}`,
    );
  });
});

describe('the audit of a delay', () => {
  it('R-182: finds nothing at an honest mix', () => {
    for (let number = 0; number < 20; number++) expect(audit(number).kind).toBe('obeyed');
  });

  it('R-182: finds a mix that scales its delays by 0.9 at the first shortfall over the tolerance', () => {
    for (let number = 0; number < 20; number++) {
      const { delayNs } = owed(number);
      const observedNs = Math.round(0.9 * delayNs);
      const isCaught = delayNs - observedNs > AUDIT_TOLERANCE_NS;
      const verdict = audit(number, { observedNs });
      expect(verdict).toEqual({ kind: isCaught ? 'too-early' : 'obeyed', expectedNs: delayNs });
    }
  });

  it('allows the tolerance and not a nanosecond more, to both sides', () => {
    const { delayNs } = owed(3);
    const kinds = [-1_001, -1_000, 1_000, 1_001].map(
      (excess) => audit(3, { observedNs: delayNs + excess }).kind,
    );
    expect(kinds).toEqual(['too-early', 'obeyed', 'obeyed', 'too-late']);
  });

  it('holds a mix to the law of its network', () => {
    const { tag, delayNs, proof } = owed(5);
    const output = openVrfSecretKey(crypto, 'tai', tagOf(1_000_000)).output(
      delayVrfInput(EPOCH, tag),
    )!;
    const observedNs = deriveVrfDelayNs('uniform', output, MEAN_NS);
    expect(Math.abs(observedNs - delayNs)).toBeGreaterThan(AUDIT_TOLERANCE_NS);
    expect(audit(5, { law: 'uniform', proof, observedNs }).kind).toBe('obeyed');
    expect(audit(5, { law: 'uniform', proof, observedNs: delayNs }).kind).not.toBe('obeyed');
  });

  it('takes no proof for another packet, epoch or mix', () => {
    const invalid = { kind: 'proof-invalid' };
    expect(audit(1, { tag: tagOf(2) })).toEqual(invalid);
    expect(audit(1, { tag: tagOf(1).subarray(1) })).toEqual(invalid);
    expect(audit(1, { epoch: EPOCH + 1 })).toEqual(invalid);
    expect(audit(1, { publicKey: owed(1, 1).publicKey })).toEqual(invalid);
    expect(audit(1, { proof: owed(2).proof })).toEqual(invalid);
    expect(audit(1, { proof: new Uint8Array() })).toEqual(invalid);
  });

  it('sees of a loop the sum over its hops', () => {
    const hops = [0, 1, 2].map((mix) => owed(7, mix));
    const sumNs = hops.reduce((sum, { delayNs }) => sum + delayNs, 0);
    const loop = { hops, toleranceNs: AUDIT_TOLERANCE_NS };
    const verdicts = [sumNs, sumNs - 2_000, sumNs + 2_000].map(
      (observedNs) => auditLoop(crypto, { ...loop, observedNs }).kind,
    );
    expect(verdicts).toEqual(['obeyed', 'too-early', 'too-late']);
    const forged = [hops[0]!, { ...hops[1]!, proof: hops[0]!.proof }];
    expect(auditLoop(crypto, { ...loop, hops: forged, observedNs: sumNs })).toEqual({
      kind: 'proof-invalid',
    });
  });
});
