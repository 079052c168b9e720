/** Smaller updates, and averaging in pairs: against what theory says of both. */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import {
  coordinatesAbove,
  drawCoordinates,
  gatherCoordinates,
  largestCoordinates,
  scatterCoordinates,
  unbiasedCoordinateFactor,
} from '../../../../../nodes/federated/compression/coordinates.ts';
import { CountSketch } from '../../../../../nodes/federated/compression/count-sketch.ts';
import {
  averagePair,
  disagreementFactor,
  disagreementFactorBound,
  modelDisagreement,
  type NodePair,
} from '../../../../../nodes/federated/gossip/averaging.ts';
import { makeSharedDraws, type SharedDraws } from '../../../../../nodes/federated/learn/seeded.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const draws = (name: string): SharedDraws =>
  makeSharedDraws(crypto, new Uint8Array(32).fill(6), name);

describe('some coordinates', () => {
  it('are alike for all clients, different, and each as likely as any other', () => {
    const counts = new Uint32Array(20);
    for (let round = 0; round < 4_000; round += 1) {
      const places = drawCoordinates(20, 5, draws(`round ${round}`));
      expect(new Set(places).size).toBe(5);
      for (const place of places) counts[place] = (counts[place] as number) + 1;
    }
    expect(drawCoordinates(20, 5, draws('same'))).toEqual(drawCoordinates(20, 5, draws('same')));
    // 1,000 each, deviation sqrt(4,000 / 4 x 3 / 4) = 27.
    expect(Math.min(...counts)).toBeGreaterThan(1_000 - 137);
    expect(Math.max(...counts)).toBeLessThan(1_000 + 137);
    expect(drawCoordinates(6, 6, draws('all'))).toEqual(Uint32Array.of(0, 1, 2, 3, 4, 5));
  });

  it('at random give the update on average', () => {
    const update = Float64Array.of(1, -2, 3, 0, 5);
    const sum = new Float64Array(5);
    const rounds = 20_000;
    const stream = draws('unbiased');
    for (let round = 0; round < rounds; round += 1) {
      const places = drawCoordinates(5, 2, stream);
      const whole = scatterCoordinates(
        { places, values: gatherCoordinates(update, places) },
        5,
        unbiasedCoordinateFactor(5, 2),
      );
      for (const [at, value] of whole.entries()) sum[at] = (sum[at] as number) + value;
    }
    for (const [at, value] of update.entries()) {
      // One value is x 5/2 with probability 2/5: variance x^2 (5/2 - 1).
      const deviation = Math.abs(value) * Math.sqrt(1.5 / rounds);
      const error = Math.abs((sum[at] as number) / rounds - value);
      expect(error).toBeLessThanOrEqual(5 * deviation);
    }
  });

  it('are the largest, or those above a threshold', () => {
    const update = [1, -4, 4, 0, -0.5];
    expect(largestCoordinates(update, 2)).toEqual({
      places: Uint32Array.of(1, 2),
      values: Float64Array.of(-4, 4),
    });
    expect(largestCoordinates(update, 1).places).toEqual(Uint32Array.of(1));
    expect(coordinatesAbove(update, 0.5).places).toEqual(Uint32Array.of(0, 1, 2));
    expect(coordinatesAbove(update, 4).places).toHaveLength(0);
  });
});

describe('a sketch', () => {
  const size = { length: 400, rows: 1, columns: 50 };

  it('of a sum is the sum of sketches', () => {
    const sketch = new CountSketch({ ...size, rows: 5 }, draws('linear'));
    const a = Float64Array.from({ length: 400 }, (_, at) => at % 7);
    const b = Float64Array.from({ length: 400 }, (_, at) => (at % 5) - 2);
    const together = sketch.encode(a.map((value, at) => value + (b[at] as number)));
    const second = sketch.encode(b);
    expect(sketch.encode(a).map((value, at) => value + (second[at] as number))).toEqual(together);
  });

  it('of one row has the error that theory says', () => {
    const stream = draws('error');
    const update = Float64Array.from({ length: 400 }, () => stream.normal());
    const norm = update.reduce((sum, value) => sum + value * value, 0);
    let square = 0;
    for (let round = 0; round < 200; round += 1) {
      const sketch = new CountSketch(size, stream);
      const found = sketch.decode(sketch.encode(update));
      for (const [at, value] of update.entries()) square += ((found[at] as number) - value) ** 2;
    }
    const expected = (200 * (399 * norm)) / 50;
    expect(square / expected).toBeGreaterThan(0.95);
    expect(square / expected).toBeLessThan(1.05);
  });

  it('shows the large coordinates of a sum', () => {
    const stream = draws('large');
    const sketch = new CountSketch({ length: 400, rows: 5, columns: 100 }, stream);
    const update = Float64Array.from({ length: 400 }, (_, at) => (at === 123 ? 50 : 0.1));
    const found = sketch.decode(sketch.encode(update));
    expect(found[123]).toBeGreaterThan(48);
    expect(found[123]).toBeLessThan(52);
    expect([...largestCoordinates(found, 1).places]).toEqual([123]);
  });
});

describe('gossip', () => {
  const complete = (nodes: number): NodePair[] =>
    Array.from({ length: nodes }, (_, a) =>
      Array.from({ length: a }, (_, b) => [a, b] as const),
    ).flat();
  const ring = (nodes: number): NodePair[] =>
    Array.from({ length: nodes }, (_, a) => [a, (a + 1) % nodes] as const);

  it('shrinks the disagreement of 20 nodes by 1 - 1/19 with each exchange', () => {
    const stream = draws('gossip');
    const exchanges = 30;
    let share = 0;
    const runs = 4_000;
    for (let run = 0; run < runs; run += 1) {
      const values = Array.from({ length: 20 }, () => Float64Array.of(stream.normal()));
      const before = modelDisagreement(values);
      for (let at = 0; at < exchanges; at += 1) {
        const a = stream.below(20);
        const b = (a + 1 + stream.below(19)) % 20;
        averagePair(values[a] as Float64Array, values[b] as Float64Array);
      }
      share += modelDisagreement(values) / before / runs;
    }
    const expected = disagreementFactor(20) ** exchanges;
    expect(expected).toBeCloseTo(0.1975, 4);
    expect(share / expected).toBeGreaterThan(0.97);
    expect(share / expected).toBeLessThan(1.03);
  });

  it('keeps the mean', () => {
    const a = Float64Array.of(1, 8);
    const b = Float64Array.of(3, -2);
    averagePair(a, b);
    expect([a, b]).toEqual([Float64Array.of(2, 3), Float64Array.of(2, 3)]);
    expect(modelDisagreement([a, b])).toBe(0);
  });

  it('is bounded by the second eigenvalue: exact where all know each other, cosine on a ring', () => {
    expect(disagreementFactorBound(12, complete(12))).toBeCloseTo(disagreementFactor(12), 10);
    expect(disagreementFactorBound(16, ring(16))).toBeCloseTo(
      1 - (1 - Math.cos(Math.PI / 8)) / 16,
      10,
    );
    const pieces: NodePair[] = [
      [0, 1],
      [2, 3],
    ];
    expect(disagreementFactorBound(4, pieces)).toBeCloseTo(1, 10);
  });
});
