/**
 * Random generators, streams, log and exp, samplers and the fingerprint, compared
 * with the vectors in simulation/. @module
 */
import { describe, expect, it } from 'vitest';
import { Fingerprint } from '../../engine/core/fingerprint.ts';
import { Xoshiro128, type XoshiroState } from '../../engine/core/random.ts';
import * as sampling from '../../engine/core/sampling.ts';
import { initialRandomState, openRandomStream, RandomStream } from '../../engine/core/stream.ts';
import { exp, log } from '../../engine/pure/log-exp.ts';
import { normalQuantile } from '../../engine/pure/normal-quantile.ts';
import { vectorSets } from '../vectors-root.ts';

interface Generators {
  xoshiro128starstar: { state: XoshiroState; u32: number[]; jump: { state: number[] } };
}

interface StreamVector {
  seed: string;
  node: string;
  purpose: string;
  state: string[];
  u32: string[];
  uniform53: string;
  exp1: string;
}

interface Rule {
  values: number[];
}

interface Samples {
  uniform53: string[];
  below10: number[];
  belowLarge: Rule & { n: number };
  exponentialNs: Rule & { mean: number };
  geometricBytes: Rule & { mean: number };
  gilbert: { loss: number; burst: number; packets: number; lost: number[] };
  shuffle16: number[];
  uniformJitterNs: Rule & { half: number };
  truncatedNormalNs: Rule & { sigma: number };
  paretoNs: Rule & { xm: number; a: number };
  ppnd16: { p: string[]; z: string[] };
}

/** From `rand_xoshiro/src/xoshiro128starstar.rs` of rust-random/rngs; the jump computed independently. */
const GENERATORS: Generators = {
  xoshiro128starstar: {
    state: [1, 2, 3, 4],
    u32: [
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597,
      4258142804,
    ],
    jump: { state: [2843103750, 2038079848, 1533207345, 44816753] },
  },
};

/** Computed independently from docs/spec/random-streams.md, as are the following. */
const STREAMS: StreamVector[] = [
  {
    seed: '1',
    node: 'gateway-111',
    purpose: 'backoff',
    state: ['fd02de71', 'bf161e5a', '05db5474', '18f87f15'],
    u32: ['71aaec45', 'be8a5b4b', 'e8e14e38', '25e61911'],
    uniform53: '3fdc6abb15f452da',
    exp1: '3fe2c8cefc38a60b',
  },
];

interface Elementary {
  log: { x: string; y: string }[];
  exp: { x: string; y: string }[];
}

const ELEMENTARY: Elementary = {
  log: [
    { x: '3fe0000000000000', y: 'bfe62e42fefa39ef' },
    { x: '0000000000000001', y: 'c0874385446d71c3' },
  ],
  exp: [{ x: '3ff0000000000000', y: '4005bf0a8b14576a' }],
};

const SAMPLES: Samples = {
  uniform53: ['3ec6800000000000', '3f569c2021c4ec00', '3fde4667630cb1d8'],
  below10: [0, 0, 0, 4, 3, 2, 8, 8],
  belowLarge: {
    n: 3000000000,
    values: [8046, 4139989, 49466639, 899126078, 2604746676, 2974278389],
  },
  exponentialNs: { mean: 1000000, values: [3, 1381, 640644, 356259, 2026841, 81923] },
  geometricBytes: { mean: 1000, values: [1, 2, 641, 357, 2026, 82] },
  gilbert: { loss: 0.02, burst: 5, packets: 400, lost: [0, 98] },
  shuffle16: [10, 12, 5, 1, 11, 2, 13, 9, 7, 8, 3, 4, 6, 14, 15, 0],
  uniformJitterNs: {
    half: 5000000,
    values: [-4999974, -4986201, -269529, -2002913, 3682489, -4213431],
  },
  truncatedNormalNs: {
    sigma: 1000000,
    values: [-2999397, -2779019, -67430, -523683, 1113507, -1406455],
  },
  paretoNs: { xm: 1000000, a: 3, values: [1, 460, 238063, 126092, 965238, 27684] },
  ppnd16: {
    p: ['3f50624dd2f1a9fc', '3f9999999999999a'],
    z: ['c008b8cbb7204470', 'bfff5c0331eeff83'],
  },
};

interface Digest {
  events: [number, number, number, number][];
  digest: string;
}

const DIGESTS: Digest[] = [
  { events: [], digest: 'f2b0b3d3c9096505' },
  {
    events: [
      [0, 0, 1, 0],
      [10084320, 10, 2, 1054],
      [9007199254740991, 4294967295, 255, 16777215],
      [4294967296, 1, 1, 1],
    ],
    digest: 'fc3a8faa3c863075',
  },
];

const view = new DataView(new ArrayBuffer(8));

function fromBits(hex: string): number {
  view.setBigUint64(0, BigInt(`0x${hex}`));
  return view.getFloat64(0);
}

function toBits(x: number): string {
  view.setFloat64(0, x);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}

