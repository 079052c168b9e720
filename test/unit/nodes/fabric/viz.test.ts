/**
 * What a node of fabric traces is what its page draws.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { PeerTrace } from '../../../../nodes/fabric/peer-trace.ts';
import type { ObservedMessage } from '../../../../nodes/fabric/peer-watch.ts';
import { viz } from '../../../../nodes/fabric/viz.ts';
import type { Drawing, DrawingInput, NodeState } from '../../../../viz/format/drawing.ts';

const MS = 1_000_000;
const SECOND = 1_000_000_000;
const nothing = (): void => undefined;

/** The states of alice after some calls of her trace. */
class Traced {
  readonly states = new Map<string, string>();
  writes = 0;
  readonly trace = new PeerTrace(
    {
      trace: {
        isRecorded: true,
        state: (machine, state): void => {
          this.states.set(machine, state);
          this.writes += 1;
        },
        span: (): (() => void) => nothing,
        mark: nothing,
      },
    },
    'bob',
    ['datagram', 'dtn'],
  );

  draw(view: string, timeNs: number, more: Partial<DrawingInput> = {}): Drawing | undefined {
    const node: NodeState = { number: 0, name: 'alice', protocol: 'fabric', states: this.states };
    const input = {
      timeNs,
      fromNs: 0,
      toNs: timeNs,
      nodes: [node],
      spans: [],
      marks: [],
      width: 800,
      height: 600,
      ...more,
    };
    const found = viz.views.find(({ name }) => name === view);
    return found?.applies(input) ? found.draw(input) : undefined;
  }
}

const message = (number: number, length: number, sinceNs: number): ObservedMessage => ({
  ...{ number, kind: 'call', priority: 1, sinceNs, sentEnd: length },
  bytes: { length },
  there: { size: 0 },
});

