/**
 * What nodes of a federation trace is what their page draws.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { RoundTrace, SessionTrace } from '../../../../nodes/federated/round-trace.ts';
import { viz } from '../../../../nodes/federated/viz.ts';
import type { Drawing, DrawingInput, Shape } from '../../../../viz/format/drawing.ts';

const nothing = (): void => undefined;

/** The states of a federation, by node. */
class Traced {
  readonly states = new Map<string, Map<string, string>>();
  writes = 0;
  bytes = 0;

  host(name: string): ConstructorParameters<typeof RoundTrace>[0] {
    const states = this.states.get(name) ?? new Map<string, string>();
    this.states.set(name, states);
    return {
      trace: {
        isRecorded: true,
        state: (machine, state): void => {
          states.set(machine, state);
          this.writes += 1;
          this.bytes += state.length;
        },
        span: (): (() => void) => nothing,
        mark: nothing,
      },
    };
  }

  draw(more: Partial<DrawingInput> = {}): Drawing | undefined {
    const nodes = [...this.states].map(([name, states], number) => ({
      ...{ number, name, protocol: 'federated', states },
    }));
    const input = {
      ...{ timeNs: 0, fromNs: 0, toNs: 0, nodes, spans: [], marks: [], width: 800, height: 600 },
      ...more,
    };
    const [view] = viz.views;
    return view?.applies(input) ? view.draw(input) : undefined;
  }

  /** The line of the mask of two clients. */
  mask(one: string, other: string, more: Partial<DrawingInput> = {}): Shape | undefined {
    return this.draw(more)?.shapes.find(({ title }) =>
      title?.startsWith(`mask of ${one} and ${other}:`),
    );
  }
}

const named = (count: number): string[] => Array.from({ length: count }, (_, at) => `c${at}`);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

/** Four clients, of which c3 leaves after its shares. */
function lossy(traced: Traced): RoundTrace {
  const trace = new RoundTrace(traced.host('server'));
  trace.began({ round: 2, clients: named(4), threshold: 3, neighbours: 3 });
  trace.phase('inviting', upTo(4));
  trace.phase('sharing', upTo(4));
  trace.phase('collecting', upTo(4));
  trace.phase('unmasking', upTo(3));
  return trace;
}

