/**
 * How fast messages get over wires that lose, delay, double and reorder packets. Bounds have both
 * sides where a machine that does nothing, or something else, would keep one of them.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import {
  bits,
  DATA,
  Flow,
  MINUTE,
  MS,
  PACKET,
  SECOND,
  type WireOptions,
  World,
} from './simulated-wire.ts';

const SEEDS = [1, 2, 3];
const MESSAGE = 10_000_000;
const ENDLESS = 1e12;
const FAST: WireOptions & { readonly rate: number } = {
  rate: bits(1e9),
  delayNs: 10 * MS,
  queue: 2_000,
};
const SLOW: WireOptions & { readonly rate: number } = {
  rate: bits(1e7),
  delayNs: 10 * MS,
  queue: 64,
};
/** Round trip of a packet alone over either wire, without waiting for others. */
const ROUND_TRIP = 20 * MS;

/** What a wire needs for a message, heads included, and the round trip. */
function leastNs(bytes: number, rate: number, roundTripNs = ROUND_TRIP): number {
  return (Math.ceil(bytes / DATA) * PACKET) / rate + roundTripNs;
}

/** Sends messages one after another. @returns how much longer each took than it must. */
function inTurn(
  options: WireOptions & { readonly rate: number },
  seed: number,
  count = 6,
  pauseNs = 0,
): { readonly first: number; readonly later: readonly number[]; readonly flow: Flow } {
  const world = new World(options, seed);
  const flow = new Flow(world, seed);
  const factors: number[] = [];
  for (let index = 0; index < count; index += 1) {
    if (index === 2) flow.forget();
    factors.push(flow.deliver(MESSAGE) / leastNs(MESSAGE, options.rate));
    const until = world.now + pauseNs;
    if (pauseNs > 0) world.run(() => false, until);
  }
  return { first: factors[0] as number, later: factors.slice(2), flow };
}

/** Share of the wire that a flow without end uses from now on, in each of some spans of time. */
function shares(world: World, flow: Flow, spanNs: number, spans: number): readonly number[] {
  const { rate = Number.NaN } = world.options;
  return Array.from({ length: spans }, () => {
    const before = flow.arrived;
    const until = world.now + spanNs;
    world.run(() => false, until);
    return ((flow.arrived - before) * PACKET) / (rate * spanNs);
  });
}

const most = (values: readonly number[]): number => Math.max(...values);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('messages of 10 MB over 1 Gbit/s and 10 ms', () => {
  it('take what the wire takes once it is known, and four times that at first', () => {
    const { first, later, flow } = inTurn(FAST, 1);
    expect(first).toBeGreaterThan(1.5);
    expect(first).toBeLessThan(4);
    expect(most(later)).toBeLessThan(1.3);
    expect(Math.min(...later)).toBeGreaterThanOrEqual(1);
    expect(flow.againBytes).toBe(0);
  });

  it.each(SEEDS)('take little longer where one packet in 100 is lost: seed %i', (seed) => {
    const { first, later, flow } = inTurn({ ...FAST, loss: 0.01 }, seed);
    expect(first).toBeLessThan(4);
    expect(most(later)).toBeLessThan(2.5);
    expect(mean(later)).toBeGreaterThan(1.05);
    expect(flow.againBytes / flow.sentBytes).toBeGreaterThan(0.008);
    expect(flow.againBytes / flow.sentBytes).toBeLessThan(0.015);
  });

  // One in 20 is lost, one in ten comes twice, one in ten up to 5 ms late.
  it.each(SEEDS)('get on with losses, doubles and reordering: seed %i', (seed) => {
    const bad = { loss: 0.05, duplication: 0.1, reordering: 0.1, lateNs: 5 * MS };
    const { first, later, flow } = inTurn({ ...FAST, ...bad }, seed);
    expect(first).toBeLessThan(12);
    expect(mean(later)).toBeGreaterThan(1.4);
    expect(mean(later)).toBeLessThan(6);
    // What is lost is sent again; of what is late, little.
    expect(flow.againBytes / flow.sentBytes).toBeGreaterThan(0.045);
    expect(flow.againBytes / flow.sentBytes).toBeLessThan(0.12);
    expect(flow.needlessBytes / flow.sentBytes).toBeLessThan(0.03);
  });

  it.each([0.1, 5, 60])('keep their window over a pause of %d s', (seconds) => {
    const { later, flow } = inTurn(FAST, 1, 6, seconds * SECOND);
    expect(most(later)).toBeLessThan(1.5);
    expect(flow.againBytes).toBe(0);
  });

  it('find their window again after a time of small ones', () => {
    const world = new World(FAST, 1);
    const flow = new Flow(world, 1);
    for (let index = 0; index < 3; index += 1) flow.deliver(MESSAGE);
    flow.forget();
    const { window } = flow.recovery;
    for (let index = 0; index < 300; index += 1) {
      flow.deliver(1_000);
      const until = world.now + 50 * MS;
      world.run(() => false, until);
    }
    // Single packets are acknowledged after 25 ms: that is no part of their round trip.
    expect(flow.recovery.window).toBe(window);
    expect(flow.deliver(MESSAGE) / leastNs(MESSAGE, FAST.rate)).toBeLessThan(1.3);
    expect(flow.againBytes).toBe(0);
  });

  it('that begin do not put more into a long queue than three times what the wire holds', () => {
    const rate = bits(1e8);
    const world = new World({ rate, delayNs: 60 * MS }, 1);
    const flow = new Flow(world, 1);
    flow.offer(ENDLESS);
    world.run(() => false, 4 * SECOND);
    expect(flow.inFlightMax / (rate * 120 * MS)).toBeGreaterThan(1);
    expect(flow.inFlightMax / (rate * 120 * MS)).toBeLessThan(3.1);
  });
});

