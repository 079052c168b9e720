/**
 * The traffic class with which probes and handshakes overtake data is not authenticated, so junk in
 * this class must not take the processor away from everything else. In the past, all of it overtook
 * as long as fewer than 256 packets waited, and junk for 95 % of a core left at most 5 % to data.
 */
import { describe, expect, it } from 'vitest';
import { Scheduler } from '../../engine/core/scheduler.ts';
import { openRandomStream } from '../../engine/core/stream.ts';
import { Machine } from '../../engine/net/machine.ts';
import { GATEWAY_FORGERIES } from '../../nodes/gateway/forgeries.ts';
import { load, run } from '../unit/runner/fixture.ts';

const SECOND = 1_000_000_000;
const COST_NS = 10_000;
const LIMIT_NS = 30_000_000;

interface Stream {
  readonly load: number;
  readonly isUrgent: boolean;
}

interface Served {
  done: number;
  late: number;
  waitedNs: number;
}

/** Two seconds of Poisson arrivals at one core; loads are given as shares of the core. */
function serve(...streams: readonly Stream[]): readonly Served[] {
  const scheduler = new Scheduler();
  const profile = { name: 'test', event: { ns: COST_NS } };
  const machine = new Machine(scheduler, { profile, queueLimit: 1e9 });
  const served = streams.map(({ load: share, isUrgent }, index): Served => {
    const counts: Served = { done: 0, late: 0, waitedNs: 0 };
    const gaps = openRandomStream(1, 'test', `gap ${index}`);
    const arrive = (): void => {
      const since = scheduler.now;
      const work = {
        limitNs: LIMIT_NS,
        run: (): void => {
          machine.charge('event', 0);
          counts.done += 1;
          counts.waitedNs += scheduler.now - since;
        },
        late: (): void => {
          counts.late += 1;
        },
      };
      if (isUrgent) machine.runUrgent(work);
      else machine.runTimed(work);
      scheduler.after(Math.round(gaps.exponential(COST_NS / share)), arrive);
    };
    scheduler.after(0, arrive);
    return counts;
  });
  scheduler.runUntil(2 * SECOND);
  return served;
}

const shareOf = ({ done, late }: Served): number => done / (done + late);
const waitOf = ({ done, waitedNs }: Served): number => waitedNs / done;

describe('junk that calls itself urgent', () => {
  it('gains little: data that has room for 9 in 10 loses no more than beside ordinary junk', () => {
    const [ordinary] = serve({ load: 0.1, isUrgent: false }, { load: 1, isUrgent: false });
    const [beside] = serve({ load: 0.1, isUrgent: false }, { load: 1, isUrgent: true });
    expect(shareOf(ordinary as Served)).toBeGreaterThan(0.85);
    expect(shareOf(beside as Served)).toBeGreaterThan(0.95 * shareOf(ordinary as Served));
  });

  it('takes an eighth of a core in front, and waits with the data for the rest', () => {
    const [data] = serve({ load: 1.5, isUrgent: false }, { load: 1.5, isUrgent: true });
    const dataShare = ((data as Served).done * COST_NS) / (2 * SECOND);
    // Half of seven eighths, minus the 20 ms that urgent datagrams may use immediately.
    expect(dataShare).toBeGreaterThan(0.4);
    expect(dataShare).toBeLessThan(0.5);
  });
});

describe('what is urgent', () => {
  it('passes in front of data that is too much, as long as it is little', () => {
    const [data, probes] = serve({ load: 1.5, isUrgent: false }, { load: 0.05, isUrgent: true });
    expect((probes as Served).late).toBe(0);
    expect(waitOf(probes as Served)).toBeLessThan(2 * COST_NS);
    expect(waitOf(data as Served)).toBeGreaterThan(1_000 * COST_NS);
  });

  it('waits with the data above an eighth of a core', () => {
    const [, few] = serve({ load: 1.5, isUrgent: false }, { load: 0.12, isUrgent: true });
    expect((few as Served).late).toBe(0);
    const [, many] = serve({ load: 1.5, isUrgent: false }, { load: 0.2, isUrgent: true });
    expect((many as Served).late).toBeGreaterThan(0);
  });
});

describe('a flood of urgent frames', () => {
  it('has the class of probes and handshakes, and is refused as other junk is', () => {
    expect(GATEWAY_FORGERIES['urgent-frame']?.help).toContain('in front of data');
    const flooded = (kind: string): Readonly<Record<string, number>> =>
      run(
        load('failover.yaml', {
          duration: '6s',
          warmup: '3s',
          crypto: 'modelled',
          'traffic.0.rate': '50/s',
          events: `[{ at: 4s, for: 1s, flood: { to: gateway-211, kind: ${kind}, rate: 500/s } }]`,
        }),
      ).nodeDrops;
    expect(flooded('urgent-frame')).toEqual(flooded('frame'));
  });
});
