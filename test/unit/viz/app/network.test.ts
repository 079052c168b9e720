/** The network page without a browser: positions, faults, and which packets are visible. @module */
import { describe, expect, it } from 'vitest';
import { PACKET_CLASSES } from '../../../../engine/measure/trace/layout.ts';
import type { FaultRow, HopColumns, TraceInfo } from '../../../../viz/app/data/trace-answers.ts';
import { disruptionsAt } from '../../../../viz/app/data/truth.ts';
import {
  detourStyleAt,
  findDetour,
  firstPathSwitch,
} from '../../../../viz/app/pages/network/detour.ts';
import {
  computeNodePositions,
  listLayouts,
  type Topology,
} from '../../../../viz/app/pages/network/layout.ts';
import { recordedStatusTexts, statusLines } from '../../../../viz/app/pages/network/live-status.ts';
import { computeGeoMap } from '../../../../viz/app/pages/network/map.ts';
import { HOLLOW_PACKET_CLASSES, packetMarkPath } from '../../../../viz/app/pages/network/marks.ts';
import type { NodePosition } from '../../../../viz/app/pages/network/node-position.ts';
import {
  bytesByLink,
  packetsAt,
  visibleLossesAt,
} from '../../../../viz/app/pages/network/packets.ts';
import {
  faultEffectsText,
  networkChartContent,
} from '../../../../viz/app/pages/network/sentence.ts';
import { latestFaultAt } from '../../../../viz/app/pages/network/world.ts';

function topology(
  names: readonly string[],
  edges: readonly string[],
  flows: readonly string[],
): Topology {
  const numberOf = (name: string): number => names.indexOf(name);
  return {
    nodes: names.map((name) => ({ name, protocol: 'p', address: '' })),
    links: edges.map((edge) => {
      const [a = '', b = ''] = edge.split(' ');
      return { id: `${a}--${b}`, name: `${a}->${b}`, from: numberOf(a), to: numberOf(b) };
    }),
    flows: ['none', ...flows],
  };
}

const DIAMOND = topology(
  ['a', 'up', 'down', 'z'],
  ['a up', 'a down', 'up z', 'down z'],
  ['a -> z'],
);

/** Packets with the given departures and arrivals. */
const columns = (rows: readonly (readonly [number, number])[]): HopColumns => ({
  rows: rows.length,
  total: rows.length,
  departNs: Float64Array.from(rows, ([depart]) => depart),
  arriveNs: Float64Array.from(rows, ([, arrive]) => arrive),
  queueNs: new Float64Array(rows.length),
  link: new Uint32Array(rows.length),
  packet: Uint32Array.from(rows, (_, i) => i),
  flow: new Uint16Array(rows.length),
  class: new Uint8Array(rows.length),
  flags: new Uint8Array(rows.length),
  bytes: new Uint16Array(rows.length).fill(100),
  fate: new Uint8Array(rows.length),
});

describe('places', () => {
  it('put nodes into columns by their distance from the sender', () => {
    expect(computeNodePositions(DIAMOND, 'layers').map(({ x }) => x)).toEqual([0, 0.5, 0.5, 1]);
  });

  it('keep the layers of a mixnet apart where everybody sends and receives', () => {
    const names = [
      'client-1',
      'client-2',
      'client-3',
      'provider-1',
      'mix-1-1',
      'mix-2-1',
      'mix-3-1',
    ];
    const edges = [
      'client-1 provider-1',
      'client-2 provider-1',
      'client-3 provider-1',
      'provider-1 mix-1-1',
      'mix-1-1 mix-2-1',
      'mix-2-1 mix-3-1',
      'mix-3-1 provider-1',
    ];
    const flows = ['client-1 -> client-2', 'client-2 -> client-3'];
    const xs = computeNodePositions(topology(names, edges, flows), 'layers').map(({ x }) => x);
    expect([xs[1], xs[2]]).toEqual([xs[0], xs[0]]);
    expect([...xs].sort((a, b) => a - b)).toEqual(xs);
    expect(new Set(xs).size).toBe(5);
  });

  it.each(['layers', 'force'] as const)(
    'of layout %s are the same every time and stay inside',
    (layout) => {
      const places = computeNodePositions(DIAMOND, layout);
      expect(computeNodePositions(DIAMOND, layout)).toEqual(places);
      for (const { x, y } of places) {
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(Math.max(x, y)).toBeLessThanOrEqual(1);
      }
    },
  );
});

