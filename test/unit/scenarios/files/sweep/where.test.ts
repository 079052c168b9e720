import { describe, expect, it } from 'vitest';
import { compileWhere, whereValue } from '../../../../../scenarios/files/sweep/where.ts';

const VALUES = {
  'options.gateway.probeInterval': ['25ms', '50ms', '0.1s'],
  'options.gateway.misses': ['2', '3'],
  'options.dtn.router': ['direct', 'prophet'],
  'traffic.0.rate': ['1Mbit/s', '2Mbit/s'],
  'traffic.1.rate': ['1Mbit/s', 'unlimited'],
  'options.gateway.reports': ['true', 'false'],
  'options.loss': ['0.05', '10%'],
  'options.limit': ['auto', '5'],
};
const AXES = Object.entries(VALUES).map(([path, values]) => ({
  path,
  values: values.map(whereValue),
}));

/** Tests the condition with values by index. */
function holds(where: string, indices: Partial<Record<keyof typeof VALUES, number>>): boolean {
  const test = compileWhere(where, AXES);
  if ('code' in test) throw new Error(`${test.at}: ${test.message}`);
  const at = indices as Readonly<Record<string, number>>;
  return test(AXES.map(({ path, values }) => values[at[path] ?? 0] ?? whereValue('')));
}

/** A condition, the first and last column from 0, the code, message and hint. */
type Refused = readonly [string, number, number, string, RegExp, RegExp | undefined];

const INTERVAL = 'options.gateway.probeInterval';

describe('a condition of a sweep', () => {
  it.each([
    ['probeInterval < 50ms', [true, false, false]],
    ['probeInterval <= 50ms', [true, true, false]],
    ['probeInterval > 50ms', [false, false, true]],
    ['probeInterval >= 50ms', [false, true, true]],
    ['probeInterval == 50000us', [false, true, false]],
    ['probeInterval != 0.05s', [true, false, true]],
    ['30ms < probeInterval', [false, true, true]],
    ['options.gateway.probeInterval == 100ms', [false, false, true]],
    ['gateway.probeInterval == 100ms', [false, false, true]],
    ['not probeInterval < 50ms', [false, true, true]],
    ['not not probeInterval < 50ms', [true, false, false]],
    ['probeInterval == 25ms or probeInterval == 50ms and misses == 3', [true, false, false]],
    ['(probeInterval == 25ms or probeInterval == 50ms) and misses == 3', [false, false, false]],
    ['not (probeInterval == 25ms or probeInterval == 50ms)', [false, false, true]],
    ['probeInterval>25ms and probeInterval<100ms', [false, true, false]],
  ])('%s', (where, expected) => {
    expect([0, 1, 2].map((index) => holds(where, { [INTERVAL]: index }))).toEqual(expected);
  });

  it('compares words, true and false, and two parameters', () => {
    expect(holds('router == "prophet"', { 'options.dtn.router': 1 })).toBe(true);
    expect(holds("router != 'prophet'", { 'options.dtn.router': 1 })).toBe(false);
    expect(holds('reports == true', { 'options.gateway.reports': 0 })).toBe(true);
    expect(holds('reports == false', { 'options.gateway.reports': 0 })).toBe(false);
    expect(holds('0.rate < 1.rate', { 'traffic.1.rate': 1 })).toBe(true);
    expect(holds('0.rate == 1.rate', {})).toBe(true);
    expect(holds('0.rate < 1.rate', {})).toBe(false);
    expect(holds('loss < 10%', {})).toBe(true);
    expect(holds('loss < 0.1', { 'options.loss': 1 })).toBe(false);
    expect(holds('limit == 5', { 'options.limit': 1 })).toBe(true);
    expect(holds('limit == "auto"', {})).toBe(true);
    expect(holds('limit != 5', {})).toBe(true);
  });

  it('takes a quoted text for a text, though there is a parameter of that name', () => {
    expect(holds('router == "misses"', {})).toBe(false);
  });

  it.each<Refused>([
    ['probInterval < 5ms', 0, 12, 'E101', /"probInterval" is not a param/, /mean probeInterval\?/],
    ['misses == 2 and rate > 1Mbit/s', 16, 20, 'E101', /ending of 2/, /write 0.rate or 1.rate/],
    ['router == prophet', 10, 17, 'E101', /"prophet" is not/, /write 'prophet': values are quoted/],
    ['probeInterval < 1Mbit/s', 0, 23, 'E103', /is a time, 1Mbit\/s is a rate$/, undefined],
    ['misses > 1 or 0.rate < 5ms', 14, 26, 'E103', /is a rate, 5ms is a time$/, undefined],
    ['probeInterval < 50', 0, 18, 'E102', /50 has no unit/, /write 50s, with its unit/],
    ['probeInterval < misses', 0, 22, 'E102', /misses \(3\) has no unit/, /its unit/],
    ['router < "x"', 0, 12, 'E103', /is a word, x is a word/, /with == or !=/],
    ['limit < 7', 0, 9, 'E103', /limit \(auto\) is a word, 7 has no unit/, undefined],
    ['misses == "2"', 0, 13, 'E103', /2 is a word/, /write 2 without quotes/],
    ['5 < 6', 0, 5, 'E103', /names no parameter/, /compare a parameter/],
    ['misses', 6, 6, 'E119', /the end, expected a comparison/, /write misses == true/],
    ['misses = 2', 7, 8, 'E119', /"=" is no sign/, /write ==/],
    ['misses == 2 && misses == 3', 12, 13, 'E119', /"&" is no sign/, /write and/],
    ['misses == 2 || misses == 3', 12, 13, 'E119', /"\|" is no sign/, /write or/],
    ['!misses == 2', 0, 1, 'E119', /"!" is no sign/, /write not/],
    ['1 < misses < 3', 11, 12, 'E119', /"<", expected and/, /a < b and b < c/],
    ['(misses == 2', 12, 12, 'E119', /the end, expected "\)"/, undefined],
    ['misses == 2)', 11, 12, 'E119', /"\)", expected and/, undefined],
    ['misses == 2 misses', 12, 18, 'E119', /"misses", expected and/, undefined],
    ['and misses == 2', 0, 3, 'E119', /"and", expected a name/, undefined],
    ['misses == ', 10, 10, 'E119', /the end, expected a name/, undefined],
    ['router == "dir', 10, 14, 'E119', /quote that does not end/, undefined],
    [`${'('.repeat(33)}misses == 2${')'.repeat(33)}`, 32, 33, 'E119', /at most 32/, undefined],
    [`misses == ${'2'.repeat(991)}`, 0, 1_001, 'E104', /1001 characters/, undefined],
  ])('refuses %s at its column', (where, ...[at, end, code, message, hint]) => {
    const mistake = compileWhere(where, AXES);
    expect(mistake).toMatchObject({ at, end, code });
    if (!('code' in mistake)) return;
    expect(mistake.message).toMatch(message);
    if (hint === undefined) expect(mistake.hint).toBeUndefined();
    else expect(mistake.hint).toMatch(hint);
  });

  it('reads 32 levels and 1,000 characters', () => {
    expect(holds(`${'('.repeat(32)}misses == 2${')'.repeat(32)}`, {})).toBe(true);
    expect(holds('misses == 2'.padEnd(1_000), {})).toBe(true);
  });

  it('runs nothing: words of the language are names like any other', () => {
    for (const where of ['constructor == 1', 'process.exit == 1', '__proto__ == 1']) {
      expect(compileWhere(where, AXES)).toMatchObject({ code: 'E101' });
    }
  });
});
