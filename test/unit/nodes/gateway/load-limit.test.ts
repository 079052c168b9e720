import { describe, expect, it } from 'vitest';
import { LoadLimiter, type LoadLimiterOptions } from '../../../../nodes/gateway/load-limit.ts';

const MS = 1_000_000;
const BASE = 20 * MS;
const OPTIONS: LoadLimiterOptions = {
  isEnabled: true,
  delayNs: 60 * MS,
  reportIntervalNs: 25 * MS,
};

interface Way {
  /** Frames per second that the path can carry. */
  capacity: number;
  /** Capacity of its queue, ns. */
  queueNs: number;
  /** Every n-th frame is lost on the path; 0 for none. */
  loseEvery: number;
  /** Added to the path's delay. */
  longerNs: number;
}

interface Under {
  readonly admitted: number;
  readonly offered: number;
  readonly arrived: number;
  readonly queueNsMax: number;
}

/** A sender, a path with one bottleneck, and a report every 25 ms about what arrived. */
class Model {
  readonly way: Way = {
    capacity: Number.POSITIVE_INFINITY,
    queueNs: 1_000 * MS,
    loseEvery: 0,
    longerNs: 0,
  };
  readonly limit: LoadLimiter;
  #now = 0;
  #sequence = 0;
  #freeNs = 0;
  #arrivals: { atNs: number; sequence: number }[] = [];
  #reports: { atNs: number; highest: number; count: number }[] = [];
  #nextReport = 25 * MS;
  #highest = -1;
  #count = 0;

  constructor(options: Partial<LoadLimiterOptions> = {}) {
    this.limit = new LoadLimiter({ ...OPTIONS, ...options });
  }