describe('the page of fabric', () => {
  it('draws nothing of a node that has traced nothing', () => {
    expect(new Traced().draw('messages', SECOND)).toBeUndefined();
    expect(new Traced().draw('life', SECOND)).toBeUndefined();
  });

  it('draws the ways of a choice by latency and privacy, and joins those that none dominates', () => {
    const traced = new Traced();
    const costs = [
      ['gateway', 20, 0.01, 0.1],
      ['mixnet', 700, 0.02, 0],
      ['old', 900, 0.5, 0.1],
    ] as const;
    traced.trace.chosen(0, {
      ...{ order: [1, 0, 2], probes: [] },
      why: 'private: mixnet 0.314, gateway 0.400, old dominated',
      weighed: costs.map(([carrier, latencyMs, unreliability, epsilon]) => ({
        facts: { carrier },
        cost: { latencyMs, unreliability, epsilon },
      })),
    });
    const drawing = traced.draw('frontier', SECOND, { width: 390 });
    expect(drawing?.summary).toContain('mixnet 0.314, not gateway 0.400, old dominated');
    expect(drawing?.table.rows).toEqual([
      ['alice', 'bob', 'private', 'gateway', 20, 0.01, 0.1, '0.400', 'on the frontier'],
      ['alice', 'bob', 'private', 'mixnet', 700, 0.02, 0, '0.314', 'taken'],
      ['alice', 'bob', 'private', 'old', 900, 0.5, 0.1, 'dominated', 'dominated'],
    ]);
    const points = drawing?.shapes.filter(({ kind }) => kind === 'circle') ?? [];
    expect(points.map(({ fill }) => fill)).toEqual(['c1', 'pass', 'muted']);
    const places = points.map((shape) => (shape.kind === 'circle' ? [shape.x, shape.y] : []));
    const [[x1, y1], [x2, y2], [x3]] = places as [number[], number[], number[]];
    expect([(x1 ?? 0) < (x2 ?? 0), (x2 ?? 0) < (x3 ?? 0), (y1 ?? 0) < (y2 ?? 0)]).toEqual([
      ...[true, true, true],
    ]);
    expect(drawing?.shapes).toContainEqual({
      kind: 'path',
      d: `M${x1} ${y1}L${x2} ${y2}`,
      stroke: 'c1',
    });
    expect(new Traced().draw('frontier', SECOND)).toBeUndefined();
  });

  it('lists what is open and what has ended, and says which way does not answer', () => {
    const traced = new Traced();
    const { trace } = traced;
    const way = { windowBytes: 12_000, inFlightBytes: 1_200, roundTripNs: 20 * MS, isActive: true };
    trace.way(0, 0, { ...way, isUp: true });
    const first = message(1, 1_062, 0);
    trace.accepted(0, first);
    trace.ended(30 * MS, first, 'reply');
    trace.way(2 * SECOND, 0, { ...way, isUp: false, isActive: false });
    trace.accepted(2 * SECOND, message(2, 500, 2 * SECOND));
    const drawing = traced.draw('messages', 3 * SECOND);
    expect(drawing?.title).toBe('1 message is open, 1 way does not answer.');
    expect(drawing?.table.rows).toEqual([
      ['alice', 'bob', 1, 'call', 1_062, 0, 30, 'reply'],
      ['alice', 'bob', 2, 'call', 500, 2_000, null, '0 of 500 B sent, 0 there'],
    ]);
    const texts = drawing?.shapes.flatMap((shape) => (shape.kind === 'text' ? shape.text : []));
    expect(texts).toContain(
      'datagram does not answer, round trip 20.0 ms, 1\u202f200 of 12\u202f000 B under way',
    );
  });

  it('shows the life of a message: what left over which way, and why again', () => {
    const traced = new Traced();
    const { trace } = traced;
    const long = message(7, 10_000, 0);
    trace.accepted(0, long);
    for (let start = 0; start < 5_000; start += 1_000) {
      trace.sent(start * 10, { message: long, start, end: start + 1_000 }, 0);
    }
    trace.again(SECOND, long, 'other-way');
    trace.sent(SECOND, { message: long, start: 4_000, end: 5_000 }, 1);
    trace.sent(SECOND, { message: long, start: 5_000, end: 10_000 }, 1);
    trace.ended(2 * SECOND, long, 'reply');
    const drawing = traced.draw('life', 3 * SECOND);
    expect(drawing?.title).toBe(
      'Message 7 of 10\u202f000 B went over datagram, then dtn; 1\u202f000 B were sent again.',
    );
    expect(drawing?.table.rows).toEqual([
      [0, 0, 'datagram', 0, 5_000, 'for the first time'],
      [1_000, 1_000, 'dtn', 4_000, 5_000, 'again: over another way'],
      [1_000, 1_000, 'dtn', 5_000, 10_000, 'for the first time'],
    ]);
  });

  it('named only what it listed of a long life: totals count all of it', () => {
    const traced = new Traced();
    const long = message(7, 10_000_000, 0);
    for (let start = 0; start < 10_000_000; start += 100_000) {
      const way = start < 9_000_000 ? 0 : 1;
      const now = start * 100;
      traced.trace.sent(now, { message: long, start, end: start + 100_000 }, way);
      traced.trace.again(now, long, 'lost');
      traced.trace.sent(now, { message: long, start, end: start + 1_000 }, way);
    }
    traced.trace.ended(2 * SECOND, long, 'reply');
    const drawing = traced.draw('life', 3 * SECOND);
    expect(drawing?.title).toBe(
      'Message 7 of 10\u202f000\u202f000 B went over datagram, then dtn; 100\u202f000 B were sent again.',
    );
    expect(drawing?.legend).toContain('152 more are not drawn');
  });

  it('counted the listed messages instead of those that are open', () => {
    const traced = new Traced();
    for (let number = 1; number <= 100; number += 1) {
      traced.trace.accepted(0, message(number, 100, 0));
    }
    traced.trace.accepted(2 * SECOND, message(101, 100, 0));
    expect(traced.draw('messages', 2 * SECOND)?.title).toBe('101 messages are open.');
  });

  it('shows the message that was chosen', () => {
    const traced = new Traced();
    for (const number of [1, 2]) {
      const long = message(number, 4_000, 0);
      traced.trace.sent(number * SECOND, { message: long, start: 0, end: 2_000 }, 0);
      traced.trace.sent(number * SECOND + 100 * MS, { message: long, start: 2_000, end: 4_000 }, 0);
      traced.trace.ended(number * SECOND + 200 * MS, long, 'reply');
    }
    expect(traced.draw('life', 5 * SECOND)?.title).toContain('Message 2 ');
    const chosen = ['message:alice/bob/1'];
    expect(traced.draw('life', 5 * SECOND, { chosen })?.title).toContain('Message 1 ');
  });

  it('writes little of ten thousand messages in a second', () => {
    const traced = new Traced();
    for (let number = 1; number <= 10_000; number += 1) {
      const now = number * 100_000;
      const short = message(number, 1_000, now);
      traced.trace.accepted(now, short);
      traced.trace.sent(now, { message: short, start: 0, end: 1_000 }, 0);
      if (number > 1) traced.trace.ended(now, message(number - 1, 1_000, now), 'reply');
    }
    expect(traced.writes).toBeLessThan(10);
    expect(traced.writes).toBeGreaterThan(0);
  });
});
