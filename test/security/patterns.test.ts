/**
 * Name patterns cannot keep the loader busy: many stars on long names, arrows, patterns that are
 * too long. Other kinds of huge files are tested in hostile-files.slow.test.ts.
 *
 * @module
 */
import { afterAll, describe, expect, it } from 'vitest';
import { NamePattern, PATTERN_LENGTH_MAX, splitAtArrow } from '../../engine/pure/name-pattern.ts';
import { HostileFolder, scenario } from './hostile-folder.ts';

const folder = new HostileFolder();
afterAll(() => folder.remove());

describe('a pattern of names', () => {
  it('with 14 stars on 60 letters takes a few hundred steps, where a regular expression took minutes', () => {
    const work = { left: 10_000 };
    const pattern = new NamePattern(`${'*a'.repeat(14)}*b`, work);
    expect(pattern.matches('a'.repeat(60))).toBe(false);
    expect(work.left).toBeGreaterThan(10_000 - 1_000);
    expect(work.left).toBeLessThan(10_000 - 60);
  });

  it('never takes more steps than the product of both lengths', () => {
    for (const text of ['*a*ab', '*aab*aab*aac', '**********', `${'*ab'.repeat(60)}c`]) {
      for (const name of ['a'.repeat(200), 'ab'.repeat(100), 'aab'.repeat(66)]) {
        const work = { left: 1e9 };
        new NamePattern(text, work).matches(name);
        expect(1e9 - work.left).toBeLessThanOrEqual(name.length * (text.length + 1));
      }
    }
  });

  it('fits nothing and does nothing once its work is used up', () => {
    const work = { left: 3 };
    const patterns = ['*b', 'abc'].map((text) => new NamePattern(text, work));
    expect(patterns[0]!.matches('aab')).toBe(true);
    const { left } = work;
    expect(left).toBeLessThanOrEqual(0);
    expect([patterns[0]!.matches('aab'), patterns[1]!.matches('abc')]).toEqual([false, false]);
    expect(work.left).toBe(left);
  });

  it('means what it meant as a regular expression', () => {
    const letters = ['a', 'b', '.', '-', '*'];
    let state = 1;
    const draw = (below: number): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    const word = (length: number, of: number): string =>
      Array.from({ length }, () => letters[draw(of)]).join('');
    for (let round = 0; round < 5_000; round += 1) {
      const text = word(draw(7), 5);
      const name = word(draw(9), 4);
      const form = text.split('*').map((part) => part.replaceAll('.', '\\.'));
      const expected = new RegExp(`^${form.join('.*')}$`).test(name);
      expect(new NamePattern(text, { left: 1_000 }).matches(name), `${text} on ${name}`).toBe(
        expected,
      );
    }
  });

  it.each([
    ['a link', `events: [{ at: 1s, set: { up: false }, link: "${'*a'.repeat(101)}" }]`, '5:46'],
    ['ends', `events: [{ at: 1s, hold: true, link: "alice <-> ${'*'.repeat(200)}" }]`, '5:38'],
    [
      'nodes',
      `events: [{ at: 1s, partition: { from: ["${'*'.repeat(201)}"], to: [bob] } }]`,
      '5:40',
    ],
    ['mixes', `privacy: { mixes: "${'*'.repeat(201)}" }`, '5:19'],
  ])('that is too long is refused at its line and column (%s)', (_, more, place) => {
    const said = folder.mistakesOf(scenario(more));
    expect(said).toMatch(
      new RegExp(`hostile\\.yaml:${place}  .*a pattern of 2\\d\\d characters, the limit is 200`),
    );
    expect(said).toMatch(/\n +\| +\^+/);
  });

  it('of the greatest length is still a pattern', () => {
    const pattern = `*${'a'.repeat(PATTERN_LENGTH_MAX - 1)}`;
    const said = folder.mistakesOf(
      scenario(`events: [{ at: 1s, hold: true, link: "${pattern}" }]`),
    );
    expect(said).toContain('matches no link');
  });

  it('splits at its arrow in one walk', () => {
    expect(splitAtArrow(' a  <->  b ', '<->')).toEqual(['a', 'b']);
    expect(splitAtArrow('a->b', '->')).toEqual(['a', 'b']);
    for (const text of ['a', 'a b -> c', '-> b', 'a -> ', 'a -> b -> c', '->'.repeat(10_000)]) {
      expect(splitAtArrow(text, '->')).toBeUndefined();
    }
  });
});
