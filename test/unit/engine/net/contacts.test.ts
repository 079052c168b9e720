import { describe, expect, it } from 'vitest';
import { ContactPlan, PLAN_NOT_BEGUN } from '../../../../engine/net/contact-plan.ts';
import { linkDirectionProblems } from '../../../../engine/net/link-check.ts';
import type { ContactsSpec, LinkDirectionSpec } from '../../../../engine/net/link-spec.ts';
import { Line } from './network-fixture.ts';

/** At this rate, one byte takes 1 us. */
const SLOW: LinkDirectionSpec = { rateBps: 8_000_000, delayNs: 3_000_000 };
const MS = 1_000_000;

const reasons = (line: Line): string[] => line.drops.map((drop) => drop.reason);

const window = (start: number, end: number): { startNs: number; endNs: number } => ({
  startNs: start * MS,
  endNs: end * MS,
});

describe('the end of a contact (docs/spec/link-model.md#contacts)', () => {
  it('keeps what waits in the link for the next contact by default', () => {
    const line = new Line([{ ...SLOW, contacts: { windows: [window(0, 2), window(10, 20)] } }]);
    line.offer(1_500, 1_000);
    line.run();
    expect(line.starts).toEqual([0, 10 * MS]);
    expect(reasons(line)).toEqual([]);
  });

  it('drops what waits in the link at that instant with `atEnd: drop`', () => {
    const windows = [window(0, 2), window(10, 20)];
    const line = new Line([{ ...SLOW, contacts: { windows, atEnd: 'drop' } }]);
    line.offer(1_500, 1_000, 400);
    line.run();
    // 400 bytes would fit, but packets leave in order; both wait until 2 ms and not longer.
    expect(line.starts).toEqual([0]);
    expect(line.drops).toEqual([
      { at: 2 * MS, number: 1, reason: 'no-contact' },
      { at: 2 * MS, number: 2, reason: 'no-contact' },
    ]);
    expect(line.only.conservation().balance).toBe(0);
  });

  it('drops nothing that was offered before the contact began', () => {
    const windows = [window(5, 10)];
    const line = new Line([{ ...SLOW, contacts: { windows, atEnd: 'drop' } }]);
    line.offer(1_000);
    line.run();
    expect(line.starts).toEqual([5 * MS]);
    expect(reasons(line)).toEqual([]);
  });

  it('keeps what is offered after the end for the next contact, whichever event comes first', () => {
    const windows = [window(0, 2), window(10, 20)];
    const line = new Line([{ ...SLOW, contacts: { windows, atEnd: 'drop' } }]);
    line.at(2 * MS, () => line.offer(300));
    line.offer(1_500, 1_000);
    line.run();
    expect(line.starts).toEqual([0, 10 * MS]);
    expect(reasons(line)).toEqual(['no-contact']);
  });

  it('does not wait for tokens beyond the end', () => {
    const tokenBucket = { rateBytesPerSecond: 1_000, burstBytes: 1_000, mode: 'shape' } as const;
    const contacts: ContactsSpec = {
      windows: [window(0, 20), window(2_000, 3_000)],
      atEnd: 'drop',
    };
    const line = new Line([{ ...SLOW, mtu: 1_000, tokenBucket, contacts }]);
    line.offer(1_000, 1_000);
    line.run();
    expect(line.starts).toEqual([0]);
    expect(line.drops).toEqual([{ at: 20 * MS, number: 1, reason: 'no-contact' }]);
  });
});

