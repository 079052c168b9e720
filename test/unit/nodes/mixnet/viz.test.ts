/** The drawing of mix pools: texts that nodes trace, when they trace them, and what is drawn. @module */
import { describe, expect, it } from 'vitest';
import { PoolPicture } from '../../../../nodes/mixnet/mix/pool-picture.ts';
import { viz } from '../../../../nodes/mixnet/viz.ts';
import {
  readPool,
  readStanding,
  writePool,
  writeStanding,
} from '../../../../nodes/mixnet/viz-states.ts';
import type { Drawing, DrawingInput, NodeState, Shape } from '../../../../viz/format/drawing.ts';

describe('texts of mixes', () => {
  it('come back as they were written', () => {
    const standing = { kind: 'layer', layer: 2, layers: 3 } as const;
    expect(readStanding(writeStanding(standing))).toEqual(standing);
    expect(readStanding(writeStanding({ kind: 'provider' }))).toEqual({ kind: 'provider' });
    const pool = { held: 17, perSecond: 210.5 };
    expect(readPool(writePool(pool))).toEqual(pool);
  });

  it.each([undefined, '', 'layer x of 3', 'held=-1 in=2/s', 'held=1'])(
    'that do not parse (%s) give nothing',
    (text) => {
      expect(readStanding(text)).toBeUndefined();
      expect(readPool(text)).toBeUndefined();
    },
  );
});

describe('a pool that is traced', () => {
  it('is told of at once, then once a second, and when it runs empty', () => {
    let now = 0;
    const told: string[] = [];
    const trace = {
      isRecorded: true,
      state: (_: string, text: string): number => told.push(text),
      span: () => (): void => undefined,
      mark: (): void => undefined,
    };
    const picture = new PoolPicture({ now: () => now, trace });
    const at = (ms: number, act: () => void): void => {
      now = ms * 1e6;
      act();
    };
    at(500, () => picture.arrived(1));
    for (let ms = 600; ms < 1_500; ms += 100) at(ms, () => picture.arrived(ms / 100 - 4));
    at(1_500, () => picture.arrived(11));
    at(1_600, () => picture.left(1));
    at(1_700, () => picture.left(0));
    at(1_800, () => picture.arrived(1));
    at(1_900, () => picture.left(0));
    expect(told).toEqual(['held=1 in=2.0/s', 'held=11 in=10.0/s', 'held=0 in=10.0/s']);
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

function dotsOf(shapes: readonly Shape[]): number {
  return shapes.filter(({ kind }) => kind === 'circle').length;
}

const MIX = { mixing: 'poisson', place: 'layer 1 of 2' };
const NODES = [
  node('provider-1', { mixing: 'poisson', place: 'provider', pool: 'held=4 in=9.0/s' }),
  node('mix-1-1', { ...MIX, pool: 'held=7 in=20.0/s' }),
  node('mix-1-2', MIX),
  node('mix-2-1', { ...MIX, place: 'layer 2 of 2', pool: 'held=3 in=20.0/s' }),
  node('client-1', { epoch: '1' }),
];

describe('the drawing of pools', () => {
  it('says how many packets the mixes hold, and that few hide little', () => {
    const { title, summary } = draw(NODES);
    expect(title).toBe('3 mixes hold 10 packets, 3.3 each on average');
    expect(summary).toContain('mix-1-1 holds most, 7');
    const few = draw([node('mix-1-1', { ...MIX, pool: 'held=1 in=2.0/s' })]);
    expect(few.title).toContain('below 2 they hide little');
  });

  it('has a dot for each packet, a table row for each node, and columns in order', () => {
    const { shapes, table } = draw(NODES);
    expect(dotsOf(shapes)).toBe(14);
    expect(table.rows).toHaveLength(4);
    expect(table.rows[2]).toEqual(['mix-1-2', 'layer 1', 'poisson', null, null]);
    const heads = shapes.flatMap((shape) =>
      shape.kind === 'text' && shape.y === 14 ? [shape.text] : [],
    );
    expect(heads).toEqual(['providers', 'layer 1', 'layer 2']);
  });

  it('keeps its dots inside the boxes however full a pool is', () => {
    const full = draw([node('mix-1-1', { ...MIX, pool: 'held=9000 in=1.0/s' })]);
    expect(full.summary).toMatch(/A dot is \d+0 packets/);
    for (const shape of full.shapes) {
      if (shape.kind === 'circle') expect(shape.x + shape.r).toBeLessThanOrEqual(600);
      if (shape.kind === 'circle') expect(shape.y + shape.r).toBeLessThanOrEqual(full.height);
    }
  });

  it('puts what is beyond twenty nodes of a layer together', () => {
    const many = Array.from({ length: 30 }, (_, i) =>
      node(`mix-1-${i}`, { ...MIX, pool: 'held=2 in=1.0/s' }),
    );
    const { shapes, table } = draw(many);
    expect(shapes.some((shape) => shape.kind === 'text' && shape.text === '11 others')).toBe(true);
    expect(table.rows).toHaveLength(30);
  });

  it('does not apply to runs whose mixes told nothing', () => {
    const input = { nodes: [node('mix-1-1', { epoch: '1' })] } as unknown as DrawingInput;
    expect(viz.views[0]?.applies(input)).toBe(false);
  });
});
