/**
 * Neighbour selection (nodes/mixnet/README.md): it is unbiased, hardly changes when a candidate
 * disappears, is spread over autonomous systems where possible, and is rejected when anything was
 * changed.
 *
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import { toHex } from '../../nodes/_kit/bytes.ts';
import {
  checkNeighbourRecord,
  chooseDiverseCandidates,
  drawNeighbours,
  type NeighbourCandidate,
  type NeighbourDrawInput,
  openVrfSecretKey,
  rankCandidates,
} from '../../nodes/vrf/index.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const WEIGHTS = [1, 2, 0.5, 1, 3, 1];

function digest(label: string, number: number): Uint8Array {
  return crypto.sha256(new TextEncoder().encode(`${label} ${number}`));
}

function output(number: number): Uint8Array {
  return crypto.sha512(digest('output', number));
}

/** A list of candidates; the functions give the fields that differ. */
function candidates(
  count: number,
  systems: number,
  families = Number.POSITIVE_INFINITY,
): readonly NeighbourCandidate[] {
  return Array.from({ length: count }, (_, index) => ({
    id: digest('node', index),
    asn: `as ${index % systems}`,
    family: `family ${index % Math.min(families, count)}`,
    weight: WEIGHTS[index % WEIGHTS.length]!,
  }));
}

function chosen(
  from: readonly NeighbourCandidate[],
  number: number,
  rules: { readonly count: number; readonly maxPerAs: number },
): readonly NeighbourCandidate[] {
  return chooseDiverseCandidates(rankCandidates(crypto, output(number), from), rules);
}

function ids(list: readonly NeighbourCandidate[]): readonly string[] {
  return list.map(({ id }) => toHex(id));
}

/** The number of candidates in each autonomous system. */
function systemSizes(list: readonly NeighbourCandidate[]): readonly number[] {
  const sizes = new Map<string, number>();
  for (const { asn } of list) sizes.set(asn, (sizes.get(asn) ?? 0) + 1);
  return [...sizes.values()];
}

const anyDraw = fc.record({
  number: fc.nat(),
  size: fc.integer({ min: 1, max: 30 }),
  systems: fc.integer({ min: 1, max: 12 }),
  families: fc.integer({ min: 1, max: 40 }),
  count: fc.integer({ min: 0, max: 12 }),
  maxPerAs: fc.integer({ min: 1, max: 3 }),
});

describe('the choice of neighbours', () => {
  it('R-184: follows the weights without limits (chi-square over 6,000 draws)', () => {
    const from = candidates(12, 12);
    const draws = 6_000;
    const total = from.reduce((sum, { weight }) => sum + weight, 0);
    const counts = new Map<string, number>();
    for (let draw = 0; draw < draws; draw++) {
      const [first] = ids(chosen(from, draw, { count: 1, maxPerAs: 1 }));
      counts.set(first!, (counts.get(first!) ?? 0) + 1);
    }
    const chiSquare = from.reduce((sum, { id, weight }) => {
      const expected = (draws * weight) / total;
      return sum + ((counts.get(toHex(id)) ?? 0) - expected) ** 2 / expected;
    }, 0);
    // The limit for 11 degrees of freedom at p = 0.001.
    expect(chiSquare).toBeLessThan(31.3);
  });

  it('draws the second by weight among the rest', () => {
    const [heavy, ...light] = candidates(3, 3).map((one, index) => ({
      ...one,
      weight: index === 0 ? 2 : 1,
    }));
    const draws = 3_000;
    let heavyLast = 0;
    for (let draw = 0; draw < draws; draw++) {
      const two = chosen([heavy!, ...light], draw, { count: 2, maxPerAs: 1 });
      if (!two.includes(heavy!)) heavyLast++;
    }
    // The light candidate comes first with 1/2, then light before {heavy 2, light 1} with 1/3:
    // together 1/6. The standard deviation is 20.
    expect(Math.abs(heavyLast - draws / 6)).toBeLessThan(82);
  });

  it('keeps the order of all others when a candidate disappears', () => {
    fc.assert(
      fc.property(anyDraw, fc.nat(), ({ number, size, systems }, gone) => {
        const from = candidates(size, systems);
        const left = from.filter((_, index) => index !== gone % size);
        const order = (list: readonly NeighbourCandidate[]): readonly string[] =>
          ids(rankCandidates(crypto, output(number), list).map(({ candidate }) => candidate));
        const without = order(from).filter((id) => id !== toHex(from[gone % size]!.id));
        expect(order(left)).toEqual(without);
      }),
      { numRuns: 200 },
    );
  });

  it('R-184: changes only from the place on that a candidate leaves, and not at all for others', () => {
    fc.assert(
      fc.property(anyDraw, fc.nat(), (draw, gone) => {
        const { number, size, systems, families } = draw;
        const from = candidates(size, systems, families);
        const leaver = from[gone % size]!;
        const before = chosen(from, number, draw);
        const after = chosen(
          from.filter((one) => one !== leaver),
          number,
          draw,
        );
        const place = before.indexOf(leaver);
        if (place === -1) expect(after).toEqual(before);
        else expect(after.slice(0, place)).toEqual(before.slice(0, place));
      }),
      { numRuns: 400 },
    );
  });

  it('R-184: takes eight with two of a system at most, from four systems at least', () => {
    const from = candidates(24, 4);
    for (let number = 0; number < 100; number++) {
      const eight = chosen(from, number, { count: 8, maxPerAs: 2 });
      expect(eight).toHaveLength(8);
      expect(systemSizes(eight)).toEqual([2, 2, 2, 2]);
    }
  });

  it('eases the rule of systems by as little as it must, and fills the count', () => {
    fc.assert(
      fc.property(anyDraw, ({ number, size, systems, count, maxPerAs }) => {
        const from = candidates(size, systems);
        const list = chosen(from, number, { count, maxPerAs });
        expect(list).toHaveLength(Math.min(count, size));
        const room = systemSizes(from);
        const fits = (limit: number): boolean =>
          room.reduce((sum, all) => sum + Math.min(all, limit), 0) >= list.length;
        let least = maxPerAs;
        while (!fits(least)) least++;
        const most = systemSizes(list);
        expect(Math.max(0, ...most)).toBeLessThanOrEqual(least);
      }),
      { numRuns: 300 },
    );
  });

  it('takes two of a family only after every system was opened', () => {
    fc.assert(
      fc.property(anyDraw, (draw) => {
        const from = candidates(draw.size, draw.systems, draw.families);
        const list = chosen(from, draw.number, draw);
        expect(list).toHaveLength(Math.min(draw.count, draw.size));
        const families = new Set(from.map(({ family }) => family)).size;
        const distinct = new Set(list.map(({ family }) => family)).size;
        expect(distinct).toBe(Math.min(list.length, families));
      }),
      { numRuns: 300 },
    );
  });

  it('does not depend on the order in which the candidates are listed', () => {
    const from = candidates(15, 5);
    const backwards = chosen([...from].reverse(), 3, { count: 6, maxPerAs: 1 });
    expect(ids(backwards)).toEqual(ids(chosen(from, 3, { count: 6, maxPerAs: 1 })));
  });
});

