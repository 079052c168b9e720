import { describe, expect, it } from 'vitest';
import type { LinkChange, LinkDirectionSpec } from '../../../../engine/net/link-spec.ts';
import { SimLink } from '../../../../engine/net/sim-link.ts';
import { Line } from './network-fixture.ts';

/** At this rate, one byte takes 1 us. */
const SLOW: LinkDirectionSpec = { rateBps: 8_000_000, delayNs: 3_000_000 };
const MS = 1_000_000;

/** A line of one direction, and the link that contains this direction. */
function linkOf(spec: LinkDirectionSpec = SLOW): { line: Line; link: SimLink } {
  const line = new Line([spec, SLOW]);
  const [forward, backward] = line.directions;
  const ends = { a: { host: 'a', port: 1 }, b: { host: 'b', port: 1 } };
  // The second direction relays packets to the end, so arrivals are one hop later.
  return { line, link: new SimLink({ id: 'l', ...ends }, forward!, backward!) };
}

/** A single direction that is changed at `at`. */
function changed(
  spec: LinkDirectionSpec,
  at: number,
  change: LinkChange,
): { line: Line; end: () => void } {
  const line = new Line([spec]);
  const ends = { a: { host: 'a', port: 1 }, b: { host: 'b', port: 1 } };
  const link = new SimLink({ id: 'l', ...ends }, line.only, line.only);
  let end = (): void => undefined;
  line.at(at, () => {
    end = link.change(change, 'forward').end;
  });
  return { line, end: () => end() };
}

const reasons = (line: Line): string[] => line.drops.map((drop) => drop.reason);

