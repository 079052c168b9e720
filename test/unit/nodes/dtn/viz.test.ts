/**
 * The drawing of contacts, bundles and stores: the texts that nodes trace, when they trace them, and
 * what is drawn from them. @module
 */
import { describe, expect, it } from 'vitest';
import { AgentTracer, plannedContactsFrom } from '../../../../nodes/dtn/agent-trace.ts';
import type { ConsideredRoute } from '../../../../nodes/dtn/router/tried-routes.ts';
import { viz } from '../../../../nodes/dtn/viz.ts';
import type { Drawing, DrawingInput, NodeState, Shape } from '../../../../viz/format/drawing.ts';

const S = 1_000_000_000;
const MS = 1_000_000;

interface Lab {
  readonly trace: AgentTracer;
  /** The states told so far, by machine. */
  readonly told: Map<string, string>;
  readonly at: (ns: number, act: () => void) => void;
}

function lab(): Lab {
  let now = 0;
  const told = new Map<string, string>();
  const trace = {
    isRecorded: true,
    state: (machine: string, text: string): void => void told.set(machine, text),
    span: () => (): void => undefined,
    mark: (): void => undefined,
  };
  return {
    told,
    trace: new AgentTracer({ now: () => now, planTime: () => now, trace }),
    at: (ns, act): void => {
      now = ns;
      act();
    },
  };
}

const window = (startNs: number, endNs: number): never =>
  ({ startNs, endNs, rateBps: 1e6, delayNs: 0 }) as never;

describe('a node that is traced', () => {
  it('tells its contacts as planned, and as they happen', () => {
    const { trace, told, at } = lab();
    trace.way('link', 'b', { windows: [window(0, 10 * S), window(20 * S, 30 * S)] });
    expect(told.get('contacts with b')).toBe('planned 0-10000,20000-30000 happened ');
    at(120 * MS, () => trace.contact('link', 'begin'));
    expect(told.get('contacts with b')).toBe('planned 0-10000,20000-30000 happened 120--');
    at(9 * S, () => trace.contact('link', 'end'));
    expect(told.get('contacts with b')).toBe('planned 0-10000,20000-30000 happened 120-9000');
  });

  it('tells a link that is always open, and the periods of one that repeats', () => {
    const { trace, told } = lab();
    trace.way('link', 'b', undefined);
    expect(told.get('contacts with b')).toBe('planned 0-- happened ');
    trace.way('orbit', 'c', { windows: [window(0, S)], periodNs: 10 * S });
    expect(told.get('contacts with c')).toMatch(/^planned 0-1000,10000-11000,20000-21000,/);
  });

  it('tells the last 64 departures, and how many there were', () => {
    const { trace, told, at } = lab();
    trace.way('link', 'b', undefined);
    for (let count = 1; count <= 70; count += 1) at(count * MS, () => trace.departed('link'));
    const text = told.get('bundles to b')!;
    expect(text).toMatch(/^70 sent at 7,8,.*,70$/);
    expect(text.split(',')).toHaveLength(64);
  });

  it('tells its store ten times a second at most, and always that it is empty', () => {
    const { trace, told, at } = lab();
    const store = (bundles: number): void =>
      trace.store(bundles, 100 * bundles, {
        waiting: bundles > 0 ? { queue: bundles } : {},
        waitingBundles: () => [],
      });
    at(S, () => store(1));
    at(S + 99 * MS, () => store(2));
    expect(told.get('store')).toBe('1 bundles of 100 B waiting queue=1');
    at(S + 100 * MS, () => store(3));
    expect(told.get('store')).toBe('3 bundles of 300 B waiting queue=3');
    at(S + 101 * MS, () => store(0));
    expect(told.get('store')).toBe('0 bundles of 0 B waiting ');
  });

  it('tells what was considered for a bundle: when it is new, and each second', () => {
    const { trace, told, at } = lab();
    const tried = (verdict: ConsideredRoute['verdict']): readonly ConsideredRoute[] => [
      { via: 'c', hops: 3, arrivalNs: 31 * S, endNs: 30 * S, verdict: 'no-volume' },
      { via: 'd', hops: 1, arrivalNs: 40 * S, endNs: Number.MAX_SAFE_INTEGER, verdict },
    ];
    const decide = (verdict: ConsideredRoute['verdict']): void =>
      trace.routes({ destination: 'e' } as never, tried(verdict));
    const first = 'c in 3 hops arrives 31000 ends 30000 no-volume';
    at(S, () => decide('taken'));
    const known = `at 1000: ${first},d in 1 hops arrives 40000 ends - taken`;
    expect(told.get('routes to e')).toBe(known);
    at(1.9 * S, () => decide('taken'));
    expect(told.get('routes to e')).toBe(known);
    at(1.95 * S, () => decide('no-contact-before-expiry'));
    expect(told.get('routes to e')).toMatch(/^at 1950: .*no-contact-before-expiry$/);
    at(2.95 * S, () => decide('no-contact-before-expiry'));
    expect(told.get('routes to e')).toMatch(/^at 2950: /);
  });

  it('lists sixteen bundles that wait, each second, and that none is left', () => {
    const { trace, told, at } = lab();
    const all = Array.from({ length: 20 }, (_, index) => ({
      bundle: { source: 'ipn:1.0', destination: 'e', sinceNs: index * S } as never,
      why: index === 0 ? 'no-volume' : 'queue',
    }));
    const store = (bundles: number): void =>
      trace.store(bundles, 0, {
        waiting: {},
        waitingBundles: (most) => all.slice(0, Math.min(bundles, most)),
      });
    at(20 * S, () => store(20));
    const rows = told.get('waiting')!.split(',');
    expect(rows).toHaveLength(16);
    expect(rows.slice(0, 2)).toEqual([
      'ipn:1.0 for e since 0 no-volume',
      'ipn:1.0 for e since 1000 queue',
    ]);
    at(20.9 * S, () => store(1));
    expect(told.get('waiting')!.split(',')).toHaveLength(16);
    at(20.95 * S, () => store(0));
    expect(told.get('waiting')).toBe('');
  });

  it('finds the plan of its own direction', () => {
    const [aToB, bToA] = [{ windows: [window(0, 1)] }, { windows: [window(2, 3)] }];
    const end = (host: string): object => ({ host, address: '', port: 0 });
    const network = {
      links: [
        { id: 'a--b', a: end('a'), b: end('b'), contacts: { aToB, bToA } },
        { id: 'b--c', a: end('b'), b: end('c') },
      ],
    } as never;
    expect([...plannedContactsFrom('a', network)]).toEqual([['a--b', aToB]]);
    expect([...plannedContactsFrom('b', network)]).toEqual([['a--b', bToA]]);
    expect([...plannedContactsFrom('c', network)]).toEqual([]);
  });
});

