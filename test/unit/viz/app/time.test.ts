/** The time page without a browser: tracks, arrows, the way of a packet. @module */
import { describe, expect, it } from 'vitest';
import type { HopColumns, TraceInfo } from '../../../../viz/app/data/trace-answers.ts';
import {
  arrowsOf,
  packetAt,
  partsOf,
  sumsOf,
  wayOf,
} from '../../../../viz/app/pages/time/sequence.ts';
import {
  filled,
  foldedAtFirst,
  rolesOf,
  tracksOf,
  type WindowEvents,
} from '../../../../viz/app/pages/time/tracks.ts';

const NODES: TraceInfo['nodes'] = ['gateway-1', 'core-1', 'core-2', 'gateway-2'].map((name) => ({
  ...{ name, protocol: 'p', address: '' },
}));
const LINKS: TraceInfo['links'] = [0, 1, 2].map((from) => ({
  ...{ id: `l${from}`, name: `${NODES[from]?.name}->${NODES[from + 1]?.name}`, from, to: from + 1 },
}));
const INFO = { nodes: NODES, links: LINKS, classes: ['data', 'control'] };

interface Row {
  readonly depart: number;
  readonly took?: number;
  readonly queue?: number;
  readonly link: number;
  readonly packet: number;
  readonly flow?: number;
}

function hops(rows: readonly Row[]): HopColumns {
  return {
    ...{ rows: rows.length, total: rows.length },
    departNs: Float64Array.from(rows, ({ depart }) => depart),
    arriveNs: Float64Array.from(rows, ({ depart, took = Number.NaN }) => depart + took),
    queueNs: Float64Array.from(rows, ({ queue = 0 }) => queue),
    link: Uint32Array.from(rows, ({ link }) => link),
    packet: Uint32Array.from(rows, ({ packet }) => packet),
    flow: Uint16Array.from(rows, ({ flow = 1 }) => flow),
    class: new Uint8Array(rows.length),
    flags: new Uint8Array(rows.length),
    bytes: new Uint16Array(rows.length),
    fate: Uint8Array.from(rows, ({ took }) => (took === undefined ? 1 : 0)),
  };
}

const WAY = hops([
  { depart: 100, took: 50, queue: 10, link: 0, packet: 7 },
  { depart: 180, took: 40, queue: 20, link: 1, packet: 7 },
  { depart: 220, link: 2, packet: 7 },
]);

describe('the way of a packet', () => {
  it('meets nodes in their order', () => {
    expect(wayOf(WAY, LINKS)).toEqual([0, 1, 2, 3]);
  });

  it('is queue, link and node, without parts that took no time, and ends where it was lost', () => {
    const parts = partsOf(WAY, INFO);
    expect(parts.map(({ kind, fromNs, toNs }) => [kind, fromNs, toNs])).toEqual([
      ['queue', 90, 100],
      ['link', 100, 150],
      ['node', 150, 160],
      ['queue', 160, 180],
      ['link', 180, 220],
      ['link', 220, 220],
    ]);
    expect(parts.at(-1)?.isLost).toBe(true);
    expect(sumsOf(parts)).toEqual({ queue: 30, link: 90, node: 10 });
  });

  it('is that of the next packet of an application, else of the nearest other', () => {
    const seen = hops([
      { depart: 10, took: 1, link: 0, packet: 1 },
      { depart: 21, took: 1, link: 0, packet: 2, flow: 0 },
      { depart: 30, took: 1, link: 0, packet: 3 },
    ]);
    expect(packetAt(seen, 20)).toBe(3);
    expect(packetAt(seen, 31)).toBe(3);
    expect(packetAt(hops([{ depart: 5, link: 0, packet: 9, flow: 0 }]), 0)).toBe(9);
    expect(packetAt(hops([]), 0)).toBeUndefined();
  });
});

describe('the sequence chart', () => {
  it('has arrows between the chosen nodes only', () => {
    const { arrows, oneIn } = arrowsOf(WAY, INFO, { nodes: [1, 2, 3], selected: 7, most: 10 });
    expect(arrows.map(({ from, arriveNs }) => [from, arriveNs])).toEqual([
      [1, 220],
      [2, undefined],
    ]);
    expect(oneIn).toBe(1);
  });

  it('is thinned by packet and keeps the selected one', () => {
    const many = Array.from({ length: 600 }, (_, at): Row => {
      return { depart: at, took: 1, link: at % 3, packet: Math.floor(at / 3) };
    });
    const { arrows, oneIn } = arrowsOf(hops(many), INFO, {
      ...{ nodes: [0, 1, 2, 3], selected: 111, most: 60 },
    });
    expect(oneIn).toBe(10);
    const packets = new Set(arrows.map(({ packet }) => packet));
    expect(packets.has(111)).toBe(true);
    expect(arrows).toHaveLength(3 * packets.size);
    expect(arrows.length).toBeLessThan(120);
  });
});

describe('tracks', () => {
  const density = {
    ...{ startNs: 0, binNs: 10, bins: 2 },
    count: Float64Array.of(1, 0, 2, 3, 4, 5, 0, 0),
    drops: Float64Array.of(0, 0, 0, 1, 0, 0, 0, 2),
  };
  const events: WindowEvents = { density, hops: undefined, spans: [], marks: [] };
  const of = { info: INFO as unknown as TraceInfo, fromNs: 0, toNs: 20 };

  it('are nodes by their role, one for all where the role is folded', () => {
    expect(rolesOf(INFO)).toEqual(['gateway', 'core']);
    expect(tracksOf(INFO, new Set(['core'])).map(({ label }) => label)).toEqual([
      ...['gateway-1', 'gateway-2', 'core (2)'],
    ]);
  });

  it('begin folded only where there are many nodes', () => {
    expect(foldedAtFirst(INFO)).toEqual([]);
    const many = Array.from({ length: 30 }, (_, at) => ({
      ...{ name: at === 0 ? 'authority' : `client-${at}`, protocol: 'p', address: '' },
    }));
    expect(foldedAtFirst({ nodes: many })).toEqual(['client']);
  });

  it('take bars from the index, summed over the nodes of a folded role', () => {
    const [, , cores] = filled(tracksOf(INFO, new Set(['core'])), events, of);
    expect(cores?.bars).toEqual([
      { fromNs: 0, toNs: 10, count: 6, drops: 0 },
      { fromNs: 10, toNs: 20, count: 8, drops: 1 },
    ]);
    expect([cores?.count, cores?.drops]).toEqual([14, 1]);
  });

  it('count single packets where they arrive, and losses where they departed', () => {
    const tracks = filled(
      tracksOf(INFO, new Set()),
      { ...events, hops: WAY },
      {
        ...of,
        fromNs: 100,
        toNs: 300,
      },
    );
    expect(tracks.map(({ label, count, drops }) => [label, count, drops])).toEqual([
      ...[
        ['gateway-1', 0, 0],
        ['gateway-2', 0, 1],
      ],
      ...[
        ['core-1', 1, 0],
        ['core-2', 1, 0],
      ],
    ]);
  });
});