/** A stream in state (1, 2, 3, 4), with which each row of sampling.json begins. */
function start(): RandomStream {
  return new RandomStream([1, 2, 3, 4]);
}

function times<T>(count: number, draw: () => T): T[] {
  return Array.from({ length: count }, draw);
}

describe.each(vectorSets('simulation/generators.json', GENERATORS))('generators, $set', (set) => {
  it('xoshiro128** 1.1 gives the published words and state after a jump', () => {
    const { state, u32, jump } = set.file.xoshiro128starstar;
    const generator = new Xoshiro128(state);
    expect(times(u32.length, () => generator.nextU32())).toEqual(u32);
    const jumper = new Xoshiro128(state);
    jumper.jump();
    expect(jumper.state()).toEqual(jump.state);
  });
});

describe.each(vectorSets('simulation/streams.json', STREAMS))('streams, $set', (set) => {
  it('derives every stream from seed, node and purpose', () => {
    expect(set.file.length).toBeGreaterThanOrEqual(set.isWhole ? 4 : 1);
    for (const vector of set.file) {
      const seed = Number(vector.seed);
      const open = (): RandomStream => openRandomStream(seed, vector.node, vector.purpose);
      expect(initialRandomState(seed, vector.node, vector.purpose).map(hex)).toEqual(vector.state);
      const words = open();
      expect(vector.u32.map(() => hex(words.u32()))).toEqual(vector.u32);
      expect(toBits(open().uniform())).toBe(vector.uniform53);
      expect(toBits(open().exponential(1))).toBe(vector.exp1);
    }
  });
});

describe.each(vectorSets('simulation/logexp.json', ELEMENTARY))('log and exp, $set', ({ file }) => {
  it('have the listed bits', () => {
    for (const { x, y } of file.log) expect(toBits(log(fromBits(x)))).toBe(y);
    for (const { x, y } of file.exp) expect(toBits(exp(fromBits(x)))).toBe(y);
  });
});

describe.each(vectorSets('simulation/sampling.json', SAMPLES))('samplers, $set', ({ file }) => {
  it('uniform and unbiased integers', () => {
    const { uniform53, below10, belowLarge } = file;
    const uniform = start();
    expect(uniform53.map(() => toBits(uniform.uniform()))).toEqual(uniform53);
    const small = start();
    expect(below10.map(() => small.below(10))).toEqual(below10);
    const large = start();
    expect(belowLarge.values.map(() => large.below(belowLarge.n))).toEqual(belowLarge.values);
  });

  it('exponential, geometric and Pareto', () => {
    const { exponentialNs, geometricBytes, paretoNs } = file;
    const a = start();
    const exponential = (): number =>
      sampling.roundToNanoseconds(a.exponential(exponentialNs.mean));
    expect(exponentialNs.values.map(exponential)).toEqual(exponentialNs.values);
    const b = start();
    const geometric = (): number => b.geometric(geometricBytes.mean);
    expect(geometricBytes.values.map(geometric)).toEqual(geometricBytes.values);
    const c = start();
    const pareto = (): number =>
      sampling.roundToNanoseconds(c.paretoExcess(paretoNs.xm, paretoNs.a));
    expect(paretoNs.values.map(pareto)).toEqual(paretoNs.values);
  });

  it('uniform and truncated normal jitter, and the normal quantile', () => {
    const { uniformJitterNs, truncatedNormalNs, ppnd16 } = file;
    const a = start();
    const jitter = (): number => a.uniformJitter(uniformJitterNs.half);
    expect(uniformJitterNs.values.map(jitter)).toEqual(uniformJitterNs.values);
    const b = start();
    const normal = (): number =>
      sampling.roundToNanoseconds(b.truncatedNormal(truncatedNormalNs.sigma));
    expect(truncatedNormalNs.values.map(normal)).toEqual(truncatedNormalNs.values);
    expect(ppnd16.p.map((p) => toBits(normalQuantile(fromBits(p))))).toEqual(ppnd16.z);
  });

  it('shuffle', () => {
    const { shuffle16 } = file;
    const items = Array.from({ length: 16 }, (_, i) => i);
    start().shuffle(items);
    expect(items).toEqual(shuffle16);
  });

  it('the decisions of a Gilbert channel are two words each', () => {
    const { loss, burst, packets, lost } = file.gilbert;
    const stream = start();
    const toBad = loss / (burst * (1 - loss));
    let isBad = stream.chance(loss);
    const found: number[] = [];
    for (let packet = 0; packet < packets; packet += 1) {
      if (isBad) found.push(packet);
      isBad = isBad ? !stream.chance(1 / burst) : stream.chance(toBad);
    }
    expect(found).toEqual(lost);
  });
});

describe.each(vectorSets('simulation/fingerprint.json', DIGESTS))('fingerprints, $set', (set) => {
  it('every list of events has the listed digest', () => {
    for (const { events, digest } of set.file) {
      const fingerprint = new Fingerprint(16);
      for (const event of events) fingerprint.event(...event);
      expect(fingerprint.digest()).toBe(digest);
    }
  });
});
