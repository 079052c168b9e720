/** What is asked of whom to find segments, and what is kept of the answers. */
import { describe, expect, it } from 'vitest';
import {
  ANSWER_AGE_NS_MAX,
  ANSWERS_KEPT_MAX,
  CORES_ASKED_MAX,
  LOOKUPS_MAX,
  ROUND_INTERVAL_NS,
} from '../../../../nodes/control-service/geometry.ts';
import { NO_SEGMENTS } from '../../../../nodes/control-service/lookup/segment-sets.ts';
import { requireIsdAs, type SegmentsByRole } from '../../../../nodes/scion/index.ts';
import { lived, OneAs, over, routes } from './one-as.ts';
import { NOW_S } from './small-network.ts';

/** ISD 1 with core ASes 1-1 and 1-2, ISD 2 with core AS 2-1; all others are below them. */
describe('a lookup', () => {
  it('from below the core to below the core of the same ISD asks its core ASes', () => {
    const one = new OneAs('1-11')
      .has('1-1', '1-11')
      .answering('1-1', '1-0', { cores: [over('1-2', '1-1')] })
      .answering('1-1', '1-12', { downs: [over('1-1', '1-12')] })
      .answering('1-2', '1-12', { downs: [over('1-2', '1-12')] });
    expect(routes(one.find('1-12'))).toEqual({
      ups: ['1-1 1-11'],
      cores: ['1-2 1-1'],
      downs: ['1-1 1-12', '1-2 1-12'],
    });
    expect(one.questions).toEqual(['1-1 1-0', '1-1 1-12', '1-2 1-12']);
    // The second core AS is reached over its core segment.
    expect(routes(one.asked[2]?.known)).toEqual({
      ups: ['1-1 1-11'],
      cores: ['1-2 1-1'],
      downs: [],
    });
  });

  it('does so where the ISD has but one core AS', () => {
    const one = new OneAs('1-11')
      .has('1-1', '1-11')
      .answering('1-1', '1-0', {})
      .answering('1-1', '1-12', { downs: [over('1-1', '1-12')] });
    expect(routes(one.find('1-12'))).toEqual({
      ups: ['1-1 1-11'],
      cores: [],
      downs: ['1-1 1-12'],
    });
  });

  it('from below the core to below the core of another ISD asks the core ASes of both', () => {
    const one = new OneAs('1-11')
      .has('1-1', '1-11')
      .answering('1-1', '2-0', { cores: [over('2-1', '1-2', '1-1')] })
      .answering('2-1', '2-11', { downs: [over('2-1', '2-11')] });
    expect(routes(one.find('2-11'))).toEqual({
      ups: ['1-1 1-11'],
      cores: ['2-1 1-2 1-1'],
      downs: ['2-1 2-11'],
    });
    // The own core AS has no down segments of another ISD.
    expect(one.questions).toEqual(['1-1 2-0', '2-1 2-11']);
  });

  it('from below the core to a core AS above needs no down segment', () => {
    const one = new OneAs('1-11').has('1-1', '1-11').answering('1-1', '1-0', {});
    expect(routes(one.find('1-1'))).toEqual({ ups: ['1-1 1-11'], cores: [], downs: [] });
    expect(one.questions).toEqual(['1-1 1-0']);
  });

  it('from below the core to any other core AS needs core segments', () => {
    const one = new OneAs('1-11')
      .has('1-1', '1-11')
      .answering('1-1', '1-0', { cores: [over('1-2', '1-1')] })
      .answering('1-1', '2-0', { cores: [over('2-1', '1-1')] });
    const ups = ['1-1 1-11'];
    expect(routes(one.find('1-2'))).toEqual({ ups, cores: ['1-2 1-1'], downs: [] });
    expect(routes(one.find('2-1'))).toEqual({ ups, cores: ['2-1 1-1'], downs: [] });
    expect(one.questions).toEqual(['1-1 1-0', '1-1 2-0']);
  });

  it('from a core AS to below the core asks itself, and others over its own core segments', () => {
    const one = new OneAs('1-1', true)
      .has('1-2', '1-1')
      .has('2-1', '1-1')
      .got('1-1', '1-11')
      .answering('1-2', '1-11', { downs: [over('1-2', '1-11')] })
      .answering('2-1', '2-11', { downs: [over('2-1', '2-11')] });
    expect(routes(one.find('1-11'))).toEqual({
      ups: [],
      cores: ['1-2 1-1'],
      downs: ['1-1 1-11', '1-2 1-11'],
    });
    expect(routes(one.find('2-11'))).toEqual({ ups: [], cores: ['2-1 1-1'], downs: ['2-1 2-11'] });
    expect(one.questions).toEqual(['1-2 1-11', '2-1 2-11']);
  });

  it('from a core AS that is alone in its ISD asks nobody', () => {
    const one = new OneAs('1-1', true).got('1-1', '1-11');
    expect(routes(one.find('1-11'))).toEqual({ ups: [], cores: [], downs: ['1-1 1-11'] });
    expect(one.questions).toEqual([]);
  });

  it('from a core AS to a core AS asks nobody', () => {
    const one = new OneAs('1-1', true).has('1-2', '1-1').has('2-1', '1-2', '1-1');
    expect(routes(one.find('1-2'))).toEqual({ ups: [], cores: ['1-2 1-1'], downs: [] });
    expect(routes(one.find('2-1'))).toEqual({ ups: [], cores: ['2-1 1-2 1-1'], downs: [] });
    expect(one.questions).toEqual([]);
  });

  it('finds nothing, at once, before there are up segments', () => {
    for (const target of ['1-12', '2-11', '1-1']) {
      const one = new OneAs('1-11');
      expect([one.find(target), one.questions]).toEqual([NO_SEGMENTS, []]);
    }
    expect(new OneAs('1-1', true).find('2-11')).toEqual(NO_SEGMENTS);
  });

  it('finds nothing when nobody has down segments', () => {
    const one = new OneAs('1-11').has('1-1', '1-11').answering('1-1', '1-0', {});
    one.answering('1-1', '1-12', undefined);
    expect(one.find('1-12')).toEqual(NO_SEGMENTS);
  });

  it('takes of an answer what was asked for', () => {
    const one = new OneAs('1-11')
      .has('1-1', '1-11')
      .answering('1-1', '2-0', { cores: [over('2-1', '1-1'), over('2-1', '1-2')] })
      .answering('2-1', '2-11', { downs: [over('2-1', '2-11'), over('2-1', '2-12')] });
    expect(routes(one.find('2-11'))).toEqual({
      ups: ['1-1 1-11'],
      cores: ['2-1 1-1'],
      downs: ['2-1 2-11'],
    });
  });

  it('knows an AS of the core by any of its core segments, also among many', () => {
    const cores = Array.from({ length: CORES_ASKED_MAX + 4 }, (_, index) =>
      over(`2-${1 + index}`, '1-1'),
    );
    const below = new OneAs('1-11').has('1-1', '1-11').answering('1-1', '2-0', { cores });
    expect(below.find(`2-${cores.length}`)?.cores).toEqual(cores);
    const core = new OneAs('1-1', true);
    for (const { segment } of cores) core.has(...segment.entries.map(({ isdAs }) => isdAs));
    expect(core.find(`2-${cores.length}`)?.cores).toHaveLength(cores.length);
    const above = new OneAs('1-11');
    for (let index = 1; index <= cores.length; index += 1) {
      above.has(`1-${100 + index}`, '1-11').answering(`1-${100 + index}`, '1-0', {});
    }
    expect(above.find(`1-${100 + cores.length}`)?.ups).toHaveLength(cores.length);
  });
});