describe('changes while packets are under way (docs/spec/link-model.md#changes-while-packets-are-under-way)', () => {
  it('rate: the packet in serialisation finishes at the old rate', () => {
    const { line } = changed(SLOW, 400_000, { rateBps: 80_000_000 });
    line.offer(1_000, 1_000);
    line.run();
    expect(line.arrivalTimes).toEqual([4 * MS, 4 * MS + 100_000]);
  });

  it('rate, rescale: the rest of the packet continues at the new rate', () => {
    const change: LinkChange = { rateBps: 80_000_000, inSerialisation: 'rescale' };
    const { line } = changed(SLOW, 400_000, change);
    line.offer(1_000, 1_000);
    line.run();
    expect(line.arrivalTimes).toEqual([3 * MS + 460_000, 3 * MS + 560_000]);
    expect(line.only.busyNs).toBe(560_000);
  });

  it('rate, rescale: a slower rate makes the packet last longer', () => {
    const change: LinkChange = { rateBps: 800_000, inSerialisation: 'rescale' };
    const { line } = changed(SLOW, 400_000, change);
    line.offer(1_000);
    line.run();
    expect(line.arrivalTimes).toEqual([3 * MS + 400_000 + 6 * MS]);
  });

  it('rate: the remainder starts anew', () => {
    const { line } = changed({ rateBps: 7_000_000, delayNs: 0 }, 1, { rateBps: 8_000_000 });
    line.offer(1_500, 1_000);
    line.run();
    expect(line.arrivalTimes).toEqual([1_714_285, 2_714_285]);
  });

  it('delay shortened: later packets queue behind earlier ones, nothing is pulled forward', () => {
    const { line } = changed(SLOW, 1_500_000, { delayNs: 0 });
    line.offer(1_000, 1_000, 1_000, 1_000, 1_000);
    line.run();
    expect(line.arrivalTimes).toEqual([4, 4, 4, 4, 5].map((ms) => ms * MS));
    expect(line.arrivalNumbers).toEqual([0, 1, 2, 3, 4]);
  });

  it('delay shortened with reordering: later packets overtake', () => {
    const { line } = changed({ ...SLOW, reorder: true }, 1_500_000, { delayNs: 0 });
    line.offer(1_000, 1_000);
    line.run();
    expect(line.arrivalNumbers).toEqual([1, 0]);
    expect(line.arrivalTimes).toEqual([2 * MS, 4 * MS]);
  });

  it('link down (cable): what is sent and under way is lost, the queue is flushed', () => {
    const { line } = changed(SLOW, 2_500_000, { up: false });
    line.offer(1_000, 1_000, 1_000, 1_000);
    line.at(3 * MS, () => line.offer(1_000));
    line.run();
    expect(line.arrivals).toEqual([]);
    expect(line.drops.map(({ number, reason }) => [number, reason])).toEqual([
      [2, 'link-down-in-flight'],
      [3, 'link-down-queue'],
      [0, 'link-down-in-flight'],
      [1, 'link-down-in-flight'],
      [4, 'link-down'],
    ]);
    expect(line.only.conservation()).toMatchObject({ offered: 5, dropped: 5, balance: 0 });
    expect(line.only.busyNs).toBe(2_500_000);
  });

  it('link down, inFlight delivered: the content of the pipe still arrives', () => {
    const { line } = changed({ ...SLOW, inFlight: 'delivered' }, 2_500_000, { up: false });
    line.offer(1_000, 1_000, 1_000, 1_000);
    line.run();
    expect(line.arrivalTimes).toEqual([4 * MS, 5 * MS]);
    expect(reasons(line)).toEqual(['link-down-in-flight', 'link-down-queue']);
  });

  it('link down and up: an event of a cut transmission does not end the next one', () => {
    const { line, end } = changed(SLOW, 500_000, { up: false });
    line.offer(1_000);
    line.at(600_000, () => {
      end();
      line.offer(1_000);
    });
    line.run();
    expect(line.arrivalTimes).toEqual([600_000 + 4 * MS]);
    expect(line.only.conservation().balance).toBe(0);
  });

  it('link down: it is up only when no fault holds it down', () => {
    const { link } = linkOf();
    const first = link.change({ up: false });
    const second = link.change({ up: false });
    first.end();
    expect(link.forward.isUp).toBe(false);
    first.end();
    expect(link.forward.isUp).toBe(false);
    second.end();
    expect(link.forward.isUp).toBe(true);
    expect(link.backward.isUp).toBe(true);
  });

  it('link down: `up: true` ends the oldest `up: false` of the same side', () => {
    const { link } = linkOf();
    link.change({ up: false });
    link.change({ up: true });
    expect(link.forward.isUp).toBe(true);
    link.change({ up: true });
    link.change({ up: false });
    expect(link.forward.isUp).toBe(false);
  });

  it('link down, one direction: the other is not concerned', () => {
    const { link } = linkOf();
    link.change({ up: false }, 'forward');
    expect([link.forward.isUp, link.backward.isUp]).toEqual([false, true]);
  });

  it('overlapping changes: the latest wins, and ending it brings the older one back', () => {
    const { link } = linkOf();
    const slow = link.change({ delayNs: 50 * MS }, 'forward');
    const slower = link.change({ delayNs: 90 * MS }, 'forward');
    expect(link.forward.spec.delayNs).toBe(90 * MS);
    slower.end();
    expect(link.forward.spec.delayNs).toBe(50 * MS);
    slow.end();
    expect(link.forward.spec).toEqual(SLOW);
  });

  it('loss: can be switched on and off while the link runs', () => {
    const always: LinkChange = { loss: { kind: 'bernoulli', probability: 1 } };
    const { line, end } = changed(SLOW, 500_000, always);
    line.offer(1_000, 1_000, 1_000);
    line.at(2_500_000, end);
    line.run();
    expect(line.arrivalNumbers).toEqual([2]);
    expect(reasons(line)).toEqual(['loss', 'loss']);
  });

  it('loss null takes the impairment of the file away', () => {
    const lossy: LinkDirectionSpec = { ...SLOW, loss: { kind: 'bernoulli', probability: 1 } };
    const { line } = changed(lossy, 1, { loss: null });
    line.offer(1_000);
    line.run();
    expect(line.arrivals).toHaveLength(1);
  });

  it('queue limit shrunk: the excess is dropped from the tail, named', () => {
    const { line } = changed(SLOW, 100, { limitPackets: 1 });
    line.offer(1_000, 1_000, 1_000, 1_000);
    line.run();
    expect(line.drops.map(({ number, reason }) => [number, reason])).toEqual([
      [2, 'queue-shrunk'],
      [3, 'queue-shrunk'],
    ]);
    expect(line.arrivalNumbers).toEqual([0, 1]);
  });

  it('MTU: a longer packet is dropped by name', () => {
    const line = new Line([{ ...SLOW, mtu: 1_000 }]);
    line.offer(1_000, 1_001);
    line.run();
    expect(line.arrivalNumbers).toEqual([0]);
    expect(reasons(line)).toEqual(['mtu']);
  });

  it('hold and release: packets stay in flight and arrive in the chosen order', () => {
    const line = new Line([SLOW]);
    line.at(1, () => line.only.hold());
    line.offer(1_000, 1_000, 1_000);
    line.run(20 * MS);
    expect(line.arrivals).toEqual([]);
    expect(line.only.conservation()).toMatchObject({ inPipe: 3, balance: 0 });
    line.only.release((kept) => kept.toReversed());
    line.run();
    expect(line.arrivalNumbers).toEqual([2, 1, 0]);
    expect(line.arrivalTimes).toEqual([20 * MS, 20 * MS, 20 * MS]);
  });

  it('hold twice: only the second release lets packets go', () => {
    const line = new Line([SLOW]);
    line.only.hold();
    line.only.hold();
    line.offer(1_000);
    line.run(10 * MS);
    line.only.release();
    line.run(11 * MS);
    expect(line.arrivals).toEqual([]);
    line.only.release();
    line.run();
    expect(line.arrivals).toHaveLength(1);
  });

  it('hold and cut: held packets are lost with the cable', () => {
    const line = new Line([SLOW]);
    line.only.hold();
    line.offer(1_000);
    line.run(10 * MS);
    line.only.addDown();
    line.only.release();
    line.run();
    expect(reasons(line)).toEqual(['link-down-in-flight']);
    expect(line.only.conservation().balance).toBe(0);
  });
});