it('every link was up, said the title, while no contact was open', () => {
  const told = (contacts: readonly (readonly [string, boolean])[]): string =>
    networkChartContent({
      info: { nodes: [], links: [], flows: [] } as unknown as TraceInfo,
      ...{ timeNs: 0, rangeNs: [0, 1], disruptions: new Map(), contacts: new Map(contacts) },
      ...{ inSight: { marks: [], total: 0 }, drawn: [], hops: undefined },
    }).title;
  expect(told([])).toBe('0 packets under way, every link is up');
  const open = [
    ['a--b', true],
    ['a--c', false],
  ] as const;
  expect(told(open)).toBe('0 packets under way, 1 of 2 links with contacts can send');
});

describe('faults', () => {
  const text = 'core-110--core-310 down';
  const target = 'core-110--core-310';
  const faults: readonly FaultRow[] = [
    { timeNs: 3e9, kind: 'begin', target, text },
    { timeNs: 3.05e9, kind: 'effect', target, text: `detected: ${text}` },
    { timeNs: 3.08e9, kind: 'effect', target, text: `first packet: ${text}` },
    { timeNs: 6e9, kind: 'end', target, text },
  ];

  it('ail a link from their begin to their end', () => {
    expect(disruptionsAt(faults, 2.9e9).size).toBe(0);
    expect(disruptionsAt(faults, 3e9).get(target)).toMatchObject({ state: 'down', sinceNs: 3e9 });
    expect(disruptionsAt(faults, 6e9).size).toBe(0);
  });

  it('tell only what has happened by the cursor', () => {
    expect(faultEffectsText(latestFaultAt(faults, 2e9), 2e9)).toBe('');
    expect(faultEffectsText(latestFaultAt(faults, 3.06e9), 3.06e9)).toBe(
      'core-110 ↔ core-310 down at 3.000 s: detected +50 ms · 60 ms ago',
    );
    expect(faultEffectsText(latestFaultAt(faults, 7e9), 7e9)).toContain(
      'first packet +80 ms · over after 3 000 ms',
    );
  });
});

