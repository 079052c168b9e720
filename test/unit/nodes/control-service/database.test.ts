/** What a core AS answers to others. */
import { describe, expect, it } from 'vitest';
import { requireIsdAs } from '../../../../nodes/scion/index.ts';
import { OneAs, routes } from './one-as.ts';

describe('a core AS answers', () => {
  const one = new OneAs('1-1', true)
    .has('1-2', '1-1')
    .has('2-1', '1-1')
    .has('2-2', '1-1')
    .got('1-1', '1-11')
    .got('1-1', '1-12', '1-11');
  const answer = (source: string, target: string, of = one): unknown =>
    routes(of.database.answerTo({ source: requireIsdAs(source), target: requireIsdAs(target) }));
  const NONE = { ups: [], cores: [], downs: [] };

  it('with core segments to any core AS of an ISD', () => {
    expect(answer('1-1', '2-0')).toEqual({ ...NONE, cores: ['2-1 1-1', '2-2 1-1'] });
    expect(answer('1-1', '1-0')).toEqual({ ...NONE, cores: ['1-2 1-1'] });
  });

  it('with core segments to one core AS, and with down segments to one other AS', () => {
    expect(answer('1-1', '2-2')).toEqual({ ...NONE, cores: ['2-2 1-1'] });
    expect(answer('1-1', '1-11')).toEqual({ ...NONE, downs: ['1-1 1-11', '1-1 1-12 1-11'] });
    expect(answer('1-1', '1-99')).toEqual(NONE);
  });

  it('for itself only, and no other AS answers at all', () => {
    expect(answer('1-2', '2-0')).toEqual(NONE);
    expect(answer('1-2', '1-11')).toEqual(NONE);
    const other = new OneAs('1-11').has('1-1', '1-11').got('1-11', '1-12');
    expect([answer('1-11', '1-0', other), answer('1-11', '1-12', other)]).toEqual([NONE, NONE]);
  });

  it('with nothing that has expired, which it forgets', () => {
    const late = new OneAs('1-1', true).has('2-1', '1-1').got('1-1', '1-11');
    late.seconds += 6 * 3_600;
    expect(answer('1-1', '2-0', late)).toEqual({ ...NONE, cores: ['2-1 1-1'] });
    late.seconds += 1;
    expect([answer('1-1', '2-0', late), answer('1-1', '1-11', late)]).toEqual([NONE, NONE]);
    expect(late.database.sizes).toEqual({ ending: 1, registered: 1 });
    late.database.removeExpired();
    expect(late.database.sizes).toEqual({ ending: 0, registered: 0 });
  });
});