describe('a wire of 10 Mbit/s with a queue of 64 packets', () => {
  /** After ten seconds of a flow without end. */
  function steady(isFixedWindow: boolean): { readonly again: number; readonly swollen: number } {
    const world = new World(SLOW, 1);
    const flow = new Flow(world, 1, isFixedWindow);
    flow.offer(ENDLESS);
    world.run(() => false, 10 * SECOND);
    flow.forget();
    expect(mean(shares(world, flow, 30 * SECOND, 1))).toBeGreaterThan(0.95);
    const { againBytes, sentBytes, smoothedNsMax } = flow;
    return { again: againBytes / sentBytes, swollen: smoothedNsMax / ROUND_TRIP };
  }

  it('loses next to nothing, and its queue stays short', () => {
    const { again, swollen } = steady(false);
    expect(again).toBeLessThan(0.05);
    expect(swollen).toBeGreaterThan(1.2);
    expect(swollen).toBeLessThan(2.5);
  });

  it('loses much, and its queue is full, if the window never shrinks', () => {
    const { again, swollen } = steady(true);
    expect(again).toBeGreaterThan(0.1);
    expect(swollen).toBeGreaterThan(3);
  });

  /** Bytes of two flows, of which the second begins `headNs` later. */
  function together(headNs: number, isFixedWindow: boolean): { ratio: number; again: number } {
    const world = new World(SLOW, 1);
    const flows = [1, 2].map((seed) => new Flow(world, seed, isFixedWindow));
    for (const flow of flows) {
      flow.offer(ENDLESS);
      world.run(() => false, world.now + headNs);
    }
    world.run(() => false, world.now + 10 * SECOND);
    for (const flow of flows) flow.forget();
    const before = flows.map(({ arrived }) => arrived);
    world.run(() => false, world.now + 30 * SECOND);
    const got = flows.map(({ arrived }, index) => arrived - (before[index] as number));
    const sent = flows.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
    const again = flows.reduce((sum, { againBytes }) => sum + againBytes, 0);
    return { ratio: most(got) / Math.min(...got), again: again / sent };
  }

  it.each([0, 1, 3])('is shared by two flows, %i s apart', (headSeconds) => {
    const { ratio, again } = together(headSeconds * SECOND, false);
    expect(ratio).toBeLessThan(3);
    expect(again).toBeLessThan(0.05);
  });

  it('belongs to the first of two flows if the window never shrinks', () => {
    const { ratio, again } = together(SECOND, true);
    expect(ratio).toBeGreaterThan(10);
    expect(again).toBeGreaterThan(0.15);
  });

  it('lets two messages at once both end in the time of both', () => {
    const world = new World(SLOW, 1);
    const flows = [1, 2].map((seed) => new Flow(world, seed));
    for (const flow of flows) flow.offer(MESSAGE);
    world.run(() => flows.every(({ isDone }) => isDone));
    expect(world.now / leastNs(2 * MESSAGE, SLOW.rate)).toBeLessThan(1.1);
  });

  it('takes a large message well after a time of small ones', () => {
    const world = new World(SLOW, 1);
    const flow = new Flow(world, 1);
    flow.deliver(MESSAGE / 5);
    for (let index = 0; index < 300; index += 1) {
      flow.deliver(1_000);
      const until = world.now + 50 * MS;
      world.run(() => false, until);
    }
    flow.forget();
    expect(flow.deliver(MESSAGE / 5) / leastNs(MESSAGE / 5, SLOW.rate)).toBeLessThan(1.1);
    expect(flow.againBytes / flow.sentBytes).toBeLessThan(0.05);
  });

  it('is found anew when it becomes three times as fast, and as slow', () => {
    const options = { ...SLOW };
    const world = new World(options, 1);
    const flow = new Flow(world, 1);
    flow.offer(ENDLESS);
    world.run(() => false, 10 * SECOND);
    options.rate = bits(3e7);
    expect(shares(world, flow, 2 * SECOND, 3).at(-1)).toBeGreaterThan(0.95);
    options.rate = SLOW.rate;
    world.run(() => false, world.now + 3 * SECOND);
    flow.forget();
    expect(shares(world, flow, 5 * SECOND, 1)[0]).toBeGreaterThan(0.95);
    expect(flow.againBytes / flow.sentBytes).toBeLessThan(0.05);
    expect(flow.smoothedNsMax / ROUND_TRIP).toBeLessThan(2.5);
  });
});