describe('a published choice', () => {
  const key = openVrfSecretKey(crypto, 'tai', digest('secret', 0));
  const question: NeighbourDrawInput = {
    epoch: 1_000,
    beacon: digest('beacon', 0),
    layer: 1,
    candidates: candidates(12, 4),
    count: 4,
    maxPerAs: 1,
  };
  const record = drawNeighbours(crypto, key, question)!;

  it('R-184: is right for everyone who asks the same question', () => {
    expect(checkNeighbourRecord(crypto, key, question, record)).toBeUndefined();
    const { publicKey } = key;
    expect(
      checkNeighbourRecord(crypto, { suite: 'tai', publicKey }, question, record),
    ).toBeUndefined();
  });

  it('fails with another beacon, key or suite', () => {
    const other = openVrfSecretKey(crypto, 'tai', digest('secret', 1));
    const beacon = digest('beacon', 1);
    const check = (
      verifier: Parameters<typeof checkNeighbourRecord>[1],
      asked: NeighbourDrawInput,
    ): ReturnType<typeof checkNeighbourRecord> =>
      checkNeighbourRecord(crypto, verifier, asked, record);
    expect(check(key, { ...question, beacon })).toBe('neighbours-proof');
    expect(check(other, question)).toBe('neighbours-proof');
    expect(check({ ...key, suite: 'ell2' }, question)).toBe('neighbours-proof');
    expect(check(key, { ...question, epoch: 1_001 })).toBe('neighbours-question');
    expect(check(key, { ...question, layer: 2 })).toBe('neighbours-question');
  });

  it('fails when neighbours are replaced, left out, added or put in another order', () => {
    const [first, second, ...rest] = record.chosen as readonly Uint8Array[];
    const stranger = question.candidates.find(
      ({ id }) => !record.chosen.some((one) => toHex(one) === toHex(id)),
    )!;
    for (const list of [
      [second!, first!, ...rest],
      record.chosen.slice(1),
      [...record.chosen, stranger.id],
      [stranger.id, ...record.chosen.slice(1)],
      [],
    ]) {
      const forged = { ...record, chosen: list };
      expect(checkNeighbourRecord(crypto, key, question, forged)).toBe('neighbours-choice');
    }
  });

  it('is neither made nor checked for a question without an answer', () => {
    const weightless = question.candidates.map((one) => ({ ...one, weight: 0 }));
    for (const change of [
      { epoch: -1 },
      { layer: 256 },
      { beacon: new Uint8Array(31) },
      { maxPerAs: 0 },
      { candidates: weightless },
      { candidates: question.candidates.map((one) => ({ ...one, id: one.id.subarray(1) })) },
    ]) {
      const asked = { ...question, ...change };
      expect(drawNeighbours(crypto, key, asked)).toBeUndefined();
      expect(checkNeighbourRecord(crypto, key, asked, record)).toBe('neighbours-question');
    }
  });

  it('never throws on proofs and identifiers of any length', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 100 }),
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }),
        (proof, list) => {
          const garbage = { ...record, proof, chosen: list };
          expect(checkNeighbourRecord(crypto, key, question, garbage)).toBe('neighbours-proof');
        },
      ),
      { numRuns: 100 },
    );
  });
});
