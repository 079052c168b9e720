/** A path is left while its queue still grows, and only for that. */
import { describe, expect, it } from 'vitest';
import { type FakePath, fakePath, MS, Wire } from './wire.ts';

const SECOND = 1_000 * MS;
const QUEUE = { queueDelayNs: 5 * MS, queueWaitNs: 0 };

interface Course {
  readonly paths: readonly FakePath[];
  readonly wire: Wire;
}

function startOf(
  options: Partial<ConstructorParameters<typeof Wire>[1]> = QUEUE,
  seed = 1,
): Course {
  const paths = [fakePath('p1', 20), fakePath('p2', 24)];
  const wire = new Wire(paths, options, 'orrery', seed);
  wire.runTo(5 * SECOND);
  return { paths, wire };
}

/** Lets time pass in steps of 10 ms, with data sent in each; `addNs` is what the queue of the first path adds after so many ns. */
function pass({ paths, wire }: Course, forNs: number, addNs: (afterNs: number) => number): void {
  const beginNs = wire.now;
  for (let after = 0; after <= forNs; after += 10 * MS) {
    (paths[0] as FakePath).rttNs = 20 * MS + Math.max(0, Math.round(addNs(after)));
    wire.controller.sent(wire.now, after);
    wire.runTo(beginNs + after);
  }
}

/** A queue of 15 ms that is full after 5 s. */
const growing = (after: number): number => Math.min(15 * MS, (3 * MS * after) / SECOND);

describe('a path whose queue grows', () => {
  it('is left before a queue shorter than its round trip is full', () => {
    const course = startOf();
    pass(course, 10 * SECOND, growing);
    const [left, ...more] = course.wire.switches(SECOND);
    expect(left?.effect).toMatchObject({ cause: 'queue', isFault: true });
    // 5 ms of queue after 1.67 s, and the least of 8 answers in 0.4 s.
    expect((left?.atNs ?? 0) / SECOND - 5).toBeGreaterThan(1.67);
    expect((left?.atNs ?? 0) / SECOND - 5).toBeLessThan(2.3);
    expect(more).toEqual([]);
  });

  it('stays in use without the option', () => {
    const course = startOf({});
    pass(course, 10 * SECOND, growing);
    expect(course.wire.switches(SECOND)).toEqual([]);
  });

  it('stays in use if the delay grew by one step, since a longer route has no queue', () => {
    const course = startOf();
    pass(course, 10 * SECOND, (after) => (after > SECOND ? 9 * MS : 0));
    expect(course.wire.switches(SECOND)).toEqual([]);
  });

  it('stays in use if single answers are slow', () => {
    const course = startOf();
    pass(course, 10 * SECOND, (after) => ((after / MS) % 400 < 300 ? growing(after) : 0));
    expect(course.wire.switches(SECOND)).toEqual([]);
  });

  it('stays in use if the queue stops growing below the limit', () => {
    const course = startOf();
    pass(course, 10 * SECOND, (after) => Math.min(4 * MS, growing(after)));
    expect(course.wire.switches(SECOND)).toEqual([]);
  });

  it('stays in use by a gateway that sends nothing, since its leaving would relieve nothing', () => {
    const { paths, wire } = startOf();
    for (let after = 0; after <= 4 * SECOND; after += 10 * MS) {
      (paths[0] as FakePath).rttNs = 20 * MS + Math.round(growing(after));
      wire.runTo(5 * SECOND + after);
    }
    expect(wire.switches(SECOND)).toEqual([]);
  });

  it('stays in use if the queue of the other path grows as well', () => {
    const course = startOf();
    const [, other] = course.paths;
    pass(course, 4 * SECOND, (after) => {
      other!.rttNs = 24 * MS + Math.round(growing(after));
      return growing(after);
    });
    expect(course.wire.switches(SECOND)).toEqual([]);
  });

  it('stays in use if the queue shrinks during the wait, because another gateway has left', () => {
    const options = { ...QUEUE, queueWaitNs: 1_500 * MS };
    const leftAt = [1, 2, 3, 4, 5, 6].map((seed) => {
      const course = startOf(options, seed);
      pass(course, 5 * SECOND, growing);
      return course.wire.switches(SECOND)[0]?.atNs ?? 0;
    });
    expect(new Set(leftAt).size).toBe(6);
    expect(Math.max(...leftAt)).toBeLessThan(10 * SECOND);
    const latest = leftAt.indexOf(Math.max(...leftAt)) + 1;
    const course = startOf(options, latest);
    const relievedNs = Math.min(...leftAt) - 5 * SECOND;
    pass(course, 10 * SECOND, (after) =>
      after < relievedNs ? growing(after) : growing(relievedNs) - (after - relievedNs) / 10,
    );
    expect(course.wire.switches(SECOND)).toEqual([]);
  });

  it('stays in use during the wait and while the queue shrinks, even if its round trip has doubled for long', () => {
    const course = startOf({ ...QUEUE, queueWaitNs: 4 * SECOND }, 5);
    const slope = (after: number): number => after / 10;
    pass(course, 5 * SECOND, (after) =>
      after < 2 * SECOND ? slope(after) : slope(4 * SECOND - after),
    );
    expect(course.wire.switches(SECOND)).toEqual([]);
  });

  it('is used again only after a minute, although it is the faster one without the packets that left', () => {
    const course = startOf();
    pass(course, 4 * SECOND, growing);
    const [left] = course.wire.switches(SECOND);
    const reason = (): string | undefined =>
      course.wire.controller.explain(course.wire.now).find(({ id }) => id === 'p1')?.reason;
    expect(reason()).toBe('crowded');
    pass(course, 55 * SECOND, () => 0);
    expect(course.wire.switches(SECOND)).toHaveLength(1);
    pass(course, 25 * SECOND, () => 0);
    const [, back] = course.wire.switches(SECOND);
    expect(back?.effect.cause).toBe('better');
    expect((back?.atNs ?? 0) - (left?.atNs ?? 0)).toBeGreaterThan(60 * SECOND);
  });
});