describe('the least round trip', () => {
  it('of a wire that becomes six times as long is learnt, and the rate comes back', () => {
    const delayNs = (now: number): number => (now < 20 * SECOND ? 10 * MS : 60 * MS);
    const world = new World({ ...SLOW, delayNs }, 1);
    const flow = new Flow(world, 1);
    flow.offer(ENDLESS);
    world.run(() => false, 20 * SECOND);
    const [worst, ...later] = shares(world, flow, 5 * SECOND, 4);
    // It was taken for a queue first, which is why the window went down.
    expect(worst).toBeLessThan(0.6);
    expect(worst).toBeGreaterThan(0.05);
    expect(later[0]).toBeGreaterThan(0.6);
    expect(Math.min(...later.slice(1))).toBeGreaterThan(0.9);
  });

  it('of a wire that becomes shorter is learnt as its queue is drained', () => {
    const delayNs = (now: number): number => (now < 20 * SECOND ? 60 * MS : 10 * MS);
    const world = new World({ ...SLOW, delayNs }, 1);
    const flow = new Flow(world, 1);
    flow.offer(ENDLESS);
    world.run(() => false, 20 * SECOND);
    // What was under way on the longer wire is a queue at first; each drained round shortens it.
    expect(shares(world, flow, 12 * SECOND, 1)[0]).toBeGreaterThan(0.95);
    expect(flow.smoothedNsMax / ROUND_TRIP).toBeGreaterThan(2.5);
    flow.forget();
    expect(shares(world, flow, 10 * SECOND, 1)[0]).toBeGreaterThan(0.95);
    expect(flow.smoothedNsMax / ROUND_TRIP).toBeLessThan(2.5);
  });

  it.each([1, 2, 4])('does not drift up with a long queue and %i flows', (count) => {
    const world = new World({ ...SLOW, queue: 5_000 }, 1);
    const flows = Array.from({ length: count }, (_, index) => new Flow(world, index + 1));
    for (const flow of flows) {
      flow.offer(ENDLESS);
      world.run(() => false, world.now + SECOND);
    }
    world.run(() => false, 20 * SECOND);
    for (const flow of flows) flow.forget();
    world.run(() => false, 2 * MINUTE);
    for (const { smoothedNsMax } of flows) {
      expect(smoothedNsMax / ROUND_TRIP).toBeLessThan(count === 1 ? 2.5 : 4 * count);
    }
  });

  it('of a wire on which few packets are a long queue gives the whole rate', () => {
    const world = new World({ rate: bits(1e5), delayNs: 10 * MS, queue: 64 }, 1);
    const flow = new Flow(world, 1);
    flow.offer(ENDLESS);
    world.run(() => false, 20 * SECOND);
    flow.forget();
    expect(shares(world, flow, 80 * SECOND, 1)[0]).toBeGreaterThan(0.97);
    expect(flow.inFlightMax / PACKET).toBeLessThan(18);
  });
});