describe('R-241: the way of packets after a fault', () => {
  const target = 'a--up';
  const text = 'a--up down';
  const row = (kind: FaultRow['kind'], ms: number, words = text): FaultRow => ({
    ...{ kind, target, text: words },
    timeNs: ms * 1e6,
  });
  const faults = [
    row('begin', 1_000),
    row('effect', 1_070, `detected: ${text}`),
    row('effect', 1_080, `switched: ${text}`),
    row('effect', 1_095, `first packet: ${text}`),
    row('end', 3_000),
  ];
  /** Packets of flow 1: departure in ms, number of the link, number of the packet. */
  const hops = (rows: readonly (readonly [number, number, number])[]): HopColumns => ({
    ...columns(rows.map(([ms]) => [ms * 1e6, ms * 1e6 + 1] as const)),
    link: Uint32Array.from(rows, ([, link]) => link),
    packet: Uint32Array.from(rows, ([, , packet]) => packet),
    flow: new Uint16Array(rows.length).fill(1),
  });
  const info = { ...DIAMOND, faults } as unknown as TraceInfo;
  const told = latestFaultAt(faults, 1.2e9);
  const found = firstPathSwitch(faults, told);
  const before = hops([
    [900, 0, 1],
    [910, 2, 1],
    // Another packet took the same links: they were drawn once for each.
    [920, 0, 4],
    [930, 2, 4],
  ]);
  const after = hops([
    // Packet 2 was sent before the switch and still uses the old route.
    [1_085, 2, 2],
    [1_090, 1, 3],
    [1_100, 3, 3],
  ]);

  it('is that which packets took before it and after the switch', () => {
    expect(found).toEqual({ target, beginNs: 1e9, switchedNs: 1.08e9 });
    const detour = findDetour(info, found!, { before, after });
    expect(detour.oldWay).toEqual(['a--up', 'up--z']);
    expect(detour.newWay).toEqual(['a--down', 'down--z']);
  });

  it('is not made up where no packet used the broken link', () => {
    const idle = findDetour(info, found!, { before: hops([[900, 1, 1]]), after });
    expect([idle.oldWay, idle.newWay]).toEqual([[], []]);
    expect(firstPathSwitch(faults.slice(0, 2), latestFaultAt(faults, 1.2e9))).toBeUndefined();
  });

  it('fades until the switch, and is stamped with what has happened by the cursor', () => {
    const detour = findDetour(info, found!, { before, after });
    const at = (ms: number): ReturnType<typeof detourStyleAt> =>
      detourStyleAt(detour, latestFaultAt(faults, ms * 1e6)!, ms * 1e6);
    expect(at(1_000)).toEqual({ oldOpacity: 1, stamp: [] });
    expect(at(1_040)?.oldOpacity).toBeCloseTo(0.675);
    expect(at(1_085)?.stamp).toEqual(['detected +70 ms', 'switched +80 ms']);
    expect(at(1_100)?.stamp).toEqual(['detected +70 ms', 'switched +80 ms', 'first packet +95 ms']);
    expect(at(3_400)).toBeDefined();
    expect(at(3_600)).toBeUndefined();
  });
});

describe('packets', () => {
  const all = (): boolean => true;

  it('are in sight from their departure to before their arrival, at their share of the way', () => {
    const hops = columns([
      [0, 10],
      [5, 15],
      [6, Number.NaN],
      [20, 30],
    ]);
    expect(packetsAt(hops, 10, all).marks).toEqual([{ row: 1, share: 0.5 }]);
    expect(packetsAt(hops, 10, () => false).total).toBe(0);
  });

  it('are thinned to the same ones in every frame, and all are counted', () => {
    const hops = columns(Array.from({ length: 20_000 }, () => [0, 100] as const));
    const rows = (at: number): readonly number[] =>
      packetsAt(hops, at, all).marks.map(({ row }) => row);
    expect(rows(10)).toEqual(rows(90));
    expect(rows(10).length).toBeLessThanOrEqual(5_500);
    expect(packetsAt(hops, 10, all).total).toBe(20_000);
  });

  it('burst where they were lost, for their time only', () => {
    const drop = { timeNs: 100, node: 0, link: 1, packet: 2, reason: 'loss' };
    expect(visibleLossesAt([drop], 99, 50)).toEqual([]);
    expect(visibleLossesAt([drop], 125, 50)).toEqual([{ drop, age: 0.5 }]);
    expect(visibleLossesAt([drop], 150, 50)).toEqual([]);
  });

  it('count as use of their link', () => {
    expect(
      bytesByLink(
        columns([
          [0, 1],
          [0, 1],
        ]),
      ).get(0),
    ).toBe(200);
  });

  it('have a shape of their own for each class that the format knows', () => {
    const shapes = PACKET_CLASSES.map(
      (name) => `${packetMarkPath(name, 0, 0)} ${HOLLOW_PACKET_CLASSES.has(name)}`,
    );
    expect(new Set(shapes).size).toBe(PACKET_CLASSES.length);
    // Only cover traffic has the same outline as data, but it is hollow.
    const outlines = PACKET_CLASSES.filter((name) => name !== 'cover').map((name) =>
      packetMarkPath(name, 0, 0),
    );
    expect(new Set(outlines).size).toBe(PACKET_CLASSES.length - 1);
  });
});