function node(name: string, states: Readonly<Record<string, string>>): NodeState {
  return { number: 0, name, protocol: 'dtn', states: new Map(Object.entries(states)) };
}

function draw(nodes: readonly NodeState[], timeNs = 5 * S, selected?: string): Drawing {
  const rest = { fromNs: 4 * S, toNs: timeNs, spans: [], marks: [], height: 400, width: 1000 };
  const input: DrawingInput = { ...rest, timeNs, nodes, ...(selected && { selected }) };
  expect(viz.views[0]?.applies(input)).toBe(true);
  return viz.views[0]!.draw(input);
}

const rects = (shapes: readonly Shape[], look: object): readonly (readonly [number, number])[] =>
  shapes.flatMap((shape) =>
    shape.kind === 'rect' &&
    Object.entries(look).every(([key, value]) => Reflect.get(shape, key) === value)
      ? [[Math.round(shape.x), Math.round(shape.x + shape.w)] as const]
      : [],
  );

const A = node('a', {
  'contacts with b': 'planned 0-4000,6000-10000 happened 1000-3000,4500--',
  'bundles to b': '2 sent at 1000,2000',
  store: '3 bundles of 3222 B waiting no-route=1,queue=2',
});
const B = node('b', {
  'contacts with a': 'planned 0-4000 happened ',
  store: '1 bundles of 50 B waiting queue=1',
});