describe('wires of another kind', () => {
  it('of 50 us are filled', () => {
    const rate = bits(1e10);
    const world = new World({ rate, delayNs: 25_000, queue: 200 }, 1);
    const flow = new Flow(world, 1);
    const factors = [0, 1, 2].map(() => flow.deliver(MESSAGE) / leastNs(MESSAGE, rate, 50_000));
    expect(most(factors.slice(1))).toBeLessThan(1.3);
    expect(flow.againBytes / flow.sentBytes).toBeLessThan(0.01);
  });

  it('of 20 minutes work, and no wait is shorter than they are', () => {
    const world = new World({ rate: bits(1e6), delayNs: 10 * MINUTE }, 1);
    const flow = new Flow(world, 1);
    expect(flow.deliver(1_000) / (20 * MINUTE)).toBeLessThan(1.01);
    const known = flow.againBytes;
    // Asked again and again before anything was known, and never since.
    expect(known / PACKET).toBeGreaterThan(50);
    expect(known / PACKET).toBeLessThan(300);
    const rounds = [0, 1, 2].map(() => flow.deliver(1_000_000) / (20 * MINUTE));
    expect(flow.againBytes).toBe(known);
    expect(rounds[0]).toBeLessThan(8);
    expect(rounds[2]).toBeLessThan(2.5);
  });

  it.each(SEEDS)('with delays that vary as in a mixnet repeat little: seed %i', (seed) => {
    const delayNs: WireOptions['delayNs'] = (_now, random) =>
      50 * MS + random.exponential(200 * MS);
    const world = new World({ rate: bits(1e7), delayNs }, seed);
    const flow = new Flow(world, seed);
    for (let index = 0; index < 5; index += 1) flow.deliver(1_000_000);
    flow.forget();
    const startNs = world.now;
    for (let index = 0; index < 5; index += 1) flow.deliver(1_000_000);
    expect(flow.needlessBytes / flow.sentBytes).toBeGreaterThan(0.001);
    expect(flow.needlessBytes / flow.sentBytes).toBeLessThan(0.15);
    expect((5_000_000 * SECOND) / (world.now - startNs)).toBeGreaterThan(15_000);
  });
});

describe('an outage of ten minutes', () => {
  const fromNs = 20 * SECOND;
  const toNs = fromNs + 10 * MINUTE;
  const isDown = (now: number): boolean => now >= fromNs && now < toNs;

  /** @returns seconds after the end until the first packet of a message arrives. */
  function resumes(loss: number, seed: number): number {
    const world = new World({ ...SLOW, loss, isDown }, seed);
    const flow = new Flow(world, seed);
    flow.offer(ENDLESS);
    world.run(() => false, toNs);
    const sent = flow.sentBytes;
    const { arrived } = flow;
    world.run(() => flow.arrived > arrived + 10, toNs + 5 * MINUTE);
    expect(flow.sentBytes).toBeGreaterThan(sent);
    return (world.now - toNs) / SECOND;
  }

  it.each([1, 2, 3, 4, 5, 6])('is over within 12 s: seed %i', (seed) => {
    const seconds = resumes(0, seed);
    expect(seconds).toBeLessThan(12);
    expect(seconds).toBeGreaterThan(0);
  });

  it('is over within one more question for each one lost, at 30 % of loss', () => {
    const waits = Array.from({ length: 20 }, (_, index) => resumes(0.3, index + 1));
    waits.sort((left, right) => left - right);
    expect(waits[10]).toBeLessThan(24);
    expect(waits[19]).toBeLessThan(120);
  });

  it('and more keeps no more than some questions under way', () => {
    const world = new World({ ...SLOW, isDown: (now) => now >= fromNs }, 1);
    const flow = new Flow(world, 1);
    flow.offer(ENDLESS);
    world.run(() => false, fromNs);
    const window = flow.inFlightMax;
    world.run(() => false, 2 * 60 * MINUTE);
    expect(flow.recovery.timeouts).toBeGreaterThan(600);
    expect((flow.recovery.inFlight - window) / PACKET).toBeLessThanOrEqual(128);
  });
});
