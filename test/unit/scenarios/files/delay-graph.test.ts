import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { DelayGraph } from '../../../../scenarios/files/graph/delay-graph.ts';
import type { LinkSpec, Topology } from '../../../../topologies/model.ts';

type Graph = Pick<Topology, 'hosts' | 'links' | 'segments' | 'clouds'>;

const UNREACHED = Number.POSITIVE_INFINITY;

function graphOf(
  hosts: number,
  edges: readonly (readonly [number, number, number, number])[],
): Graph {
  const links = edges.map(([a, b, forward, backward]) => ({
    a: { host: `n${a}` },
    b: { host: `n${b}` },
    forward: { delayNs: forward },
    backward: { delayNs: backward },
  }));
  return {
    hosts: Array.from({ length: hosts }, (_, host) => ({ name: `n${host}` })),
    links: links as unknown as readonly LinkSpec[],
    segments: [],
    clouds: [],
  } as unknown as Graph;
}

/** All pairs by Floyd and Warshall, another algorithm than the one of the graph. */
function oracle(
  hosts: number,
  edges: readonly (readonly [number, number, number, number])[],
): number[][] {
  const least = Array.from({ length: hosts }, (_, a) =>
    Array.from({ length: hosts }, (_, b) => (a === b ? 0 : UNREACHED)),
  );
  for (const [a, b, forward, backward] of edges) {
    least[a]![b] = Math.min(least[a]![b]!, forward);
    least[b]![a] = Math.min(least[b]![a]!, backward);
  }
  for (let by = 0; by < hosts; by += 1) {
    for (const row of least) {
      for (let to = 0; to < hosts; to += 1)
        row[to] = Math.min(row[to]!, row[by]! + least[by]![to]!);
    }
  }
  return least;
}

describe('the graph of delays', () => {
  it.each([1, 2, 3, 4, 5, 6])('has the least delay of every pair, seed %i', (seed) => {
    const draws = openRandomStream(seed, 'test', 'delays');
    const hosts = 12;
    const edges = Array.from({ length: 6 + 4 * seed }, () => {
      const a = draws.below(hosts);
      const b = draws.below(hosts);
      return [a, b, draws.below(9), draws.below(9)] as const;
    }).filter(([a, b]) => a !== b);
    const graph = new DelayGraph(graphOf(hosts, edges));
    const expected = oracle(hosts, edges);
    for (let from = 0; from < hosts; from += 1) {
      const least = graph.from(`n${from}`);
      const found = expected.map((_, to) => least(`n${to}`) ?? UNREACHED);
      expect(found, `from n${from}`).toEqual(expected[from]);
    }
    const longest = Math.max(...expected.flat());
    expect(graph.longestThroughOneNs()).toBeGreaterThanOrEqual(longest);
  });

  it('bounds a star by its own diameter, and a network in two parts by nothing', () => {
    const star = graphOf(4, [
      [0, 1, 3, 5],
      [0, 2, 1, 1],
      [0, 3, 2, 7],
    ]);
    // Longest way in 7, from n3; longest way out 3, to n1.
    expect(new DelayGraph(star).longestThroughOneNs()).toBe(10);
    expect(new DelayGraph(graphOf(3, [[0, 1, 1, 1]])).longestThroughOneNs()).toBe(UNREACHED);
  });

  it('knows no way to a host that does not exist', () => {
    const graph = new DelayGraph(graphOf(2, [[0, 1, 4, 6]]));
    expect([graph.from('n1')('n0'), graph.from('n0')('n9'), graph.from('n9')('n0')]).toEqual([
      6,
      undefined,
      undefined,
    ]);
  });
});
