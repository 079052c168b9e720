/**
 * Paths through stratified layers, cascades and free routes, and which mix may follow which.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import {
  type DirectoryDocument,
  DirectoryIndex,
  drawMixes,
} from '../../../../../nodes/mixnet/directory/index.ts';
import { bytesOf, randomFrom, sampleDocument } from './network.ts';

const TOPOLOGIES = ['stratified', 'cascade', 'free-route'] as const;

/** The same network with one weight for all mixes. */
function weighed(document: DirectoryDocument, loadWeight: number): DirectoryDocument {
  const layers = document.layers.map((layer) => layer.map((mix) => ({ ...mix, loadWeight })));
  return { ...document, layers };
}

/** How often each path occurred in `draws`, by the names of its mixes. */
function counts(topology: (typeof TOPOLOGIES)[number], draws: number): Map<string, number> {
  const document = weighed(sampleDocument(topology, 6), 1);
  const random = randomFrom(5);
  const seen = new Map<string, number>();
  for (let draw = 0; draw < draws; draw++) {
    const path = drawMixes(document, random)
      .map(({ name }) => name)
      .join(' ');
    seen.set(path, (seen.get(path) ?? 0) + 1);
  }
  return seen;
}

describe('paths', () => {
  it.each([
    ['stratified', 2 * 2 * 2],
    ['cascade', 2],
    ['free-route', 6 * 5 * 4],
  ] as const)('R-185: draws every %s path equally often', (topology, paths) => {
    const each = 300;
    const seen = counts(topology, each * paths);
    expect(seen.size).toBe(paths);
    const chiSquare = [...seen.values()].reduce(
      (sum, count) => sum + (count - each) ** 2 / each,
      0,
    );
    // The mean is paths - 1 and the variance twice that; the limit is five standard deviations.
    expect(chiSquare).toBeLessThan(paths - 1 + 5 * Math.sqrt(2 * (paths - 1)));
  });

  it('drew every mix alike whatever its weight: now each as often as its weight says', () => {
    const plain = sampleDocument('stratified', 9);
    const weights = [1, 2, 5];
    const layers = plain.layers.map((layer) =>
      layer.map((mix, index) => ({ ...mix, loadWeight: weights[index] ?? 1 })),
    );
    const random = randomFrom(3);
    const draws = 8_000;
    const seen = layers.map((layer) => new Map(layer.map(({ name }) => [name, 0])));
    for (let draw = 0; draw < draws; draw++) {
      for (const [at, { name }] of drawMixes({ ...plain, layers }, random).entries()) {
        seen[at]!.set(name, seen[at]!.get(name)! + 1);
      }
    }
    for (const counted of seen) {
      for (const [index, count] of [...counted.values()].entries()) {
        const share = weights[index]! / 8;
        const sigma = Math.sqrt(draws * share * (1 - share));
        expect(Math.abs(count - draws * share)).toBeLessThan(4.5 * sigma);
      }
    }
  });

  it('draws chains by the weights of their first mixes, and the mixes of a free route one by one', () => {
    const draws = 8_000;
    const weights = [1, 2, 5];
    /** How often each mix of the first layer was the first of a path. */
    const firstOf = (topology: 'cascade' | 'free-route', heavy: readonly number[][]): number[] => {
      const plain = sampleDocument(topology, topology === 'cascade' ? 9 : 3);
      const layers = plain.layers.map((layer, at) =>
        layer.map((mix, index) => ({ ...mix, loadWeight: heavy[at]?.[index] ?? 1 })),
      );
      const names = layers[0]!.map(({ name }) => name);
      const seen = names.map(() => 0);
      const random = randomFrom(8);
      for (let draw = 0; draw < draws; draw++) {
        const [first] = drawMixes({ ...plain, layers }, random);
        seen[names.indexOf(first!.name)]! += 1;
      }
      return seen;
    };
    const seen = [
      // The later mixes of a cascade do not affect this choice.
      firstOf('cascade', [weights, [5, 1, 1], [5, 1, 1]]),
      firstOf('free-route', [weights]),
    ];
    for (const counted of seen) {
      for (const [index, count] of counted.entries()) {
        const share = weights[index]! / 8;
        const sigma = Math.sqrt(draws * share * (1 - share));
        expect(Math.abs(count - draws * share)).toBeLessThan(4.5 * sigma);
      }
    }
  });

  it('draws no other way where all weights are equal, whatever they are', () => {
    const names = (weight: number): string[] =>
      drawMixes(weighed(sampleDocument('free-route', 9), weight), randomFrom(4)).map(
        ({ name }) => name,
      );
    expect(names(7)).toEqual(names(1));
  });

  it.each(TOPOLOGIES)('draws only paths whose steps are allowed: %s', (topology) => {
    const document = sampleDocument(topology, 11);
    const index = new DirectoryIndex(document);
    const random = randomFrom(9);
    const [start, end] = document.providers;
    for (let draw = 0; draw < 200; draw++) {
      const path = [start!, ...drawMixes(document, random), end!];
      expect(path).toHaveLength(5);
      for (const [at, node] of path.slice(1).entries()) {
        expect(index.mayFollow(path[at]!.nodeId, node.nodeId)).toBe(true);
      }
    }
  });

  it('allows no step back, across chains, past a layer, to itself or to a stranger', () => {
    const [provider] = sampleDocument().providers;
    const stratified = new DirectoryIndex(sampleDocument());
    const [first, second, third] = sampleDocument().layers;
    const step = (from: Uint8Array, to: Uint8Array): boolean => stratified.mayFollow(from, to);
    expect(step(second![0]!.nodeId, first![0]!.nodeId)).toBe(false);
    expect(step(first![0]!.nodeId, first![1]!.nodeId)).toBe(false);
    expect(step(first![0]!.nodeId, third![0]!.nodeId)).toBe(false);
    expect(step(first![0]!.nodeId, provider!.nodeId)).toBe(false);
    expect(step(provider!.nodeId, second![0]!.nodeId)).toBe(false);
    expect(step(provider!.nodeId, provider!.nodeId)).toBe(false);
    expect(step(first![0]!.nodeId, bytesOf('stranger', 0))).toBe(false);
    expect(step(bytesOf('stranger', 0), first![0]!.nodeId)).toBe(false);

    const { layers, spares } = sampleDocument('cascade', 11);
    const cascade = new DirectoryIndex(sampleDocument('cascade', 11));
    expect(cascade.mayFollow(layers[0]![0]!.nodeId, layers[1]![0]!.nodeId)).toBe(true);
    expect(cascade.mayFollow(layers[0]![0]!.nodeId, layers[1]![1]!.nodeId)).toBe(false);
    expect(spares).toHaveLength(2);
    expect(cascade.mayFollow(provider!.nodeId, spares[0]!.nodeId)).toBe(false);
    expect(cascade.mayFollow(spares[0]!.nodeId, provider!.nodeId)).toBe(false);

    const free = sampleDocument('free-route').layers[0]!;
    const routes = new DirectoryIndex(sampleDocument('free-route'));
    expect(routes.mayFollow(free[0]!.nodeId, free[0]!.nodeId)).toBe(false);
    expect(routes.mayFollow(free[0]!.nodeId, provider!.nodeId)).toBe(true);
  });

  it('finds nodes by identifier, also when identifiers begin alike', () => {
    const document = sampleDocument();
    const twin = document.providers[0]!.nodeId.slice();
    twin[31]! ^= 1;
    const index = new DirectoryIndex(document);
    expect(index.find(document.providers[0]!.nodeId)).toBe(document.providers[0]);
    expect(index.find(twin)).toBeUndefined();
    expect(index.find(new Uint8Array())).toBeUndefined();
    expect(document.layers.map((layer) => index.layerOf(layer[0]!.nodeId))).toEqual([0, 1, 2]);
    expect(index.layerOf(document.providers[0]!.nodeId)).toBe(-1);
  });
});
