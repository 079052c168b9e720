/** Loops detect (n-1) attacks (docs/spec/mixnet.md, "Loops and alarms"). */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import {
  binomialTail,
  erlangTail,
  erlangUpperQuantile,
  expOfNegative,
} from '../../../../../nodes/mixnet/client/erlang.ts';
import { LoopWatch } from '../../../../../nodes/mixnet/client/loop-watch.ts';
import { binomialCdf } from '../../../../../reports/statistics/special.ts';
import { MS, SECOND } from './lab.ts';

const OPTIONS = { slack: 100 * MS, window: 60 * SECOND, loss: 0, falseAlarms: 0.001 };

describe('laws', () => {
  it('agree with the library of the engine that runs the test', () => {
    for (let x = 0; x < 500; x += 0.37) {
      expect(expOfNegative(x) / Math.exp(-x)).toBeCloseTo(1, 11);
    }
    for (const [n, k, p] of [
      [60, 1, 1e-6],
      [60, 2, 0.01],
      [1000, 30, 0.02],
      [5, 5, 0.3],
    ] as const) {
      expect(binomialTail(n, k, p)).toBeCloseTo(1 - binomialCdf(k - 1, { n, p }), 9);
    }
    expect([binomialTail(5, 0, 0.1), binomialTail(5, 6, 0.1)]).toEqual([1, 0]);
  });

  it('give quantiles that the tail confirms', () => {
    expect(erlangUpperQuantile(1, 1e-6)).toBeCloseTo(Math.log(1e6), 9);
    for (const shape of [1, 2, 4, 20]) {
      expect(erlangTail(shape, erlangUpperQuantile(shape, 1e-6)) / 1e-6).toBeCloseTo(1, 9);
    }
  });
});

/**
 * The attacker holds back all inputs of a mix for tau = ln(rho/epsilon)/mu, while the mix sends
 * loops at rate lambdaM. Returns true if a loop was on its way to the mix in that time.
 */
function isDetected(ratio: number, random: ReturnType<typeof openRandomStream>): boolean {
  const meanNs = 200 * MS;
  const watch = new LoopWatch(OPTIONS);
  const tau = Math.log(50 / 0.01) * meanNs;
  let now = random.exponential(meanNs / ratio);
  for (let index = 0; now < tau; index++) {
    watch.sent(Math.floor(now), `${index}`, { hops: 4, meanNs });
    now += random.exponential(meanNs / ratio);
  }
  return watch.expire(tau + 60 * SECOND).raisedAfter !== undefined;
}

describe('detection', () => {
  it('happens as often as 4.4 derives: 1 - (epsilon/rho)^(lambdaM/mu)', () => {
    const random = openRandomStream(7, 'test', 'detection');
    for (const [ratio, expected] of [
      [0.01, 0.082],
      [0.1, 0.573],
      [0.5, 0.986],
      [1, 0.9998],
    ] as const) {
      const trials = 2000;
      let detected = 0;
      for (let trial = 0; trial < trials; trial++) if (isDetected(ratio, random)) detected++;
      const spread = Math.sqrt((expected * (1 - expected)) / trials);
      expect(Math.abs(detected / trials - expected)).toBeLessThan(4 * spread + 0.001);
    }
  });

  it('is silent while loops return, whatever their number', () => {
    const random = openRandomStream(8, 'test', 'control');
    const watch = new LoopWatch(OPTIONS);
    const meanNs = 200 * MS;
    const back: { at: number; name: string }[] = [];
    let raised = 0;
    for (let index = 0; index < 20_000; index++) {
      const now = index * 100 * MS;
      watch.sent(now, `${index}`, { hops: 4, meanNs });
      let age = 0;
      for (let hop = 0; hop < 4; hop++) age += random.exponential(meanNs);
      back.push({ at: now + Math.floor(age), name: `${index}` });
      for (const loop of back.filter(({ at }) => at <= now)) {
        watch.returned(loop.at, loop.name);
        back.splice(back.indexOf(loop), 1);
      }
      if (watch.expire(now).raisedAfter !== undefined) raised++;
    }
    expect(raised).toBe(0);
    expect(watch.counts.returned).toBeGreaterThan(19_900);
  });

  it('allows for the loss of the network, and ends when loops return again', () => {
    const watch = new LoopWatch({ ...OPTIONS, loss: 0.05 });
    const law = { hops: 1, meanNs: 10 * MS };
    let now = 0;
    const feed = (count: number, lost: (index: number) => boolean): boolean => {
      let raised = false;
      for (let index = 0; index < count; index++) {
        now += SECOND / 2;
        const name = `${now}`;
        watch.sent(now, name, law);
        if (!lost(index)) watch.returned(now + 5 * MS, name);
        raised = watch.expire(now + SECOND / 4).raisedAfter !== undefined || raised;
      }
      return raised;
    };
    expect(feed(400, (index) => index % 20 === 0)).toBe(false);
    expect(feed(60, () => true)).toBe(true);
    expect(watch.isAlarmed).toBe(true);
    feed(400, () => false);
    expect(watch.isAlarmed).toBe(false);
  });

  it('counts a loop once: late ones stay missing, repeated ones are unknown', () => {
    const watch = new LoopWatch(OPTIONS);
    watch.sent(0, 'a', { hops: 1, meanNs: MS });
    watch.sent(0, 'b', { hops: 1, meanNs: MS });
    expect(watch.returned(5, 'a')).toBe(5);
    expect(watch.returned(6, 'a')).toBeUndefined();
    expect(watch.expire(10 * SECOND)).toEqual({ overdue: 1, raisedAfter: 10 * SECOND });
    expect(watch.returned(11 * SECOND, 'b')).toBeUndefined();
    expect(watch.counts).toEqual({ sent: 2, returned: 1, overdue: 1, open: 0 });
  });
});
