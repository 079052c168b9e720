/** The time page without a browser: tracks, arrows, the route of a packet. @module */
import { describe, expect, it } from 'vitest';
import { RateDelayHistory } from '../../../../viz/app/data/paces.ts';
import type { HopColumns, TraceInfo } from '../../../../viz/app/data/trace-answers.ts';
import {
  computeArrows,
  delaySumsByPart,
  nodesOnRoute,
  packetNumberAt,
  type WaterfallPart,
  waterfallParts,
} from '../../../../viz/app/pages/time/sequence.ts';
import {
  filledTracks,
  initiallyFoldedRoles,
  listRoles,
  listTracks,
  type WindowEvents,
} from '../../../../viz/app/pages/time/tracks.ts';
import { waterfallChartContent } from '../../../../viz/app/pages/time/words.ts';

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
    bytes: new Uint16Array(rows.length).fill(10),
    fate: Uint8Array.from(rows, ({ took }) => (took === undefined ? 1 : 0)),
  };
}

const WAY = hops([
  { depart: 100, took: 50, queue: 10, link: 0, packet: 7 },
  { depart: 180, took: 40, queue: 20, link: 1, packet: 7 },
  { depart: 220, link: 2, packet: 7 },
]);

const NO_PACES = new RateDelayHistory(LINKS, []);

const times = (parts: readonly WaterfallPart[]): unknown =>
  parts.map(({ kind, fromNs, toNs }) => [kind, fromNs, toNs]);
const took = (parts: readonly WaterfallPart[]): unknown =>
  Object.fromEntries([...delaySumsByPart(parts)].filter(([, ns]) => ns > 0));

describe('the way of a packet', () => {
  it('meets nodes in their order', () => {
    expect(nodesOnRoute(WAY, LINKS)).toEqual([0, 1, 2, 3]);
  });

  it('is queue, link and processing, without parts that took no time, and ends where it was lost', () => {
    const parts = waterfallParts(WAY, INFO, NO_PACES);
    expect(times(parts)).toEqual([
      ['queue', 90, 100],
      ['link', 100, 150],
      ['processing', 150, 160],
      ['queue', 160, 180],
      ['link', 180, 220],
      ['link', 220, 220],
    ]);
    expect(parts.at(-1)?.isLost).toBe(true);
    expect(took(parts)).toEqual({ queue: 30, link: 90, processing: 10 });
    expect(waterfallChartContent(7, parts.slice(0, -1), undefined)).toMatchObject({
      title: 'Packet 7 took 130 ns: 90 ns on links, 30 ns queue, 10 ns processing',
      caption: expect.stringContaining('serialisation and propagation together'),
    });
  });

  it('has serialisation apart from propagation where the trace holds rates, also after a change', () => {
    // 10 bytes at 1 ns per byte; the second link is twice as fast from 170 ns on, and its packet
    // arrived 5 ns late.
    const [first, second, third] = LINKS.map((link) => ({ ...link, rateBps: 8e9, delayNs: 40 }));
    const book = new RateDelayHistory(
      [first!, second!, third!],
      [{ timeNs: 170, link: 1, rateBps: 16e9, delayNs: 30 }],
    );
    const parts = waterfallParts(WAY, INFO, book);
    expect(times(parts)).toEqual([
      ['queue', 90, 100],
      ['serialisation', 100, 110],
      ['propagation', 110, 150],
      ['processing', 150, 160],
      ['queue', 160, 180],
      ['serialisation', 180, 185],
      ['propagation', 185, 215],
      ['jitter', 215, 220],
      ['link', 220, 220],
    ]);
    expect(parts.at(-1)?.isLost).toBe(true);
    const { title, caption, table } = waterfallChartContent(7, parts.slice(0, -1), undefined);
    expect(title).toBe(
      'Packet 7 took 130 ns: 70 ns propagation, 15 ns serialisation, 5 ns jitter, 30 ns queue, 10 ns processing',
    );
    expect(caption).toContain(
      'Serialisation and propagation follow from the rate and delay of a link',
    );
    const { rows } = typeof table === 'function' ? table() : table;
    expect(rows[1]).toEqual([7, 'serialisation', 'gateway-1 → core-1', 100, 110, 10]);
  });

  it('tiles a link from departure to arrival whatever jitter did, and carries a nanosecond', () => {
    const split = (tookNs: number, rateBps: number | null): unknown =>
      times(
        waterfallParts(
          hops([{ depart: 0, took: tookNs, link: 0, packet: 1 }]),
          INFO,
          new RateDelayHistory([{ ...LINKS[0]!, rateBps, delayNs: 40 }], []),
        ),
      );
    expect(split(51, 8e9)).toEqual([
      ['serialisation', 0, 11],
      ['propagation', 11, 51],
    ]);
    expect(split(44, 8e9)).toEqual([
      ['serialisation', 0, 10],
      ['propagation', 10, 44],
    ]);
    expect(split(9, 8e9)).toEqual([['link', 0, 9]]);
    expect(split(40, null)).toEqual([['propagation', 0, 40]]);
  });

  it('is that of the next packet of an application, else of the nearest other', () => {
    const seen = hops([
      { depart: 10, took: 1, link: 0, packet: 1 },
      { depart: 21, took: 1, link: 0, packet: 2, flow: 0 },
      { depart: 30, took: 1, link: 0, packet: 3 },
    ]);
    expect(packetNumberAt(seen, 20)).toBe(3);
    expect(packetNumberAt(seen, 31)).toBe(3);
    expect(packetNumberAt(hops([{ depart: 5, link: 0, packet: 9, flow: 0 }]), 0)).toBe(9);
    expect(packetNumberAt(hops([]), 0)).toBeUndefined();
  });
});

