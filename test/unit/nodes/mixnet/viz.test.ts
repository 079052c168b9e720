/**
 * The drawing of mix pools: the texts that nodes trace, when they trace them, and what is drawn
 * from them. @module
 */
import { describe, expect, it } from 'vitest';
import { PoolSizeTracer } from '../../../../nodes/mixnet/mix/pool-trace.ts';
import { viz } from '../../../../nodes/mixnet/viz.ts';
import type { Drawing, DrawingInput, NodeState, Shape } from '../../../../viz/format/drawing.ts';

describe('a pool that is traced', () => {
  it('is told of as a mean over time, with the first event after a second', () => {
    let now = 0;
    const told: string[] = [];
    const trace = {
      isRecorded: true,
      state: (_: string, text: string): number => told.push(text),
      span: () => (): void => undefined,
      mark: (): void => undefined,
    };
    const poolTrace = new PoolSizeTracer({ now: () => now, trace });
    const at = (ms: number, act: () => void): void => {
      now = ms * 1e6;
      act();
    };
    at(500, () => poolTrace.arrived(1));
    at(700, () => poolTrace.arrived(2));
    at(900, () => poolTrace.left(1));
    at(1_100, () => poolTrace.left(0));
    at(3_100, () => poolTrace.arrived(1));
    // One packet for 0.2 s, two for 0.2 s and one for 0.2 s are 0.8 packet seconds in 1.1 s; then
    // none.
    expect(told).toEqual(['mean=0.73 in=1.8/s', 'mean=0.00 in=0.0/s']);
  });
});

function node(name: string, states: Readonly<Record<string, string>>): NodeState {
  return { number: 0, name, protocol: 'mixnet', states: new Map(Object.entries(states)) };
}

function draw(nodes: readonly NodeState[]): Drawing {
  const rest = { timeNs: 0, fromNs: 0, toNs: 1e9, spans: [], marks: [], height: 400 };
  const input: DrawingInput = { ...rest, nodes, width: 600 };
  expect(viz.views[0]?.applies(input)).toBe(true);
  return viz.views[0]!.draw(input);
}

function barsOf(shapes: readonly Shape[]): readonly number[] {
  return shapes.flatMap((shape) => (shape.kind === 'rect' && shape.fill === 'c1' ? [shape.w] : []));
}

const MIX = { mixing: 'poisson', place: 'layer 1 of 2' };
const NODES = [
  node('provider-1', { mixing: 'poisson', place: 'provider', pool: 'mean=4.00 in=9.0/s' }),
  node('mix-1-1', { ...MIX, pool: 'mean=7.00 in=20.0/s' }),
  node('mix-1-2', MIX),
  node('mix-2-1', { ...MIX, place: 'layer 2 of 2', pool: 'mean=3.00 in=20.0/s' }),
  node('client-1', { epoch: '1' }),
];

describe('the drawing of pools', () => {
  it('says how many packets a mix holds, and that few hide little', () => {
    const { title, summary } = draw(NODES);
    expect(title).toBe('3 mixes hold 3.3 packets each on average');
    expect(summary).toContain('mix-1-1 holds most, 7');
    const few = draw([node('mix-1-1', { ...MIX, pool: 'mean=1.00 in=2.0/s' })]);
    expect(few.title).toContain('below 2 they hide little');
  });

  it('has a bar for each pool, a table row for each node, and columns in order', () => {
    const { shapes, table } = draw(NODES);
    const [provider = 0, first = 0, idle, second = 0] = barsOf(shapes);
    expect(idle).toBe(0);
    expect(provider / first).toBeCloseTo(4 / 7, 9);
    expect(second / first).toBeCloseTo(3 / 7, 9);
    expect(table.rows).toHaveLength(4);
    expect(table.rows[2]).toEqual(['mix-1-2', 'layer 1', 'poisson', null, null]);
    const heads = shapes.flatMap((shape) =>
      shape.kind === 'text' && shape.y === 14 ? [shape.text] : [],
    );
    expect(heads).toEqual(['providers', 'layer 1', 'layer 2']);
  });

  it('keeps its bars inside the boxes however full a pool is', () => {
    const { shapes, height } = draw([node('mix-1-1', { ...MIX, pool: 'mean=9000.00 in=1.0/s' })]);
    for (const shape of shapes) {
      if (shape.kind !== 'rect') continue;
      expect(shape.x + shape.w).toBeLessThanOrEqual(600);
      expect(shape.y + shape.h).toBeLessThanOrEqual(height);
    }
  });

  it('puts what is beyond twenty nodes of a layer together', () => {
    const many = Array.from({ length: 30 }, (_, i) =>
      node(`mix-1-${i}`, { ...MIX, pool: 'mean=2.00 in=1.0/s' }),
    );
    const { shapes, table } = draw(many);
    expect(shapes.some((shape) => shape.kind === 'text' && shape.text === '11 others')).toBe(true);
    expect(table.rows).toHaveLength(30);
  });

  it('shows the pool of the selected node alone where there is no room for all', () => {
    const nodes = [
      node('mix-1-1', { ...MIX, pool: 'mean=4.00 in=8.0/s' }),
      node('mix-1-2', { ...MIX, pool: 'mean=9.00 in=1.0/s' }),
    ];
    const common = { nodes, selected: 'mix-1-1', height: 284 } as unknown as DrawingInput;
    const narrow = viz.views[0]?.draw({ ...common, width: 284 });
    expect(narrow?.title).toBe('mix-1-1 holds 4.0 packets on average');
    expect(narrow?.table.rows).toHaveLength(1);
    const bar = narrow?.shapes.find(({ kind }) => kind === 'rect');
    expect(bar).toMatchObject({ w: (4 / (1.05 * 9)) * 284 });
    expect(viz.views[0]?.draw({ ...common, width: 900 }).table.rows).toHaveLength(2);
  });

  it('does not apply to runs whose mixes told nothing', () => {
    const input = { nodes: [node('mix-1-1', { epoch: '1' })] } as unknown as DrawingInput;
    expect(viz.views[0]?.applies(input)).toBe(false);
  });
});

describe('the note on what the parts of a delay leave out', () => {
  it('says how long mixes took, where that was measured', () => {
    const note = viz.delayNote?.((name) =>
      name === 'mix.latency' ? '1.2 s on average over 300' : undefined,
    );
    expect(note).toMatch(/^A mix rebuilds each packet/);
    expect(note).toMatch(/took 1\.2 s on average over 300 loops \(mix\.latency\)\.$/);
    expect(viz.delayNote?.(() => undefined)).toMatch(/is not part of this journey\.$/);
  });
});
