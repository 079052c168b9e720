/**
 * Clouds on the network page: from the trace of a run to regions with their hosts.
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runSeed } from '../../../../runner/run/run-seed.ts';
import type { TraceInfo } from '../../../../viz/app/data/trace-answers.ts';
import { Arrangement } from '../../../../viz/app/pages/network/arrangement.ts';
import { listEdges, minNodeLinkDistance } from '../../../../viz/app/pages/network/clearance.ts';
import { NODE_RADIUS_PX } from '../../../../viz/app/pages/network/node-labels.ts';
import {
  computeHull,
  findRegions,
  REGION_NODE_PROTOCOL,
  withRegionNodes,
} from '../../../../viz/app/pages/network/regions.ts';
import { findCaptureEnds } from '../../../../viz/app/pages/network/trail.ts';
import { memorySource } from '../../../../viz/format/source.ts';
import { openTrace } from '../../../../viz/format/trace-file.ts';
import { load, registry } from '../../runner/fixture.ts';
import { good, inflateNode } from '../format/trace-lab.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-regions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a page knows of the network of cloud.yaml. */
async function traced(): Promise<TraceInfo> {
  const path = join(folder, 'trace.orr');
  const scenario = { ...load('cloud.yaml'), durationNs: 1_200_000_000, warmupNs: 0, events: [] };
  runSeed({ scenario, registry, seed: 1, recordings: { trace: { path, extent: 'full' } } });
  const { header } = good(await openTrace(memorySource(readFileSync(path)), inflateNode));
  return header as unknown as TraceInfo;
}

/** A cloud of one or more regions with as many hosts each. */
function cloud(regions: number, hosts: number): TraceInfo {
  const names = Array.from({ length: regions }, (_, region) => `c/r${region}`);
  const links = names.flatMap((region, at) => [
    ...Array.from({ length: hosts }, (_, host) => at * hosts + host).flatMap((host) => [
      { id: `c/${host}`, name: `${host}->`, from: host, to: -1, toRegion: region },
      { id: `c/${host}`, name: `->${host}`, from: -1, to: host, fromRegion: region },
    ]),
    ...names.map((to) => ({
      ...{ id: `${region}--${to}`, name: '', from: -1, to: -1, fromRegion: region, toRegion: to },
    })),
  ]);
  const nodes = Array.from({ length: regions * hosts }, (_, host) => ({
    ...{ name: `host-${host}`, protocol: 'p', address: '' },
  }));
  return { nodes, links, flows: ['none'] } as unknown as TraceInfo;
}

describe('a cloud', () => {
  it('was not drawn: its directions named no nodes and no regions', async () => {
    const info = await traced();
    const drawn = withRegionNodes(info);
    const nameOf = (node: number): string => drawn.nodes[node]?.name ?? '';
    expect(
      findRegions(drawn).map(({ node, hosts, within }) => [
        nameOf(node),
        hosts.map(nameOf),
        within,
      ]),
    ).toEqual([
      ['internet/eu', ['eu-1', 'eu-2'], 'internet/eu--eu'],
      ['internet/us', ['us-1', 'us-2'], 'internet/us--us'],
      ['internet/asia', ['asia-1', 'asia-2'], 'internet/asia--asia'],
    ]);
    expect(drawn.links.every(({ from, to }) => from >= 0 && to >= 0)).toBe(true);
    expect(drawn.nodes.filter(({ protocol }) => protocol === REGION_NODE_PROTOCOL)).toHaveLength(3);
    const capture = { timeNs: 0, packet: 1, trail: 0, node: 0, bytes: new Uint8Array(), heldNs: 0 };
    const ways = ['eu-1->', 'eu->us', '->us-1'].map((name) => {
      const link = info.links.findIndex((one) => one.name === name);
      const { from, to } = findCaptureEnds({ ...capture, link }, info);
      return `${from} to ${to}`;
    });
    expect(ways).toEqual([
      'eu-1 to internet/eu',
      'internet/eu to internet/us',
      'internet/us to us-1',
    ]);
  });

  it.each([
    [1, 6],
    [2, 12],
    [3, 4],
    [6, 5],
    [8, 3],
  ])('of %i regions with %i hosts keeps nodes off foreign links', (regions, hosts) => {
    const arrangement = Arrangement.of(withRegionNodes(cloud(regions, hosts)));
    const { network, layouts } = arrangement;
    expect(layouts).toEqual(['regions']);
    expect(network.dots).toHaveLength(regions * (hosts + 1));
    const places = arrangement.places('regions');
    expect(places.every(({ x, y }) => x >= 0 && x <= 1 && y >= 0 && y <= 1)).toBe(true);
    expect(minNodeLinkDistance(places, listEdges(network.topology.links))).toBeGreaterThan(
      NODE_RADIUS_PX,
    );
  });

  it('draws the hosts of a region as one where there are too many', () => {
    const { network } = Arrangement.of(withRegionNodes(cloud(3, 300)));
    expect(network.dots.map(({ label }) => label)).toEqual([
      ...['300 × host', '300 × host', '300 × host'],
      ...['c/r0', 'c/r1', 'c/r2'],
    ]);
  });
});

describe('a hull', () => {
  it('has the outer points of a region as its corners', () => {
    const square = [0, 1].flatMap((x) => [0, 1].map((y) => ({ x, y })));
    expect(computeHull([...square, { x: 0.5, y: 0.4 }])).toHaveLength(4);
    expect(computeHull([{ x: 1, y: 1 }])).toEqual([{ x: 1, y: 1 }]);
    const line = [0, 1, 2].map((x) => ({ x, y: x }));
    expect(computeHull(line)).toHaveLength(2);
  });
});