describe('a contact that does not happen as planned (docs/spec/link-model.md#contacts)', () => {
  const windows = [window(0, 2), window(10, 20), window(30, 40)];

  it('begins late', () => {
    const actual = [{ plannedStartNs: 10 * MS, startNs: 13 * MS }];
    const line = new Line([{ ...SLOW, contacts: { windows, actual } }]);
    line.at(5 * MS, () => line.offer(100));
    line.run();
    expect(line.starts).toEqual([13 * MS]);
  });

  it('ends early', () => {
    const actual = [{ plannedStartNs: 10 * MS, endNs: 12 * MS }];
    const line = new Line([{ ...SLOW, contacts: { windows, actual } }]);
    line.at(5 * MS, () => line.offer(1_000, 1_000, 1_000));
    line.run();
    expect(line.starts).toEqual([10 * MS, 11 * MS, 30 * MS]);
  });

  it('is missing', () => {
    const actual = [{ plannedStartNs: 10 * MS, isMissing: true }];
    const line = new Line([{ ...SLOW, contacts: { windows, actual } }]);
    line.at(5 * MS, () => line.offer(100));
    line.run();
    expect(line.starts).toEqual([30 * MS]);
  });

  it('concerns one repetition of a periodic plan only', () => {
    const actual = [
      { plannedStartNs: 5 * MS, isMissing: true },
      { plannedStartNs: 10 * MS, startNs: 10.5 * MS },
    ];
    const contacts = { windows: [window(0, 1)], periodNs: 5 * MS, actual };
    const plan = new ContactPlan(contacts, { planOriginNs: 0 });
    const starts = [0, 1, 2, 3].map((index) => plan.at(index * 5 * MS + MS * 0.9)?.startNs);
    expect(starts).toEqual([0, 10.5 * MS, 10.5 * MS, 15 * MS]);
  });

  it('says that every contact is missing when the last one is', () => {
    const actual = windows.map(({ startNs }) => ({ plannedStartNs: startNs, isMissing: true }));
    expect(new ContactPlan({ windows, actual }, { planOriginNs: 0 }).at(0)).toBeUndefined();
  });
});

describe('contacts of a run whose time has not begun', () => {
  const run = (start: number): Line => {
    const line = new Line([
      { ...SLOW, contacts: { windows: [window(start, start + 2)], periodNs: 10 * MS } },
    ]);
    line.network.planOriginNs = PLAN_NOT_BEGUN;
    line.offer(1_000);
    line.at(50 * MS, () => {
      line.network.beginPlans(60 * MS);
      line.offer(1_000);
    });
    line.run();
    return line;
  };

  it('are open if one is planned for time 0, and begin again with it', () => {
    expect(run(0).starts).toEqual([0, 60 * MS]);
  });

  it('are closed otherwise', () => {
    expect(run(1).starts).toEqual([61 * MS, 62 * MS]);
  });
});

describe('what no contact can be', () => {
  const windows = [window(0, 2), window(10, 20)];
  const wrong: readonly (readonly [string, ContactsSpec])[] = [
    ['begins at no planned time', { windows, actual: [{ plannedStartNs: 3 * MS }] }],
    ['begins before its plan', late(10, { startNs: 9 * MS })],
    ['ends after its plan', late(10, { endNs: 21 * MS })],
    ['ends when it begins', late(10, { startNs: 15 * MS, endNs: 15 * MS })],
    ['is missing and begins', late(10, { startNs: 15 * MS, isMissing: true })],
    ['is named twice', { windows, actual: [...both(10), ...both(10)] }],
    ['comes before the one named first', { windows, actual: [...both(10), ...both(0)] }],
  ];

  function late(planned: number, rest: object): ContactsSpec {
    return { windows, actual: [{ plannedStartNs: planned * MS, ...rest }] };
  }

  function both(planned: number): { plannedStartNs: number; isMissing: boolean }[] {
    return [{ plannedStartNs: planned * MS, isMissing: true }];
  }

  it.each(wrong)('%s', (_what, contacts) => {
    const [problem, ...more] = linkDirectionProblems({ ...SLOW, contacts });
    expect(problem?.path).toBe(`contacts.actual[${(contacts.actual?.length ?? 0) - 1}]`);
    expect(more).toEqual([]);
  });

  it('accepts a late begin, an early end and both', () => {
    const actual = [
      { plannedStartNs: 0, endNs: MS },
      { plannedStartNs: 10 * MS, startNs: 11 * MS, endNs: 20 * MS },
    ];
    expect(linkDirectionProblems({ ...SLOW, contacts: { windows, actual } })).toEqual([]);
  });
});
