import { describe, expect, it } from 'vitest';
import { type ColourInput, wantsColour, wantsUnicode } from '../../../reports/colour.ts';

type Case = readonly [
  string,
  ColourInput['flag'],
  Readonly<Record<string, string>>,
  boolean,
  boolean,
];

describe('the colour decision', () => {
  const cases: readonly Case[] = [
    ['a terminal', undefined, {}, true, true],
    ['a pipe', undefined, {}, false, false],
    ['a pipe in CI', undefined, { CI: 'true' }, false, false],
    ['a terminal with NO_COLOR', undefined, { NO_COLOR: '1' }, true, false],
    ['a terminal with an empty NO_COLOR', undefined, { NO_COLOR: '' }, true, true],
    ['a pipe with FORCE_COLOR=1', undefined, { FORCE_COLOR: '1' }, false, true],
    ['a pipe with an empty FORCE_COLOR', undefined, { FORCE_COLOR: '' }, false, true],
    ['a terminal with FORCE_COLOR=0', undefined, { FORCE_COLOR: '0' }, true, false],
    ['both variables', undefined, { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    ['a dumb terminal', undefined, { TERM: 'dumb' }, true, false],
    ['--color against NO_COLOR', 'on', { NO_COLOR: '1' }, false, true],
    ['--no-color against FORCE_COLOR', 'off', { FORCE_COLOR: '1' }, true, false],
  ];
  it.each(cases)('for %s follows flag, environment and terminal, in this order', (...row) => {
    const [, flag, environment, tty, expected] = row;
    expect(wantsColour({ flag, environment, isTerminal: tty })).toBe(expected);
  });

  it('asks the locale for block characters, LC_ALL first', () => {
    expect(wantsUnicode({ LANG: 'en_US.UTF-8' })).toBe(true);
    expect(wantsUnicode({ LANG: 'C.utf8' })).toBe(true);
    expect(wantsUnicode({ LC_ALL: 'C', LANG: 'en_US.UTF-8' })).toBe(false);
    expect(wantsUnicode({})).toBe(false);
  });
});
