/**
 * The clock of handlers, on a clock that only moves when it is told to.
 *
 * @module
 */
import { performance } from 'node:perf_hooks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { HandlerClock } from '../../../../runner/calibration/timed-world.ts';

let nowMs = 0;
const work = (ms: number): void => {
  nowMs += ms;
};

function clockOf(crypto: ConstructorParameters<typeof HandlerClock>[0] = {}): HandlerClock {
  nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  return new HandlerClock(crypto);
}

const timesOf = (clock: HandlerClock): Readonly<Record<string, readonly number[]>> =>
  Object.fromEntries([...clock.times].map(([name, { ns }]) => [name, ns.map(Math.round)]));

describe('the clock of handlers', () => {
  afterEach(() => vi.restoreAllMocks());

  it('gives each protocol of a stack its own time, without sending and cryptography', () => {
    const clock = clockOf({ seal: { ns: 500_000, nsPerByte: 1_000 } });
    clock.handler('upper', 'timer', 0, () => {
      work(5);
      clock.nested('carrier', 'request', 100, () => {
        work(3);
        clock.chargeCrypto('seal', 500);
        clock.other(() => work(7));
        clock.nested('lowest', 'request', 110, () => work(11));
      });
      work(1);
      clock.other(() => work(13));
    });
    expect(timesOf(clock)).toEqual({
      'upper.timer': [6_000_000],
      'carrier.request': [2_000_000],
      'lowest.request': [11_000_000],
    });
    expect(clock.times.get('carrier.request')?.bytes).toEqual([100]);
  });

  it('times what nothing of the host has called as a handler of its own', () => {
    const clock = clockOf();
    clock.nested('carrier', 'datagram', 10, () => work(2));
    clock.handler('carrier', 'datagram', 10, () => work(3));
    expect(timesOf(clock)).toEqual({ 'carrier.datagram': [2_000_000, 3_000_000] });
  });

  it('keeps what is below nothing, so that means stay true', () => {
    const clock = clockOf({ tag: { ns: 3_000_000 } });
    clock.handler('router', 'datagram', 10, () => {
      clock.chargeCrypto('tag', 0);
      work(1);
    });
    expect(timesOf(clock)).toEqual({ 'router.datagram': [-2_000_000] });
  });
});