describe('answers of other control services', () => {
  const cores = [over('2-1', '1-1')];
  const downs = [over('2-1', '2-11')];
  const asking = (): OneAs =>
    new OneAs('1-11')
      .has('1-1', '1-11')
      .answering('1-1', '2-0', { cores })
      .answering('2-1', '2-11', { downs });

  it('are kept for 300 s, and then asked for again', () => {
    const one = asking();
    one.find('2-11');
    one.nowNs = ANSWER_AGE_NS_MAX - 1;
    expect(one.find('2-11')?.downs).toEqual(downs);
    expect(one.questions).toHaveLength(2);
    expect(one.lookup.answers()).toEqual([
      { of: '1-1 2-0', ageNs: one.nowNs },
      { of: '2-1 2-11', ageNs: one.nowNs },
    ]);
    one.nowNs = ANSWER_AGE_NS_MAX;
    one.find('2-11');
    expect(one.questions).toHaveLength(4);
    expect(one.lookup.answers().map(({ ageNs }) => ageNs)).toEqual([0, 0]);
  });

  it('are still used when asking again fails, while they are valid', () => {
    const one = asking();
    one.find('2-11');
    one.nowNs = ANSWER_AGE_NS_MAX;
    one.answering('1-1', '2-0', undefined).answering('2-1', '2-11', undefined);
    expect(one.find('2-11')?.downs).toEqual(downs);
    // Each time it is asked again.
    one.find('2-11');
    expect(one.questions).toHaveLength(6);
  });

  it('were used up to 300 s although no way over them was left and there were others', () => {
    const one = asking();
    one.find('2-11');
    one.answering('1-1', '2-0', { cores: [...cores, over('2-2', '1-1')] });
    one.answering('2-2', '2-11', { downs: [over('2-2', '2-11')] });
    const hasOther = (found: SegmentsByRole): boolean => found.downs.length > downs.length;
    one.nowNs = ROUND_INTERVAL_NS - 1;
    expect(one.find('2-11', hasOther)?.downs).toEqual(downs);
    one.nowNs = ROUND_INTERVAL_NS;
    expect(one.find('2-11')?.downs).toEqual(downs);
    expect(one.find('2-11', hasOther)?.downs).toHaveLength(2);
  });

  it('of others were held back by a core AS that does not answer and that all call dead', () => {
    const one = new OneAs('1-11')
      .has('1-1', '1-11')
      .answering('1-1', '2-0', { cores: [...cores, over('2-2', '1-1')] })
      .answering('2-2', '2-11', { downs: [over('2-2', '2-11')] });
    let found: SegmentsByRole | undefined;
    one.lookup.find(requireIsdAs('2-11'), (segments) => {
      found = segments;
    });
    expect(found).toBeUndefined();
    one.asked[1]?.doubted();
    expect(routes(found)).toMatchObject({ downs: ['2-2 2-11'] });
    // Its answer is of use to the next lookup.
    one.reply(1, { downs });
    expect(one.find('2-11')?.downs).toHaveLength(2);
    expect(one.questions).toHaveLength(3);
  });

  it('were asked for by a call for each lookup while nobody waited for them', () => {
    const one = new OneAs('1-11').has('1-1', '1-11');
    for (let index = 0; index < 10; index += 1) {
      one.find('7-0');
      one.asked[index]?.doubted();
    }
    expect(one.questions).toEqual(['1-1 7-0']);
    expect(one.find('7-0')).toEqual(NO_SEGMENTS);
    one.reply(0, undefined);
    one.find('7-0');
    expect(one.questions).toHaveLength(2);
  });

  it(`are waited for again beyond ${LOOKUPS_MAX} questions that nobody waits for`, () => {
    const one = new OneAs('1-11').has('1-1', '1-11');
    const found = Array.from({ length: LOOKUPS_MAX + 1 }, (_, index) => {
      let isDone = false;
      one.lookup.find(requireIsdAs(`${index + 2}-0`), () => {
        isDone = true;
      });
      one.asked.at(-1)?.doubted();
      return (): boolean => isDone;
    });
    expect(found.filter((isDone) => !isDone())).toHaveLength(1);
  });

  it('that are empty are not kept', () => {
    const one = new OneAs('1-11').has('1-1', '1-11').answering('1-1', '2-0', {});
    one.find('2-11');
    expect(one.lookup.answers()).toEqual([]);
    one.answering('1-1', '2-0', { cores }).answering('2-1', '2-11', { downs });
    expect(one.find('2-11')?.downs).toEqual(downs);
  });

  it('give nothing that has expired, at the half second and not before', () => {
    const brief = lived({ expTime: 0, timestamp: NOW_S - 337 }, '2-1', '2-11');
    const one = asking().answering('2-1', '2-11', { downs: [brief, ...downs] });
    expect(one.find('2-11')?.downs).toEqual([brief, ...downs]);
    one.seconds += 0.5;
    expect(one.find('2-11')?.downs).toEqual([brief, ...downs]);
    one.seconds += 0.5;
    expect(one.find('2-11')?.downs).toEqual(downs);
    expect(one.questions).toHaveLength(2);
  });

  it('were kept until all of their segments had expired, so that hosts had none for a while', () => {
    const { expTime, timestamp } = { expTime: 0, timestamp: NOW_S - 37 };
    const brief = lived({ expTime, timestamp }, '2-1', '2-11');
    const one = asking().answering('2-1', '2-11', { downs: [brief] });
    one.find('2-11');
    const later = (seconds: number): number => {
      one.nowNs = seconds * 1e9;
      one.seconds = NOW_S + seconds;
      one.find('2-11');
      return one.questions.length;
    };
    // It expires in 300.5 s.
    expect(later(180)).toBe(2);
    expect(later(181)).toBe(3);
    expect(later(182)).toBe(3);
    expect(later(186)).toBe(4);
    // One that lasts is enough.
    one.answering('2-1', '2-11', { downs: [brief, ...downs] });
    expect(later(191)).toBe(5);
    expect(later(299)).toBe(5);
  });

  it('are asked for again when all of them have expired', () => {
    const brief = lived({ expTime: 0, timestamp: NOW_S - 337 }, '2-1', '2-11');
    const one = asking().answering('2-1', '2-11', { downs: [brief] });
    expect(one.find('2-11')?.downs).toEqual([brief]);
    one.seconds += 1;
    one.answering('2-1', '2-11', { downs });
    expect(one.find('2-11')?.downs).toEqual(downs);
  });

  it('are not used when they had expired before', () => {
    const old = lived({ expTime: 0, timestamp: NOW_S - 400 }, '2-1', '2-11');
    expect(
      asking()
        .answering('2-1', '2-11', { downs: [old] })
        .answering('1-1', '2-11', {})
        .find('2-11'),
    ).toEqual(NO_SEGMENTS);
  });

  it('serve all lookups that wait for the same one', () => {
    const one = new OneAs('1-11').has('1-1', '1-11');
    const found: unknown[] = [];
    for (const target of ['2-11', '2-11', '2-12']) {
      one.lookup.find(requireIsdAs(target), (segments) => found.push(routes(segments)));
    }
    expect(one.questions).toEqual(['1-1 2-0']);
    one.reply(0, { cores });
    expect(one.questions).toEqual(['1-1 2-0', '2-1 2-11', '2-1 2-12']);
    one.reply(1, { downs });
    expect(found).toEqual(
      [1, 2].map(() => ({ ups: ['1-1 1-11'], cores: ['2-1 1-1'], downs: ['2-1 2-11'] })),
    );
    one.reply(2, undefined);
    // It may be a core AS that was not known when the first question was answered.
    expect(one.questions.slice(3)).toEqual(['1-1 2-12']);
    one.reply(3, undefined);
    expect(found[2]).toEqual({ ups: [], cores: [], downs: [] });
    // Nobody waits any more: the next one asks.
    one.lookup.find(requireIsdAs('2-12'), () => undefined);
    expect(one.questions).toHaveLength(5);
  });

  it('do not hide a core AS that became known after they were given', () => {
    const one = asking().answering('2-1', '2-2', {}).answering('1-1', '2-2', {});
    expect(one.find('2-2')).toEqual(NO_SEGMENTS);
    one.answering('1-1', '2-2', { cores: [over('2-2', '1-1')] });
    expect(routes(one.find('2-2')!)).toEqual({ ups: ['1-1 1-11'], cores: ['2-2 1-1'], downs: [] });
  });

  it('do not hide for 300 s the ASes below a core AS that was not known when they were given', () => {
    const one = new OneAs('1-11')
      .has('1-1', '1-11')
      .answering('1-1', '2-0', { cores: [over('2-1', '1-1')] })
      .answering('2-1', '2-11', {})
      .answering('1-1', '2-11', {});
    expect(one.find('2-11')).toEqual(NO_SEGMENTS);
    const cores = [over('2-1', '1-1'), over('2-2', '1-1')];
    one
      .answering('1-1', '2-0', { cores })
      .answering('2-2', '2-11', { downs: [over('2-2', '2-11')] });
    // It was answered in this round: what was said is believed.
    one.nowNs = ROUND_INTERVAL_NS - 1;
    expect(one.find('2-11')).toEqual(NO_SEGMENTS);
    const asked = one.questions.length;
    one.nowNs = ROUND_INTERVAL_NS;
    expect(routes(one.find('2-11'))).toMatchObject({ downs: ['2-2 2-11'] });
    expect(one.questions.slice(asked)).toContain('1-1 2-0');
    // An answer that was found with is used for 300 s.
    const all = one.questions.length;
    one.nowNs = 2 * ROUND_INTERVAL_NS;
    expect(routes(one.find('2-11'))).toMatchObject({ downs: ['2-2 2-11'] });
    expect(one.questions.slice(all)).toEqual(['2-1 2-11']);
  });

  it(`are at most ${ANSWERS_KEPT_MAX}, and the oldest give way`, () => {
    const one = new OneAs('1-1', true).has('2-1', '1-1');
    const find = (index: number): void => {
      const target = `2-${1_000 + index}`;
      one.answering('2-1', target, { downs: [over('2-1', target)] }).find(target);
    };
    for (let index = 0; index <= ANSWERS_KEPT_MAX; index += 1) find(index);
    expect(one.lookup.answers()).toHaveLength(ANSWERS_KEPT_MAX);
    const asked = one.questions.length;
    find(1);
    expect(one.questions).toHaveLength(asked);
    find(0);
    expect(one.questions).toHaveLength(asked + 1);
    // One that is asked for again is the youngest, and the next one gives way.
    one.nowNs = ANSWER_AGE_NS_MAX;
    find(2);
    find(ANSWERS_KEPT_MAX + 1);
    find(2);
    expect(one.questions).toHaveLength(asked + 3);
  });
});

