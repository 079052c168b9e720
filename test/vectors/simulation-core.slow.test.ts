/**
 * Random generators, streams, log and exp, samplers, the fingerprint and the hold model, compared
 * with the vectors in simulation/. @module
 */
import { describe, expect, it } from 'vitest';
import { hold } from '../../bench/workloads/hold-model.ts';
import { drawRandomNetwork, factsOf } from '../../bench/workloads/random-network-model.ts';
import { Fingerprint } from '../../engine/core/fingerprint.ts';
import { Xoshiro128, type XoshiroState } from '../../engine/core/random.ts';
import * as sampling from '../../engine/core/sampling.ts';
import { openStream, RandomStream, streamState } from '../../engine/core/stream.ts';
import { exp, log } from '../../engine/pure/log-exp.ts';
import { normalQuantile } from '../../engine/pure/normal-quantile.ts';
import { hasVectors, vectors } from '../vectors-root.ts';

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

interface Workloads {
  hold: { holds: number; cases: { pending: number; clockNs: number; fnv1a: string }[] };
  random1000: Record<string, unknown> & {
    firstEdges: number[][];
    lastEdge: number[];
    firstFlows: number[][];
    lastFlow: number[];
    flowsByHops: Record<string, number>;
    rejected: number;
    maxDegree: number;
    directionsUsed: number;
    maxFlowsPerDirection: number;
    packetHops: number;
  };
}

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

describe.skipIf(!hasVectors)('vectors/simulation: generators.json', () => {
  it('xoshiro128** 1.1 gives the published words and state after a jump', () => {
    const { state, u32, jump } = vectors<Generators>(
      'simulation/generators.json',
    ).xoshiro128starstar;
    const generator = new Xoshiro128(state);
    expect(times(u32.length, () => generator.nextU32())).toEqual(u32);
    const jumper = new Xoshiro128(state);
    jumper.jump();
    expect(jumper.state()).toEqual(jump.state);
  });
});

describe.skipIf(!hasVectors)('vectors/simulation: streams.json', () => {
  it('derives every stream from seed, node and purpose', () => {
    const list = vectors<StreamVector[]>('simulation/streams.json');
    expect(list.length).toBeGreaterThanOrEqual(4);
    for (const vector of list) {
      const seed = Number(vector.seed);
      const open = (): RandomStream => openStream(seed, vector.node, vector.purpose);
      expect(streamState(seed, vector.node, vector.purpose).map(hex)).toEqual(vector.state);
      const words = open();
      expect(vector.u32.map(() => hex(words.u32()))).toEqual(vector.u32);
      expect(toBits(open().uniform())).toBe(vector.uniform53);
      expect(toBits(open().exponential(1))).toBe(vector.exp1);
    }
  });
});

describe.skipIf(!hasVectors)('vectors/simulation: logexp.json', () => {
  it('log and exp have the listed bits', () => {
    const list =
      vectors<Record<'log' | 'exp', { x: string; y: string }[]>>('simulation/logexp.json');
    for (const { x, y } of list.log) expect(toBits(log(fromBits(x)))).toBe(y);
    for (const { x, y } of list.exp) expect(toBits(exp(fromBits(x)))).toBe(y);
  });
});