describe('scheduled contacts (docs/spec/link-model.md#changes-while-packets-are-under-way)', () => {
  const window = (start: number, end: number): { startNs: number; endNs: number } => ({
    startNs: start * MS,
    endNs: end * MS,
  });

  it('a packet that would not finish is not started; it waits for the next contact', () => {
    const contacts = { windows: [window(1, 3), window(10, 20)] };
    const line = new Line([{ ...SLOW, contacts }]);
    line.offer(1_500, 1_000, 400);
    line.run();
    expect(line.starts).toEqual([1 * MS, 10 * MS, 11 * MS]);
    expect(line.arrivalNumbers).toEqual([0, 1, 2]);
    expect(line.only.conservation().balance).toBe(0);
  });

  it('a packet that ends exactly with the contact is sent', () => {
    const line = new Line([{ ...SLOW, contacts: { windows: [window(0, 2)] } }]);
    line.offer(2_000);
    line.run();
    expect(line.arrivals).toHaveLength(1);
  });

  it('packets under way when the contact ends still arrive', () => {
    const line = new Line([{ ...SLOW, contacts: { windows: [window(0, 1)] } }]);
    line.offer(1_000);
    line.run();
    expect(line.arrivalTimes).toEqual([4 * MS]);
  });

  it('contacts may have their own rate and delay', () => {
    const fast = { ...window(10, 20), rateBps: 80_000_000, delayNs: 7 * MS };
    const line = new Line([{ ...SLOW, contacts: { windows: [window(0, 1), fast] } }]);
    line.offer(1_000, 1_000);
    line.run();
    expect(line.arrivalTimes).toEqual([4 * MS, 17 * MS + 100_000]);
  });

  it('contacts repeat with their period', () => {
    const contacts = { windows: [window(0, 1)], periodNs: 5 * MS };
    const line = new Line([{ ...SLOW, contacts }]);
    line.offer(1_000, 1_000, 1_000);
    line.run();
    expect(line.starts).toEqual([0, 5 * MS, 10 * MS]);
  });

  it('with `outside: drop` packets between contacts are lost as no-contact', () => {
    const contacts = { windows: [window(1, 3)], outside: 'drop' } as const;
    const line = new Line([{ ...SLOW, contacts }]);
    line.offer(100);
    line.at(2 * MS, () => line.offer(100));
    line.run();
    expect(line.arrivalNumbers).toEqual([1]);
    expect(reasons(line)).toEqual(['no-contact']);
  });
});