describe('a map', () => {
  const at = (
    ...spots: readonly (readonly [lat: number, lon: number] | undefined)[]
  ): Topology => ({
    nodes: spots.map((spot, n) => ({
      ...{ name: `n${n}`, protocol: 'p', address: '' },
      ...(spot && { place: { lat: spot[0], lon: spot[1] } }),
    })),
    links: [],
    flows: [],
  });
  const room = { width: 900, height: 500 };

  it('is offered where a node has a position', () => {
    expect(listLayouts(at(undefined, [1, 2]))).toContain('map');
    expect(listLayouts(DIAMOND)).toEqual(['layers', 'ring', 'force']);
  });

  it('puts north up and east to the right, a degree as long as it is there', () => {
    const { places } = computeGeoMap(at([60, 10], [62, 10], [60, 14]), room);
    const [south, north, east] = places as [NodePosition, NodePosition, NodePosition];
    expect(north.y).toBeLessThan(south.y);
    expect(east.x).toBeGreaterThan(south.x);
    const down = (south.y - north.y) * room.height;
    const across = (east.x - south.x) * room.width;
    expect(across / down).toBeCloseTo(2 * Math.cos((61 * Math.PI) / 180), 5);
  });

  it('keeps Tokyo left of San Francisco, over the date line', () => {
    const { places, lines } = computeGeoMap(at([35.7, 139.7], [37.8, -122.4]), room);
    expect(places[0]?.x).toBeLessThan(places[1]?.x ?? 0);
    expect(lines.filter(({ isMeridian }) => isMeridian).map(({ text }) => text)).toContain('180°');
  });

  it('draws its lines where nodes of that latitude and longitude are', () => {
    const { places, lines } = computeGeoMap(at([50, 0], [40, 10]), room);
    const line = (text: string): number => lines.find((one) => one.text === text)?.at ?? Number.NaN;
    expect(places[0]?.y).toBeCloseTo(line('50° N'));
    expect(places[1]?.x).toBeCloseTo(line('10° E'));
    expect(lines.filter(({ isMeridian }) => !isMeridian).length).toBeLessThanOrEqual(20);
  });

  it('keeps nodes of one place apart, and shows those that have none', () => {
    const { places, unplaced } = computeGeoMap(at([1, 2], [1, 2], undefined), room);
    expect(places[0]).not.toEqual(places[1]);
    expect(unplaced).toBe(1);
    expect(places[2]?.y).toBe(1);
    expect(places.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))).toBe(true);
  });
});

describe('the status of a node', () => {
  it('has a line for each name, and one for each entry of a list', () => {
    const status = { peers: [{ name: 'bob', open: null }, 'x'], queue: { none: [], most: 3 } };
    expect(statusLines(status)).toEqual([
      'peers:',
      '  – name: bob',
      '    open: null',
      '  – x',
      'queue:',
      '  none: none',
      '  most: 3',
    ]);
    expect([statusLines({}), statusLines([[], 1])]).toEqual([[], ['– none', '– 1']]);
  });

  it('is shown with the instant at which the trace has it, and with why none follows', () => {
    const said = { timeNs: 12e9, json: '{"role":"mix"}', note: '' };
    expect(recordedStatusTexts(said)).toEqual({
      ...{ heading: 'Its status at 12.0 s', body: 'role: mix', remarks: [] },
    });
    const long = { ...said, json: JSON.stringify(Array(103).fill(1)), note: 'no later' };
    expect(recordedStatusTexts(long).remarks).toEqual(['and 3 lines more', 'no later']);
    expect(recordedStatusTexts(long).body.split('\n')).toHaveLength(100);
    expect(recordedStatusTexts({ ...said, json: '{}' }).body).toBe('it says nothing');
    const none = recordedStatusTexts({ timeNs: 0, json: undefined, note: 'too large' });
    expect(none).toEqual({ heading: 'Its status', body: 'not known', remarks: ['too large'] });
  });

  it('is cut where a hostile trace nests it too deep', () => {
    const json = `${'['.repeat(14_500)}${']'.repeat(14_500)}`;
    const { body } = recordedStatusTexts({ timeNs: 0, json, note: '' });
    expect(body).toMatch(/^(– ){33}… deeper than 32 levels$/);
  });
});
