/**
 * The workloads of benchmarks, compared with simulation/workloads.json.
 *
 * @module
 */
import { describe, expect } from 'vitest';
import { hold } from '../../bench/workloads/hold-model.ts';
import { drawRandomNetwork, factsOf } from '../../bench/workloads/random-network-model.ts';
import { itWhole, vectors } from '../vectors-root.ts';

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

describe('workloads of benchmarks', () => {
  const workloads = (): Workloads => vectors<Workloads>('simulation/workloads.json');

  itWhole('hold has the listed clock and hash after 2,000,000 holds', () => {
    const model = workloads().hold;
    for (const { pending, clockNs, fnv1a } of model.cases) {
      expect(hold(pending, model.holds)).toMatchObject({ clockNs, fnv1a });
    }
  });

  itWhole('the random network of 1,000 nodes has the listed edges, flows and routes', () => {
    const { random1000 } = workloads();
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

  itWhole('a million idle timers change neither clock nor hash', () => {
    const model = workloads().hold;
    const { pending, clockNs, fnv1a } = model.cases[0]!;
    expect(hold(pending, model.holds, 1_000_000)).toMatchObject({ clockNs, fnv1a });
  });
});