describe('the drawing', () => {
  // Names take 190 px of 1,000; the axis has 806 px for 10 s.
  const x = (ms: number): number => Math.round(190 + (ms / 10_000) * 806);

  it('frames what was planned and fills what happened, up to now', () => {
    const { shapes } = draw([A]);
    const planned = [
      [x(0), x(4_000)],
      [x(6_000), x(10_000)],
    ];
    expect(rects(shapes, { stroke: 'muted' })).toEqual(planned);
    const happened = [
      [x(1_000), x(3_000)],
      [x(4_500), x(5_000)],
    ];
    expect(rects(shapes, { fill: 'c1' })).toEqual(happened);
  });

  it('has a stroke for each bundle that left, and a line for now', () => {
    const { shapes } = draw([A]);
    const strokes = shapes.flatMap((shape) => (shape.kind === 'path' ? [shape.d] : []));
    expect(strokes).toEqual(['M270.6 34v14M351.2 34v14']);
    const now = shapes.find((shape) => shape.kind === 'line' && shape.title === 'now');
    expect(now).toMatchObject({ x1: 593, x2: 593 });
  });

  it('says who holds most and why, and how many links are open', () => {
    const { title, summary } = draw([B, A]);
    expect(title).toBe('a holds most: 3 bundles, 3\u202f222 B: 1 no route, 2 queued for a contact');
    expect(summary).toContain('1 of 2 links are open; 2 bundles have left so far.');
    expect(draw([node('a', { 'contacts with b': 'planned 0-- happened ' })]).title).toBe(
      'No node holds a bundle',
    );
  });

  it('ends its axis with the run, however long the plan goes on', () => {
    const { shapes } = viz.views[0]!.draw({
      ...{ timeNs: 5 * S, fromNs: 4 * S, toNs: 5 * S, endNs: 8 * S, spans: [], marks: [] },
      ...{ nodes: [A], height: 400, width: 1_000 },
    });
    const at = (ms: number): number => Math.round(190 + (ms / 8_000) * 806);
    expect(rects(shapes, { stroke: 'muted' })).toEqual([
      [at(0), at(4_000)],
      [at(6_000), at(8_000)],
    ]);
  });

  it('has whole names above the bars where there is little room', () => {
    const long = node('mission-control', { 'contacts with goldstone': 'planned 0-4000 happened ' });
    const { shapes } = viz.views[0]!.draw({
      ...{ timeNs: 5 * S, fromNs: 4 * S, toNs: 5 * S, spans: [], marks: [] },
      ...{ nodes: [long], height: 400, width: 354 },
    });
    const name = shapes.find(
      (shape) => shape.kind === 'text' && shape.text === 'mission-control → goldstone',
    );
    expect(name).toMatchObject({ x: 0 });
    const [bar] = rects(shapes, { stroke: 'muted' });
    expect(bar?.[0]).toBe(0);
  });

  it('shows the selected node alone', () => {
    const { title, table } = draw([A, B], 5 * S, 'b');
    expect(title).toBe('b holds most: 1 bundle, 50 B: 1 queued for a contact');
    expect(table.rows).toEqual([['b', 'a', 'planned', 0, 4, 0]]);
  });

  it('had 360 rows in the table only: every row is on one of its pages', () => {
    const states = Object.fromEntries(
      Array.from({ length: 45 }, (_, at) => [`contacts with n${at}`, 'planned 0-1000 happened ']),
    );
    const all: DrawingInput = {
      ...{ timeNs: 5 * S, fromNs: 4 * S, toNs: 5 * S, spans: [], marks: [], width: 1_000 },
      ...{ nodes: [node('a', states)], height: 400 },
    };
    const drawnOn = (chosen: readonly string[]): string =>
      JSON.stringify(viz.views[0]!.draw({ ...all, chosen }).shapes);
    const pages = [[], ['links:2'], ['links:3']].map(drawnOn);
    const rows = Array.from({ length: 45 }, (_, at) => `"a → n${at}"`);
    expect(rows.filter((row) => pages.every((page) => !page.includes(row)))).toEqual([]);
    expect(pages[0]).toContain('links 1 to 20 of 45');
    expect(pages[0]).toContain('"key":"links:2"');
    expect(pages[0]).not.toContain('"key":"links:0"');
    expect(pages[2]).toContain('links 41 to 45 of 45');
    expect(pages[2]).not.toContain('"key":"links:4"');
    expect(drawnOn(['links:99'])).toBe(pages[2]);
    expect(drawnOn(['links:x'])).toBe(pages[0]);
  });

  it('shows a store that it cannot read as it stands in the trace', () => {
    const { shapes } = draw([
      node('a', { 'contacts with b': 'planned 0-1 happened ', store: 'full' }),
    ]);
    expect(shapes.some((shape) => shape.kind === 'text' && shape.text === 'full')).toBe(true);
  });

  it('draws twenty links, and says which of how many they are', () => {
    const states = Object.fromEntries(
      Array.from({ length: 23 }, (_, at) => [`contacts with n${at}`, 'planned 0-1000 happened ']),
    );
    const { shapes, table } = draw([node('a', states)]);
    expect(rects(shapes, { stroke: 'muted' })).toHaveLength(20);
    expect(table.rows).toHaveLength(23);
    const said = shapes.some(
      (shape) => shape.kind === 'text' && shape.text === 'links 1 to 20 of 23',
    );
    expect(said).toBe(true);
  });

  it('draws nothing for nodes that trace no contacts', () => {
    const input = { nodes: [node('a', { store: '0 bundles of 0 B waiting ' })] } as never;
    expect(viz.views[0]?.applies(input)).toBe(false);
  });
});