describe('the sequence chart', () => {
  it('has arrows between the chosen nodes only', () => {
    const { arrows, oneIn } = computeArrows(WAY, INFO, { nodes: [1, 2, 3], selected: 7, most: 10 });
    expect(arrows.map(({ from, arriveNs }) => [from, arriveNs])).toEqual([
      [1, 220],
      [2, undefined],
    ]);
    expect(oneIn).toBe(1);
  });

  it('draws the way through a cloud, whose inner points are no nodes, as one arrow', () => {
    const links = [
      { id: 'in', name: 'a->', from: 0, to: -1 },
      { id: 'cloud', name: 'eu->us', from: -1, to: -1 },
      { id: 'out', name: '->b', from: -1, to: 1 },
    ];
    const way = hops([
      { depart: 0, took: 1, link: 0, packet: 7 },
      { depart: 1, took: 40, link: 1, packet: 7 },
      { depart: 41, took: 2, link: 2, packet: 7 },
    ]);
    const of = { nodes: [0, 1], selected: 7, most: 10 };
    expect(computeArrows(way, { ...INFO, links }, of).arrows).toMatchObject([
      { from: 0, to: 1, departNs: 0, arriveNs: 43 },
    ]);
  });

  it('is thinned by packet and keeps the selected one', () => {
    const many = Array.from({ length: 600 }, (_, at): Row => {
      return { depart: at, took: 1, link: at % 3, packet: Math.floor(at / 3) };
    });
    const { arrows, oneIn } = computeArrows(hops(many), INFO, {
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
    expect(listRoles(INFO)).toEqual(['gateway', 'core']);
    expect(listTracks(INFO, new Set(['core'])).map(({ label }) => label)).toEqual([
      ...['gateway-1', 'gateway-2', 'core (2)'],
    ]);
  });

  it('begin folded only where there are many nodes', () => {
    expect(initiallyFoldedRoles(INFO)).toEqual([]);
    const many = Array.from({ length: 30 }, (_, at) => ({
      ...{ name: at === 0 ? 'authority' : `client-${at}`, protocol: 'p', address: '' },
    }));
    expect(initiallyFoldedRoles({ nodes: many })).toEqual(['client']);
  });

  it('take bars from the index, summed over the nodes of a folded role', () => {
    const [, , cores] = filledTracks(listTracks(INFO, new Set(['core'])), events, of);
    expect(cores?.bars).toEqual([
      { fromNs: 0, toNs: 10, count: 6, drops: 0 },
      { fromNs: 10, toNs: 20, count: 8, drops: 1 },
    ]);
    expect([cores?.count, cores?.drops]).toEqual([14, 1]);
  });

  it('count single packets where they arrive, and losses where they departed', () => {
    const tracks = filledTracks(
      listTracks(INFO, new Set()),
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
