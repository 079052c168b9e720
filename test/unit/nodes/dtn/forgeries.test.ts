import { describe, expect, it } from 'vitest';
import { counter, load, prepare, ratio, run } from '../../runner/fixture.ts';

const FILE = 'dtn-tcpcl.yaml';
const SECOND = 1_000_000_000;

/** A run of the chain sender, relay, receiver with a flood of the relay from 5 s to 15 s, and its limits. */
const flooded = (kind: string, set: Readonly<Record<string, string>>): ReturnType<typeof load> =>
  load(FILE, {
    ...{ duration: '30s', drain: '5s', 'traffic.0.stop': '20s', 'options.dtn.tcpcl.tls': 'off' },
    events: `[{ at: 5s, for: 10s, flood: { to: relay, by: sender, kind: ${kind}, rate: 100/s } }]`,
    ...set,
  });

describe('what strangers can send to a node of DTN', () => {
  it.each([
    ['ageless', 1_000, 'bad-extension'],
    // Of the 407 datagrams of each name there are enough for two; the third waits for the rest in vain.
    ['long-names', 2, 'bad-encounter'],
  ])('%s are %i named drops, and no other bundle is lost', (kind, count, drop) => {
    const router = 'prophet';
    const result = run(
      flooded(kind, { 'options.dtn.layer': 'udpcl', 'options.dtn.router': router }),
    );
    expect(result.nodeDrops).toEqual({ [drop]: count });
    expect(ratio(result, 'dtn.delivery')).toMatchObject({ numerator: 29, denominator: 29 });
  });

  it('silent streams are ended but for the last 64; no session ends, and no bundle is lost', () => {
    const result = run(flooded('silent-stream', {}));
    // The last twenty are being opened when the flood ends.
    expect(result.nodeDrops).toEqual({ 'tcpcl-crowded': 1_000 - 20 - 64 });
    expect(ratio(result, 'dtn.delivery')).toMatchObject({ numerator: 29, denominator: 29 });
    expect(counter(result, 'dtn.received')).toBe(58);
  });
});

describe('a flood of streams', () => {
  it('ends its streams when it is over', () => {
    const { world } = prepare(flooded('silent-stream', {}));
    const waiting = [4, 14, 18].map((second) => {
      world.sim.runUntil(second * SECOND);
      return world.sim.scheduler.pendingCount;
    });
    expect(waiting[1]).toBeGreaterThan((waiting[0] as number) + 64);
    expect(waiting[2]).toBeLessThan((waiting[0] as number) + 10);
  });

  it('has at most 256 that are open or being opened', () => {
    const cut = '{ at: 4s, for: 20s, link: sender <-> relay, set: { up: false } }';
    const flood =
      '{ at: 5s, for: 10s, flood: { to: relay, by: sender, kind: silent-stream, rate: 100/s } }';
    const { world } = prepare(flooded('silent-stream', { events: `[${cut}, ${flood}]` }));
    const waiting = [7, 11].map((second) => {
      world.sim.runUntil(second * SECOND);
      return world.sim.scheduler.pendingCount;
    });
    // 200 after two seconds, and 400 more after another four if there were no bound.
    expect((waiting[1] as number) - (waiting[0] as number)).toBeLessThan(300);
    expect((waiting[1] as number) - (waiting[0] as number)).toBeGreaterThan(50);
  });

  it('is over when its host crashes', () => {
    const crash = '{ at: 10s, for: 1s, crash: sender }';
    const flood =
      '{ at: 5s, for: 10s, flood: { to: relay, by: sender, kind: silent-stream, rate: 100/s } }';
    const result = run(flooded('silent-stream', { events: `[${flood}, ${crash}]` }));
    expect(result.nodeDrops['tcpcl-crowded']).toBeGreaterThan(400);
    expect(result.nodeDrops['tcpcl-crowded']).toBeLessThan(500);
  });
});