describe.skipIf(!hasVectors)('vectors/simulation: sampling.json', () => {
  const samples = hasVectors ? vectors<Samples>('simulation/sampling.json') : undefined;
  const get = (): Samples => samples!;

  it('uniform and unbiased integers', () => {
    const { uniform53, below10, belowLarge } = get();
    const uniform = start();
    expect(uniform53.map(() => toBits(uniform.uniform()))).toEqual(uniform53);
    const small = start();
    expect(below10.map(() => small.below(10))).toEqual(below10);
    const large = start();
    expect(belowLarge.values.map(() => large.below(belowLarge.n))).toEqual(belowLarge.values);
  });

  it('exponential, geometric and Pareto', () => {
    const { exponentialNs, geometricBytes, paretoNs } = get();
    const a = start();
    const exponential = (): number => sampling.toNanoseconds(a.exponential(exponentialNs.mean));
    expect(exponentialNs.values.map(exponential)).toEqual(exponentialNs.values);
    const b = start();
    const geometric = (): number => b.geometric(geometricBytes.mean);
    expect(geometricBytes.values.map(geometric)).toEqual(geometricBytes.values);
    const c = start();
    const pareto = (): number => sampling.toNanoseconds(c.paretoExcess(paretoNs.xm, paretoNs.a));
    expect(paretoNs.values.map(pareto)).toEqual(paretoNs.values);
  });

  it('uniform and truncated normal jitter, and the normal quantile', () => {
    const { uniformJitterNs, truncatedNormalNs, ppnd16 } = get();
    const a = start();
    const jitter = (): number => a.uniformJitter(uniformJitterNs.half);
    expect(uniformJitterNs.values.map(jitter)).toEqual(uniformJitterNs.values);
    const b = start();
    const normal = (): number => sampling.toNanoseconds(b.truncatedNormal(truncatedNormalNs.sigma));
    expect(truncatedNormalNs.values.map(normal)).toEqual(truncatedNormalNs.values);
    expect(ppnd16.p.map((p) => toBits(normalQuantile(fromBits(p))))).toEqual(ppnd16.z);
  });

  it('shuffle', () => {
    const { shuffle16 } = get();
    const items = Array.from({ length: 16 }, (_, i) => i);
    start().shuffle(items);
    expect(items).toEqual(shuffle16);
  });

  it('the decisions of a Gilbert channel are two words each', () => {
    const { loss, burst, packets, lost } = get().gilbert;
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

describe.skipIf(!hasVectors)('vectors/simulation: fingerprint.json', () => {
  it('every list of events has the listed digest', () => {
    type Vector = { events: [number, number, number, number][]; digest: string };
    for (const { events, digest } of vectors<Vector[]>('simulation/fingerprint.json')) {
      const fingerprint = new Fingerprint(16);
      for (const event of events) fingerprint.event(...event);
      expect(fingerprint.digest()).toBe(digest);
    }
  });
});

describe.skipIf(!hasVectors)('vectors/simulation: workloads.json', () => {
  const { hold: model, random1000 } = hasVectors
    ? vectors<Workloads>('simulation/workloads.json')
    : ({ hold: { cases: [] } } as unknown as Workloads);

  it.each(model.cases)(
    'hold with $pending pending has the listed clock and hash after 2,000,000 holds',
    ({ pending, clockNs, fnv1a }) => {
      expect(hold(pending, model.holds)).toMatchObject({ clockNs, fnv1a });
    },
  );

  it('the random network of 1,000 nodes has the listed edges, flows and routes', () => {
    const network = drawRandomNetwork();
    const edge = (i: number): number[] => {
      const { a, b, delayNs } = network.edges[i]!;
      return [a, b, delayNs];
    };
    const flow = (i: number): number[] => {
      const { source, target, startNs } = network.flows[i]!;
      return [source, target, startNs];
    };
    expect([edge(0), edge(1), edge(2)]).toEqual(random1000.firstEdges);
    expect(edge(2_999)).toEqual(random1000.lastEdge);
    expect([flow(0), flow(1), flow(2)]).toEqual(random1000.firstFlows);
    expect(flow(999)).toEqual(random1000.lastFlow);
    expect(factsOf(network)).toEqual({
      rejected: random1000.rejected,
      maxDegree: random1000.maxDegree,
      flowsByHops: random1000.flowsByHops,
      directionsUsed: random1000.directionsUsed,
      maxFlowsPerDirection: random1000.maxFlowsPerDirection,
      packetHops: random1000.packetHops,
    });
  });

  it('a million idle timers change neither clock nor hash', () => {
    const { pending, clockNs, fnv1a } = model.cases[0]!;
    expect(hold(pending, model.holds, 1_000_000)).toMatchObject({ clockNs, fnv1a });
  });
});