describe('the drawing of routes', () => {
  const [, routes] = viz.views;
  const of = (nodes: readonly NodeState[], width = 1_000): Drawing => {
    const rest = { timeNs: 5 * S, fromNs: 0, toNs: 5 * S, spans: [], marks: [], height: 400 };
    const input: DrawingInput = { ...rest, nodes, width };
    expect(routes?.applies(input)).toBe(true);
    return routes!.draw(input);
  };
  const row = (via: string, verdict: string): string =>
    `${via} in 2 hops arrives 31000 ends 30000 ${verdict}`;
  const chooser = node('a', {
    'routes to e': `at 4000: ${row('c', 'no-volume')},${row('d', 'taken')},${row('b', 'later')}`,
    waiting:
      'ipn:1.0 for e since 2000 no-volume,ipn:2.0 for - since 3500 no-route,ipn:2.0 for - since 3000 no-route',
  });
  const texts = ({ shapes }: Drawing): readonly string[] =>
    shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []));

  it('says which of the routes was taken, and why the others were not', () => {
    const drawing = of([chooser]);
    expect(drawing.title).toBe('a sends to e through d: it tried 3 routes');
    expect(texts(drawing)).toEqual([
      'a → e, 1 waiting: no volume left, since 2.0 s',
      'a → nobody, 2 waiting: no route, the first since 3.0 s',
      '4.0 s',
      '31.0 s',
      'a → e, decided at 4.0 s',
      'c: no volume left (2 hops, arrives 31.0 s, ends 30.0 s)',
      'd: taken (2 hops, arrives 31.0 s, ends 30.0 s)',
      'b: another is better (2 hops, arrives 31.0 s, ends 30.0 s)',
    ]);
    expect(rects(drawing.shapes, { fill: 'c1' })).toHaveLength(1);
    expect(rects(drawing.shapes, { stroke: 'fail', dash: 'dashed' })).toHaveLength(1);
    expect(drawing.table.rows[1]).toEqual(['a', 'e', 4, 'd', 2, 31, 30, 'taken']);
  });

  it('says that no route fits, or that there is none', () => {
    const tried = `at 4000: ${row('c', 'no-contact-before-expiry')}`;
    expect(of([node('a', { 'routes to e': tried })]).title).toBe(
      'a has no way to e: it tried 1 route',
    );
    const none = of([node('a', { 'routes to e': 'at 4000: ' })]);
    expect(texts(none)).toEqual(['a → e, decided at 4.0 s: no route']);
  });

  it('fits its width, and draws thirty routes', () => {
    const many = Array.from({ length: 40 }, (_, at) => [
      `routes to n${at}`,
      `at 1: ${row('c', 'taken')}`,
    ]);
    const drawing = of([node('a', Object.fromEntries(many))], 350);
    expect(drawing.table.rows).toHaveLength(40);
    expect(texts(drawing).at(-1)).toBe('10 more routes are in the table.');
    for (const text of texts(drawing)) expect(text.length * 6.6).toBeLessThanOrEqual(350);
    for (const shape of drawing.shapes)
      if (shape.kind === 'rect') expect(shape.x + shape.w).toBeLessThanOrEqual(350);
  });
});