describe('a control service', () => {
  it(`asks at most ${CORES_ASKED_MAX} core ASes, the nearest first`, () => {
    const one = new OneAs('1-99');
    const count = CORES_ASKED_MAX + 3;
    for (let index = count; index > 0; index -= 1) {
      const between = Array.from({ length: index % 3 }, (_, at) => `1-${500 + 10 * index + at}`);
      one.has(`1-${index}`, ...between, '1-99').answering(`1-${index}`, '2-0', {});
    }
    one.find('2-11');
    expect(one.questions).toEqual([9, 6, 3, 10, 7, 4, 1, 11].map((index) => `1-${index} 2-0`));
    const far = new OneAs('1-1', true);
    for (let index = 1; index <= count; index += 1) {
      far.has(`2-${index}`, '1-1').answering(`2-${index}`, '2-99', {});
    }
    far.find('2-99');
    expect(far.questions).toHaveLength(CORES_ASKED_MAX);
  });

  it(`has at most ${LOOKUPS_MAX} lookups at a time`, () => {
    const one = new OneAs('1-11').has('1-1', '1-11');
    for (let index = 0; index < LOOKUPS_MAX; index += 1) expect(one.find('2-11')).toBeUndefined();
    expect(one.find('2-11')).toEqual(NO_SEGMENTS);
    one.reply(0, undefined);
    expect(one.find('2-11')).toBeUndefined();
  });
});