describe('the page of a federation', () => {
  it('draws nothing before a round, and nothing of states that it cannot read', () => {
    const traced = new Traced();
    const { trace } = traced.host('server');
    expect(traced.draw()).toBeUndefined();
    trace.state('round', '1 inviting');
    expect(traced.draw()).toBeUndefined();
  });

  it('shows which masks cancel, which are left over, and by which sign they entered', () => {
    const traced = new Traced();
    const trace = lossy(traced);
    const chosen = { chosen: ['client:c1'] };
    expect(traced.mask('c1', 'c0', chosen)).toMatchObject({ stroke: 'c2', dash: 'dotted' });
    expect(traced.mask('c1', 'c2', chosen)).toMatchObject({ stroke: 'c1', dash: 'dotted' });
    expect(traced.mask('c1', 'c3', chosen)).toMatchObject({ stroke: 'fail', dash: 'solid' });
    expect(traced.mask('c0', 'c2', chosen)).toMatchObject({ stroke: 'line', dash: 'dotted' });
    expect(traced.draw()?.title).toBe('Round 2: 3 of 4 inputs, masks of 1 left over.');
    trace.phase('done', upTo(3));
    trace.summed(upTo(3));
    expect(traced.draw()?.title).toBe(
      'Round 2: 3 of 4 inputs in the sum, masks of 1 rebuilt from at least 3 shares each.',
    );
    expect(traced.mask('c3', 'c0')?.title).toContain('left-over');
    expect(traced.draw()?.shapes.find(({ title }) => title === 'server: done')).toMatchObject({
      stroke: 'pass',
    });
  });

  it('says who left after which message', () => {
    const traced = new Traced();
    const trace = new RoundTrace(traced.host('server'));
    trace.began({ round: 1, clients: named(4), threshold: 2, neighbours: 3 });
    trace.phase('sharing', [0, 1, 2]);
    trace.phase('collecting', [0, 1]);
    trace.phase('consistency', [0]);
    trace.phase('unmasking', [0]);
    trace.aborted('too-few');
    const drawing = traced.draw();
    expect(drawing?.title).toBe('Round 1: no sum (too-few), 1 of 4 inputs.');
    expect(drawing?.table.rows.map(([, state]) => state)).toEqual([
      'input sent',
      'left, shares sent',
      'left, keys sent',
      'left, nothing sent',
    ]);
  });

  it('counts what clients have sent before the phase is over, and in this round only', () => {
    const traced = new Traced();
    const trace = new RoundTrace(traced.host('server'));
    new SessionTrace(traced.host('c0'), 1).phase('unmasked', { up: 9, down: 9 });
    trace.began({ round: 2, clients: named(3), threshold: 2, neighbours: 2 });
    trace.phase('sharing', upTo(3));
    trace.phase('collecting', upTo(3));
    new SessionTrace(traced.host('c1'), 2).phase('masked', { up: 700, down: 300 });
    const drawing = traced.draw();
    expect(drawing?.title).toBe('Round 2: collecting, 1 of 3 have sent their input.');
    expect(drawing?.table.rows.map((row) => row.slice(0, 4))).toEqual([
      ['c0', 'shares sent', null, null],
      ['c1', 'input sent', 700, 300],
      ['c2', 'shares sent', null, null],
    ]);
    expect(traced.mask('c0', 'c1')).toMatchObject({ dash: 'solid', stroke: 'c1' });
  });

  it('draws no mask between two that left, and none with one that left before its shares', () => {
    const traced = new Traced();
    const trace = new RoundTrace(traced.host('server'));
    trace.began({ round: 1, clients: named(5), threshold: 2, neighbours: 4 });
    trace.phase('sharing', upTo(5));
    trace.phase('collecting', upTo(4));
    trace.phase('unmasking', [0, 1]);
    expect(traced.mask('c2', 'c3')?.title).toContain('unused');
    expect(traced.mask('c2', 'c4')).toBeUndefined();
  });

  it('draws the masks of a ring in its order, those of one client if there are many', () => {
    const traced = new Traced();
    const trace = new RoundTrace(traced.host('server'));
    trace.began({ round: 1, clients: named(100), threshold: 2, neighbours: 2 });
    const order = upTo(100).map((at) => (37 * at) % 100);
    trace.phase('sharing', upTo(100), order);
    const lines = traced.draw()?.shapes.filter(({ kind }) => kind === 'line');
    expect(lines?.map(({ title }) => title)).toEqual([
      'mask of c0 and c37: open',
      'mask of c0 and c63: open',
    ]);
  });

  it('says that the server sees inputs that nobody hides', () => {
    const traced = new Traced();
    const trace = new RoundTrace(traced.host('server'));
    trace.began({ round: 1, clients: named(3), threshold: 1, neighbours: 0 });
    trace.summed([0, 2]);
    expect(traced.draw()?.title).toBe('Round 1: 2 of 3 inputs, seen by the server.');
    expect(traced.draw()?.shapes.filter(({ kind }) => kind === 'line')).toEqual([]);
  });

  it('stays inside 284 px', () => {
    const traced = new Traced();
    lossy(traced);
    const shapes = traced.draw({ width: 284 })?.shapes ?? [];
    const ends = shapes.flatMap((shape): number[] => {
      if (shape.kind === 'line') return [shape.x1, shape.x2];
      if (shape.kind === 'circle') return [shape.x - shape.r, shape.x + shape.r];
      if (shape.kind === 'rect') return [shape.x, shape.x + shape.w];
      return [];
    });
    expect(Math.min(...ends)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...ends)).toBeLessThanOrEqual(284);
  });

  it('writes one state for each phase of a hundred clients, below 1 kB each', () => {
    const traced = new Traced();
    const trace = new RoundTrace(traced.host('server'));
    const survivors = upTo(100).filter((at) => at % 10 !== 3);
    trace.began({ round: 1, clients: named(100), threshold: 67, neighbours: 99 });
    trace.phase('inviting', upTo(100));
    trace.phase('sharing', upTo(100));
    trace.phase('collecting', upTo(100));
    trace.phase('unmasking', survivors);
    trace.phase('done', survivors);
    trace.summed(survivors);
    expect(traced.writes).toBe(6);
    expect(traced.bytes).toBeLessThan(6_000);
    expect(traced.draw()?.title).toBe(
      'Round 1: 90 of 100 inputs in the sum, masks of 10 rebuilt from at least 67 shares each.',
    );
  });
});
