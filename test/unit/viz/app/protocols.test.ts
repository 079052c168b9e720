/** What protocols draw from the states of a trace, and which drawings a run offers. @module */
import { describe, expect, it } from 'vitest';
import { WINDOW_TRACE } from '../../../../nodes/gateway/trace-states.ts';
import { viz as gateway } from '../../../../nodes/gateway/viz.ts';
import { viz as scion } from '../../../../nodes/scion/viz.ts';
import { drawViewSafely } from '../../../../viz/app/data/plug-ins.ts';
import {
  offeredDrawings,
  RedrawThrottle,
  withSelectionToggled,
} from '../../../../viz/app/pages/protocols/drawings.ts';
import type { Drawing, DrawingInput, ProtocolViz, Shape } from '../../../../viz/format/drawing.ts';
import { DOUBLE_INPUT, viz as double } from '../double-viz.ts';

const SEGMENTS = [
  'up 1-ff00:0:110 1>1 1-ff00:0:111',
  'up 1-ff00:0:120 1>2 1-ff00:0:112 5>6 1-ff00:0:111',
  'core 2-ff00:0:210 1>2 1-ff00:0:110',
  'core 2-ff00:0:210 3>4 1-ff00:0:120',
  'down 2-ff00:0:210 7>8 2-ff00:0:211',
].join(', ');
const VIA_110 = '1-ff00:0:111 1>1 1-ff00:0:110 2>1 2-ff00:0:210 7>8 2-ff00:0:211';
const VIA_120 = '1-ff00:0:111 6>5 1-ff00:0:112 2>1 1-ff00:0:120 4>3 2-ff00:0:210 7>8 2-ff00:0:211';
/** A path that leaves the up segment at AS 112 over a peering link to the target. */
const PEERING = '1-ff00:0:111 6>5 1-ff00:0:112 9>9 2-ff00:0:211';

const seen = Array.from({ length: 1024 }, (_, back) => back !== 3);
const A: readonly (readonly [string, string])[] = [
  ['path to b', 'via-110'],
  ['quality via-110 to b', 'alive active rtt=20012us jitter=11us loss=0.010'],
  ['quality via-120 to b', 'dead warm rtt=24000us jitter=0us loss=0.300'],
  ['route via-110 to b', VIA_110],
  ['route via-120 to b', VIA_120],
  ['segments to b', SEGMENTS],
  ['window of b', WINDOW_TRACE.state.write({ highest: 5000, epoch: 1, size: 4096, seen })],
  ['handshake with b', 'epoch=1 sendings=2 opening-sent=1000000 answer-received=21000000'],
];
const B = [
  ['handshake with a', 'epoch=1 sendings=0 opening-received=11000000 answer-sent=11000000'],
] as const;

function input(more: Partial<DrawingInput> = {}, states = A): DrawingInput {
  return {
    ...DOUBLE_INPUT,
    nodes: [
      { number: 0, name: 'a', protocol: 'gateway', states: new Map(states) },
      { number: 1, name: 'b', protocol: 'gateway', states: new Map(B) },
    ],
    width: 900,
    ...more,
  };
}

function drawing(of: ProtocolViz, name: string, from: DrawingInput): Drawing {
  const view = of.views.find((one) => one.name === name);
  expect(view?.applies(from)).toBe(true);
  const made = drawViewSafely(view!, from);
  if (made.kind === 'trouble') throw new Error(made.message);
  return made.drawing;
}

function keysOf(shapes: readonly Shape[]): readonly string[] {
  return shapes.flatMap((shape) => shape.key ?? []);
}