  /** Offers traffic at a constant rate for some time. */
  offer(ratePerSecond: number, ns: number): Under {
    const gap = 1e9 / ratePerSecond;
    const endNs = this.#now + ns;
    const before = this.#count;
    let [offered, admitted, queueNsMax] = [0, 0, 0];
    for (; this.#now < endNs; this.#now += gap) {
      this.#hear();
      offered += 1;
      if (!this.limit.admit(this.#now)) continue;
      admitted += 1;
      queueNsMax = Math.max(queueNsMax, this.#send());
    }
    return { offered, admitted, arrived: this.#count - before, queueNsMax };
  }

  /** @returns the frame's queueing delay, ns. */
  #send(): number {
    const sequence = this.#sequence;
    this.#sequence += 1;
    this.limit.sent(this.#now, sequence);
    const { capacity, queueNs, loseEvery, longerNs } = this.way;
    const waits = Math.max(0, this.#freeNs - this.#now);
    if (waits > queueNs || (loseEvery > 0 && sequence % loseEvery === 0)) return waits;
    this.#freeNs = this.#now + waits + 1e9 / capacity;
    this.#arrivals.push({ atNs: this.#freeNs + BASE / 2 + longerNs, sequence });
    return waits;
  }

  #hear(): void {
    while (this.#nextReport <= this.#now) {
      let taken = 0;
      for (const { atNs, sequence } of this.#arrivals) {
        if (atNs > this.#nextReport) break;
        this.#highest = Math.max(this.#highest, sequence);
        this.#count += 1;
        taken += 1;
      }
      this.#arrivals.splice(0, taken);
      const atNs = this.#nextReport + BASE / 2;
      if (taken > 0) this.#reports.push({ atNs, highest: this.#highest, count: this.#count });
      this.#nextReport += 25 * MS;
    }
    while ((this.#reports[0]?.atNs ?? Number.POSITIVE_INFINITY) <= this.#now) {
      const { highest = 0, count = 0, atNs = 0 } = this.#reports.shift() ?? {};
      this.limit.reported(atNs, { highest, count, baseRttNs: BASE });
    }
  }
}

describe('a way that is asked for less than it carries', () => {
  it.each([100, 1_000, 20_000])('admits everything at %i/s', (rate) => {
    const model = new Model();
    const { offered, admitted } = model.offer(rate, 5_000 * MS);
    expect(admitted).toBe(offered);
  });

  it('admits everything at the first packet, and when the rate grows tenfold', () => {
    const model = new Model();
    model.way.capacity = 10_000;
    for (const rate of [900, 9_000, 90, 9_000]) {
      const { offered, admitted } = model.offer(rate, 1_000 * MS);
      expect(admitted).toBe(offered);
    }
  });

  it('is not limited for loss alone, be it a third of all', () => {
    const model = new Model();
    model.way.loseEvery = 3;
    const { offered, admitted } = model.offer(5_000, 5_000 * MS);
    expect(admitted).toBe(offered);
  });

  it('is not limited for having become longer, by 40 or by 250 ms', () => {
    for (const ms of [40, 100, 250]) {
      const model = new Model();
      model.offer(5_000, 2_000 * MS);
      model.way.longerNs = ms * MS;
      const { offered, admitted } = model.offer(5_000, 5_000 * MS);
      expect(admitted).toBe(offered);
    }
  });
});

describe('a way that is asked for more than it carries', () => {
  it.each([1.5, 3, 10])(
    'carries nine tenths of what it can at %f times, with a short queue',
    (times) => {
      const model = new Model();
      model.way.capacity = 5_000;
      model.offer(4_000, 1_000 * MS);
      // Half a second to notice the overload, plus what is then left in the queue.
      model.offer(5_000 * times, 2_000 * MS);
      const { arrived, queueNsMax } = model.offer(5_000 * times, 5_000 * MS);
      expect(arrived / 5).toBeGreaterThan(4_500);
      expect(queueNsMax).toBeLessThan(150 * MS);
      expect(model.limit.isLimited).toBe(true);
    },
  );

  it('queues without end, or drops on the way, when nothing is turned away: the defect that this is for', () => {
    const model = new Model({ isEnabled: false });
    model.way.capacity = 5_000;
    const { admitted, offered, queueNsMax } = model.offer(15_000, 5_000 * MS);
    expect(admitted).toBe(offered);
    expect(queueNsMax).toBeGreaterThan(990 * MS);
  });

  it('is admitted again in full a second after the rush is over', () => {
    const model = new Model();
    model.way.capacity = 5_000;
    model.offer(15_000, 3_000 * MS);
    expect(model.limit.isLimited).toBe(true);
    model.offer(2_000, 2_000 * MS);
    expect(model.limit.isLimited).toBe(false);
    const { offered, admitted } = model.offer(4_500, 1_000 * MS);
    expect(admitted).toBe(offered);
  });

  it('uses what it carries when that has doubled', () => {
    const model = new Model();
    model.way.capacity = 4_000;
    model.offer(20_000, 3_000 * MS);
    model.way.capacity = 8_000;
    model.offer(20_000, 4_000 * MS);
    expect(model.offer(20_000, 2_000 * MS).arrived / 2).toBeGreaterThan(7_000);
  });
});

describe('a way that is cut while it is limited', () => {
  /** Carries 5,000/s while 15,000/s are offered, and loses everything for a while. */
  function cutFor(ms: number, act: (limit: LoadLimiter) => void = (): void => undefined): Model {
    const model = new Model();
    model.way.capacity = 5_000;
    model.offer(15_000, 3_000 * MS);
    expect(model.limit.isLimited).toBe(true);
    model.way.loseEvery = 1;
    model.offer(15_000, ms * MS);
    model.way.loseEvery = 0;
    act(model.limit);
    return model;
  }

  it.each([200, 600, 5_000])(
    'for %i ms is used again: what was under way is given up when no report comes',
    (ms) => {
      const model = cutFor(ms);
      // There is no report without a frame, and without a report no frame would leave.
      expect(model.offer(15_000, 500 * MS).arrived).toBeGreaterThan(200);
      expect(model.offer(15_000, 2_000 * MS).arrived / 2).toBeGreaterThan(4_000);
    },
  );

  it('is used again at once when the packets take another path', () => {
    const model = cutFor(150, (limit) => limit.moved());
    expect(model.offer(15_000, 20 * MS).admitted).toBe(32);
    expect(model.offer(15_000, 1_000 * MS).arrived).toBeGreaterThan(3_500);
  });
});

describe('reports', () => {
  it('of frames that were never sent, of an older epoch or without a base change nothing', () => {
    const limit = new LoadLimiter(OPTIONS);
    for (let sequence = 0; sequence < 100; sequence += 1) limit.sent(sequence * MS, sequence);
    limit.reported(200 * MS, { highest: 1e15, count: 5, baseRttNs: BASE });
    limit.reported(200 * MS, { highest: 50, count: 5, baseRttNs: -1 });
    // A new epoch counts from 0.
    limit.sent(300 * MS, 0);
    limit.reported(310 * MS, { highest: 99, count: 100, baseRttNs: BASE });
    expect(limit.isLimited).toBe(false);
    expect(limit.admit(320 * MS)).toBe(true);
  });

  it('work for sequences beyond 2^32', () => {
    const limit = new LoadLimiter({ ...OPTIONS, delayNs: MS });
    const first = 2 ** 40;
    for (let i = 0; i < 8_000; i += 1) {
      const now = i * (MS / 10);
      limit.sent(now, first + i);
      // Half of the frames arrive, 100 ms late.
      const report = { highest: first + i - 1_000, count: i / 2, baseRttNs: BASE };
      if (i % 250 === 0 && i > 1_000) limit.reported(now, report);
    }
    expect(limit.isLimited).toBe(true);
    // An operator may do without limits, at once.
    limit.change({ isEnabled: false, delayNs: MS });
    expect(limit.isLimited).toBe(false);
  });
});
