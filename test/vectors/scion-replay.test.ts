import { describe, expect, it } from 'vitest';
import { ReplayWindow } from '../../nodes/_kit/replay-window.ts';
import { vectorSets } from '../vectors-root.ts';

interface Case {
  readonly name: string;
  readonly window: number;
  readonly sequence: readonly number[];
  readonly accept: readonly number[];
}
interface ReplayFile {
  readonly wireguard: {
    readonly window: number;
    readonly limit: string;
    readonly cases: readonly (readonly [string, boolean])[];
    readonly bulk: readonly {
      readonly name: string;
      readonly ranges: readonly (readonly [number, number])[];
      readonly then: readonly (readonly [number, boolean])[];
    }[];
  };
  readonly window: { readonly cases: readonly Case[] };
}

// WireGuard accepts highest - 8128 itself, one value more than the rule of RFC 6479 implemented
// here, and 8129 is no possible size here. Where its table touches that one value, the verdict of
// this implementation counts.
const EDGE = 8128;

/** Part of the table of `replay/replay_test.go` of WireGuard/wireguard-go; a row computed independently. */
const FIGURES: ReplayFile = {
  wireguard: {
    window: 8128,
    limit: '18446744073709543423',
    cases: [
      ['0', true],
      ['1', true],
      ['1', false],
      ['9', true],
      ['8', true],
      ['7', true],
      ['7', false],
      ['8129', true],
      ['8128', true],
      ['8128', false],
      ['8127', true],
      ['2', true],
      ['2', false],
      ['8145', true],
      ['3', false],
      ['8145', false],
      ['32516', true],
      ['24388', true],
      ['10', false],
      ['18446744073709543423', false],
      ['18446744073709543422', true],
      ['18446744073709543423', false],
      ['18446744073709543422', false],
      ['18446744073709543421', true],
    ],
    bulk: [],
  },
  window: {
    cases: [
      {
        name: 'window 64 boundaries',
        window: 64,
        sequence: [
          0, 0, 1, 63, 64, 0, 1, 2, 65, 1, 2, 192, 128, 129, 191, 128, 129, 192, 640, 576, 577, 577,
        ],
        accept: [1, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0],
      },
    ],
  },
};

const SETS = vectorSets('scion/replay.json', FIGURES);

describe.each(SETS)('the replay window and the table of WireGuard, $set', ({ file }) => {
  it.each(file.window.cases.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const window = new ReplayWindow(one.window);
    const answers = one.sequence.map((sequence) => {
      const checked = window.check(sequence);
      expect(window.accept(sequence)).toBe(checked);
      return checked === 'fresh' ? 1 : 0;
    });
    expect(answers).toEqual(one.accept);
  });

  it('accepts and refuses as the table of WireGuard, but for the one value at its edge', () => {
    const window = new ReplayWindow(EDGE);
    // The last numbers of the table are beyond 2^53. A window depends only on differences, so they
    // are moved below while their distance to the limit is kept. The limit itself and larger
    // numbers never reach a window, because the frame decoder rejects sequences of 2^53 and more.
    const limit = BigInt(file.wireguard.limit);
    const shift = limit - BigInt(Number.MAX_SAFE_INTEGER - 1);
    const below = file.wireguard.cases.filter(([text]) => BigInt(text) < limit);
    let edges = 0;
    let highest = -1;
    for (const [text, wanted] of below) {
      const value = BigInt(text);
      const sequence = Number(value > shift ? value - shift : value);
      const isEdge = highest - sequence === EDGE;
      edges += Number(isEdge);
      const got = window.accept(sequence);
      expect(got === 'fresh', `${text}: ${got}`).toBe(wanted && !isEdge);
      if (got === 'fresh') highest = Math.max(highest, sequence);
    }
    expect(edges).toBeGreaterThan(0);
  });

  it.each(file.wireguard.bulk.map((one) => [one.name, one] as const))('bulk: %s', (_name, one) => {
    const window = new ReplayWindow(EDGE);
    let highest = -1;
    for (const sequence of one.ranges.flatMap(stepsOf)) {
      const isEdge = highest - sequence === EDGE;
      expect(window.accept(sequence)).toBe(isEdge ? 'expired' : 'fresh');
      highest = Math.max(highest, sequence);
    }
    for (const [sequence, wanted] of one.then) {
      const isEdge = highest - sequence === EDGE;
      expect(window.accept(sequence) === 'fresh').toBe(wanted && !isEdge);
      highest = Math.max(highest, sequence);
    }
  });
});

/** The numbers of a range, which may be descending. */
function stepsOf([from, to]: readonly [number, number]): readonly number[] {
  const step = from <= to ? 1 : -1;
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => from + step * index);
}