describe('the gateway', () => {
  it('draws its paths with the one in use, and says how many are alive', () => {
    const { title, table } = drawing(gateway, 'paths', input());
    expect(title).toBe('a → b uses via-110 (20.0 ms); 1 of 2 paths alive');
    expect(table.rows).toEqual([
      ['a', 'b', 'via-110', 'yes', 'alive', 'active', 20_012, 11, 0.01, 'up'],
      ['a', 'b', 'via-120', 'no', 'dead', 'warm', 24_000, 0, 0.3, 'up'],
    ]);
  });

  it('a path that is cut stood there as alive: what is so is drawn beside it', () => {
    const states = [...A, ['links of via-110 to b', 'a--r r--b'] as const];
    const broken = new Map([
      ['r--b', { state: 'down', sinceNs: DOUBLE_INPUT.timeNs - 38e6 } as const],
    ]);
    const { shapes, table, summary } = drawing(gateway, 'paths', input({ broken }, states));
    expect(JSON.stringify(shapes)).toContain('in truth down for 38.0 ms');
    expect(summary).toContain(
      'via-110 of a → b is alive, RTT 20.0 ms, loss 1.0 %, in truth down for 38.0 ms.',
    );
    expect(table.rows.map((row) => row.at(-1))).toEqual(['down for 38.0 ms', 'up']);
  });

  it('draws a replay window bit by bit, the newest number first', () => {
    const { title, table, shapes } = drawing(gateway, 'window', input());
    expect(title.replaceAll('\u202f', '')).toBe(
      'a has seen 1023 of the newest 1024 numbers of b, up to 5000',
    );
    expect(table.rows.filter((row) => row[4] === 0)).toEqual([['a', 'b', 1, 4997, 0]]);
    const hollow = shapes.find((shape) => shape.kind === 'path' && shape.stroke === 'fail');
    expect(hollow?.kind === 'path' && hollow.d.split('M').length - 1).toBe(1);
    expect(JSON.stringify(shapes)).toMatch(/3\D+072 older bits are not drawn/);
  });

  it('draws a handshake from both sides, as far as it has come', () => {
    const { title, table } = drawing(gateway, 'handshake', input());
    expect(title).toBe('a and b agreed on epoch 1 in 20.00 ms, after 2 openings');
    expect(table.rows).toEqual([
      ['a', 'b', 1, 'opening', 1e6, 11e6],
      ['a', 'b', 1, 'answer', 11e6, 21e6],
      ['a', 'b', 1, 'confirmation', 21e6, null],
    ]);
  });

  it('wrote the names of messages across the lines of a ladder in a narrow panel', () => {
    const { shapes } = drawing(gateway, 'handshake', input({ width: 284 }));
    const lines = shapes.flatMap((one) => (one.kind === 'line' && one.x1 !== one.x2 ? [one] : []));
    const names = shapes.flatMap((one) =>
      one.kind === 'text' && /^(opening|answer|confirmation)/.test(one.text) ? [one] : [],
    );
    expect(names).toHaveLength(3);
    for (const { x, y, text } of names) {
      for (const { x1, y1, x2, y2 } of lines) {
        for (const end of [x - text.length * 3, x + text.length * 3]) {
          const level = y1 + ((y2 - y1) * (end - x1)) / (x2 - x1);
          expect(level <= y - 9 || level >= y + 1, `${text} at ${end}`).toBe(true);
        }
      }
    }
  });

  it('has nothing to draw of a trace without its states', () => {
    const bare = input({}, [['path to b', 'via-110']]);
    const { views } = gateway;
    expect(views.filter((view) => view.name !== 'handshake' && view.applies(bare))).toEqual([]);
  });
});

