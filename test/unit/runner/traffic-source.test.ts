import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../engine/core/stream.ts';
import type { RequestWithReceiver } from '../../../engine/net/inquiry.ts';
import { FlowMeter } from '../../../runner/traffic/flow-meter.ts';
import { type GroundTruth, readTruth, TruthWriter } from '../../../runner/traffic/ground-truth.ts';
import { Flow, type FlowWorld } from '../../../runner/traffic/traffic-source.ts';
import type { TrafficSpec } from '../../../scenarios/model.ts';
import type { TrafficPattern } from '../../../scenarios/traffic-pattern.ts';
import { MS, SECOND } from './fixture.ts';

interface Sent {
  readonly at: number;
  readonly node: string;
  readonly target: string;
  readonly bytes: number;
  readonly truth: GroundTruth;
}

/** A world that only keeps time and records requests; `answer` is the answer of the node. */
class NoteWorld implements FlowWorld {
  readonly sent: Sent[] = [];
  answer = (_sequence: number): string => 'ok';
  #now = 0;
  #order = 0;
  readonly #agenda: { at: number; order: number; fire: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  at(at: number, fire: () => void): void {
    this.#agenda.push({ at, order: this.#order, fire });
    this.#order += 1;
  }

  request(node: string, request: RequestWithReceiver): void {
    const truth: GroundTruth = { flow: 0, kind: 'data', sequence: 0, sentNs: 0 };
    expect(readTruth(request.body, truth)).toBe(true);
    const { target, body } = request;
    this.sent.push({ at: this.#now, node, target, bytes: body.length, truth });
    request.respond(this.answer(truth.sequence));
  }

  runUntil(end: number): void {
    for (;;) {
      this.#agenda.sort((a, b) => a.at - b.at || a.order - b.order);
      const next = this.#agenda[0];
      if (next === undefined || next.at > end) return;
      this.#agenda.shift();
      this.#now = next.at;
      next.fire();
    }
  }
}

function flowOf(
  world: FlowWorld,
  pattern: TrafficPattern,
  more: Partial<TrafficSpec> & { readonly index?: number; readonly seed?: number } = {},
): Flow {
  const { index = 0, seed = 1, ...own } = more;
  const spec: TrafficSpec = {
    from: 'a',
    to: 'b',
    pattern,
    sizeBytes: 100,
    startNs: 0,
    stopNs: 20 * SECOND,
    position: { file: 'a.yaml', line: 1, column: 1 },
    ...own,
  };
  const meter = new FlowMeter({ warmupNs: 0, endNs: 20 * SECOND }, Flow.spacingNs(spec));
  return new Flow(world, spec, meter, {
    index,
    gaps: openRandomStream(seed, `traffic/${index}`, 'gap'),
    writer: new TruthWriter(openRandomStream(seed, `traffic/${index}`, 'body')),
  });
}

function run(pattern: TrafficPattern, more: Parameters<typeof flowOf>[2] = {}): [NoteWorld, Flow] {
  const world = new NoteWorld();
  const flow = flowOf(world, pattern, more);
  flow.start();
  world.runUntil(20 * SECOND);
  return [world, flow];
}

describe('a source', () => {
  it('constant sends at equal distances from start to stop', () => {
    const [world, flow] = run(
      { kind: 'constant', rate: 100 },
      { startNs: SECOND, stopNs: 3 * SECOND },
    );
    expect(world.sent.map(({ at }) => at)).toEqual(
      Array.from({ length: 199 }, (_, i) => SECOND + (i + 1) * 10 * MS),
    );
    expect(world.sent.map(({ truth }) => truth.sequence)).toEqual([...world.sent.keys()]);
    expect(world.sent.every(({ at, truth }) => truth.sentNs === at)).toBe(true);
    expect(flow.meter.sentCount).toBe(199);
  });

  it('grows evenly to its rate while a world of cold code asks for it', () => {
    const world = Object.assign(new NoteWorld(), { rampNs: SECOND });
    flowOf(world, { kind: 'constant', rate: 1_000 }).start();
    world.runUntil(2 * SECOND);
    const tenths = Array.from({ length: 11 }, (_, i) => {
      const from = (i * SECOND) / 10;
      return world.sent.filter(({ at }) => at > from && at <= from + SECOND / 10).length;
    });
    expect(tenths).toEqual([5, 15, 25, 35, 45, 55, 65, 75, 85, 95, 100]);
    expect(world.sent.map(({ truth }) => truth.sequence)).toEqual([...world.sent.keys()]);
  });

  it('poisson has the rate, and gaps whose deviation equals their mean', () => {
    const [world] = run({ kind: 'poisson', rate: 200 });
    const { length } = world.sent;
    expect(Math.abs(length - 4_000)).toBeLessThan(4 * Math.sqrt(4_000));
    const gaps = world.sent.slice(1).map(({ at }, i) => at - world.sent[i]!.at);
    const mean = gaps.reduce((a, b) => a + b, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(Math.abs(Math.sqrt(variance) / mean - 1)).toBeLessThan(0.08);
  });

  it('on-off sends at its rate while on, and is on for on / (on + off) of the time', () => {
    const pattern = { kind: 'on-off', rate: 1_000, onNs: 50 * MS, offNs: 150 * MS } as const;
    const [world] = run(pattern);
    const gaps = world.sent.slice(1).map(({ at }, i) => at - world.sent[i]!.at);
    expect(Math.min(...gaps)).toBe(MS);
    // 100 cycles of 200 ms: about a quarter of 20,000 packets.
    expect(world.sent.length).toBeGreaterThan(3_500);
    expect(world.sent.length).toBeLessThan(6_500);
    expect(gaps.filter((gap) => gap > MS).length).toBeGreaterThan(60);
  });

  it('trace sends the sizes of the file at its instants, as far as the flow lasts', () => {
    const [world] = run(
      { kind: 'trace', atNs: [0, 0, 500 * MS, 2 * SECOND], bytes: [40, 50, 60, 70] },
      { startNs: SECOND, stopNs: 3 * SECOND },
    );
    expect(world.sent.map(({ at, bytes }) => [at / MS, bytes])).toEqual([
      [1_000, 40],
      [1_000, 50],
      [1_500, 60],
    ]);
  });

  it('request-response is answered by the other end with its own size', () => {
    const pattern = { kind: 'request-response', rate: 10, responseBytes: 500 } as const;
    const [world, flow] = run(pattern, { stopNs: SECOND });
    expect(world.sent).toHaveLength(9);
    expect(new Set(world.sent.map(({ truth }) => truth.kind))).toEqual(new Set(['request']));
    expect(flow.requestSentNs(3)).toBe(400 * MS);
    flow.respond(3, pattern.responseBytes);
    expect(world.sent.at(-1)).toMatchObject({
      node: 'b',
      target: 'a',
      bytes: 500,
      truth: { kind: 'response', sequence: 3 },
    });
  });

  it('file sends its bytes once, offers refused chunks again, and knows when it is through', () => {
    const world = new NoteWorld();
    const flow = flowOf(world, { kind: 'file', bytes: 250 }, { startNs: SECOND });
    let asked = 0;
    world.answer = (): string => {
      asked += 1;
      return asked === 2 ? 'no-path' : 'ok';
    };
    flow.start();
    world.runUntil(20 * SECOND);
    expect(world.sent.map(({ at, bytes }) => [at / MS, bytes])).toEqual([
      [1_000, 100],
      [1_000, 100],
      [1_010, 100],
      [1_010, 50],
    ]);
    expect(flow.meter.refused).toBe(1);
    expect(flow.transferNs()).toEqual([]);
    // The rejected chunk is sent again, so no number is missing at the end.
    const numbers = [...new Set(world.sent.map(({ truth }) => truth.sequence))];
    expect(numbers).toEqual([0, 1, 2]);
    for (const sequence of numbers) {
      const truth: GroundTruth = { flow: 0, kind: 'data', sequence, sentNs: SECOND };
      flow.meter.received(truth, (2 + sequence) * SECOND);
    }
    expect(flow.transferNs()).toEqual([3 * SECOND]);
  });

  it('counts what its node refuses', () => {
    const world = new NoteWorld();
    world.answer = (sequence): string => (sequence % 2 === 0 ? 'ok' : 'no-path');
    const flow = flowOf(world, { kind: 'constant', rate: 10 }, { stopNs: SECOND });
    flow.start();
    world.runUntil(SECOND);
    expect(flow.meter.refused).toBe(4);
  });

  it('draws from its own stream: another flow more moves no packet', () => {
    const poisson = { kind: 'poisson', rate: 50 } as const;
    const instants = (count: number): number[] => {
      const world = new NoteWorld();
      for (let index = 0; index < count; index += 1) flowOf(world, poisson, { index }).start();
      world.runUntil(5 * SECOND);
      return world.sent.filter(({ truth }) => truth.flow === 0).map(({ at }) => at);
    };
    expect(instants(3)).toEqual(instants(1));
    expect(instants(1).length).toBeGreaterThan(150);
  });
});