describe('the path combiner', () => {
  const segmentsOf = (from: DrawingInput): readonly unknown[] =>
    drawing(scion, 'combiner', from).table.rows.map((row) => [row[0], ...row.slice(3, 6)]);

  it('tells of which segments each path is made', () => {
    const { title } = drawing(scion, 'combiner', input());
    expect(title).toBe('2 up, 2 core and 1 down segments combine to 2 paths from a to b');
    expect(segmentsOf(input())).toEqual([
      [
        'via-110',
        '1-ff00:0:111 1-ff00:0:110',
        '1-ff00:0:110 2-ff00:0:210',
        '2-ff00:0:210 2-ff00:0:211',
      ],
      [
        'via-120',
        '1-ff00:0:111 1-ff00:0:112 1-ff00:0:120',
        '1-ff00:0:120 2-ff00:0:210',
        '2-ff00:0:210 2-ff00:0:211',
      ],
    ]);
  });

  it('leaves the paths that use what is chosen', () => {
    const from = input({ chosen: ['up:1', 'down:0'] });
    const { title, table, shapes } = drawing(scion, 'combiner', from);
    expect(title).toBe('1 of 2 paths use the chosen segments, none of them in use');
    expect(table.rows.map(([name]) => name)).toEqual(['via-120']);
    expect(keysOf(shapes)).toEqual([
      ...['up:0', 'up:1', 'core:0', 'core:1', 'down:0'],
      'path:via-120',
    ]);
    const none = input({ chosen: ['up:1', 'core:0'] });
    expect(drawing(scion, 'combiner', none).table.rows).toEqual([]);
  });

  it('finds the segments around a shortcut over a peering link', () => {
    const text = `up 1-ff00:0:120 1>2 1-ff00:0:112 5>6 1-ff00:0:111, down 2-ff00:0:210 7>8 2-ff00:0:211 1>2 2-ff00:0:212`;
    const route = `${PEERING} 1>2 2-ff00:0:212`;
    const from = input({}, [
      ['segments to b', text],
      ['route via-112 to b', route],
    ]);
    expect(segmentsOf(from)).toEqual([
      [
        'via-112',
        '1-ff00:0:111 1-ff00:0:112 1-ff00:0:120',
        null,
        '2-ff00:0:210 2-ff00:0:211 2-ff00:0:212',
      ],
    ]);
  });
});

describe('the protocols page', () => {
  it('offers what any instant of the run has, and what is broken too', () => {
    const plugIns = [gateway, double, scion];
    const offers = offeredDrawings(plugIns, [input(), input({}, [])]).map(({ id }) => id);
    expect(offers).toEqual([
      ...['gateway/paths', 'gateway/window', 'gateway/handshake'],
      ...['ping/broken', 'scion/combiner'],
    ]);
  });

  it('chooses one item of a group at most, and a second press takes it back', () => {
    expect(withSelectionToggled([], 'up:1')).toEqual(['up:1']);
    expect(withSelectionToggled(['up:1', 'core:0'], 'up:2')).toEqual(['core:0', 'up:2']);
    expect(withSelectionToggled(['up:1', 'core:0'], 'up:1')).toEqual(['core:0']);
  });

  it('draws a slow drawing in every tenth frame while the cursor moves', () => {
    const pace = new RedrawThrottle();
    pace.isSlow = true;
    const drawnOf = (frames: number, isMoving: boolean): number =>
      Array.from({ length: frames }, () => pace.takes(isMoving)).filter(Boolean).length;
    expect(drawnOf(40, true)).toBe(4);
    expect(drawnOf(5, false)).toBe(5);
    pace.isSlow = false;
    expect(drawnOf(5, true)).toBe(5);
  });
});

/** CPU time, ms, so that load by other programs does not count. */
const cpuMs = (): number => process.cpuUsage().user / 1000;

it.each([360, 1200])('draws a network of 64 paths within 20 ms at %i px', (width) => {
  const states = Array.from({ length: 64 }, (_, at) => [
    [`quality via-${at} to b`, 'alive warm rtt=20012us jitter=11us loss=0.010'] as const,
    [`route via-${at} to b`, VIA_120] as const,
  ]).flat();
  const from = input({ width }, [...A, ...states]);
  for (const { views } of [gateway, scion]) {
    for (const view of views) {
      view.draw(from);
      expect(drawViewSafely(view, from, cpuMs)).toMatchObject({ kind: 'drawing', isSlow: false });
    }
  }
});
