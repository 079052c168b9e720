/**
 * Bad designs of sweeps. `«` and `»` enclose the text that the caret must underline.
 *
 * @module
 */
import { BASE } from './parts.ts';
import type { BadFile } from './row.ts';

const AXES = '  epoch: 1..3\n  drain: [1s, 2s]\n  topology: [net.yaml]\n';
const where = (condition: string): string => `${BASE}sweep:\n${AXES}  where: ${condition}\n`;
const sweep = (lines: string): string => `${BASE}sweep:\n  ${lines}\n`;

/** Ranges, conditions and samples that cannot be meant. */
export const BAD_SWEEPS: readonly BadFile[] = [
  {
    title: 'a range that goes down',
    text: sweep('drain: «500ms..50ms step 50ms»'),
    code: 'E104',
    says: 'sweep.drain: 500ms..50ms step 50ms goes down',
    hint: 'write 50ms..500ms',
  },
  {
    title: 'a step of 0 in a list',
    text: sweep('drain: [1s, «2s..3s step 0s»]'),
    code: 'E104',
    says: 'sweep.drain[1]: a step of 0 never reaches the end',
    hint: 'write a step above 0',
  },
  {
    title: 'a value that is written twice',
    text: sweep('drain: [3s, 1s, «3s»]'),
    code: 'E113',
    says: 'sweep.drain[2]: 3s is used twice (first as drain[0])',
    hint: 'write each value once',
  },
  {
    title: 'a value that is written twice, in two units',
    text: sweep('drain: [1s, 2s..3s step 1s, «1000ms»]'),
    code: 'E113',
    says: 'sweep.drain[2]: 1000ms is used twice (first as drain[0], 1s)',
  },
  {
    title: 'a rate that is written twice, in two units',
    text: sweep('load.rate: [0.3/ms, «300/s»]'),
    code: 'E113',
    says: 'used twice (first as load.rate[0], 0.3/ms)',
  },
  {
    title: 'a number that is written twice, with and without decimals',
    text: sweep('epoch: [1, «"1.0"»]'),
    code: 'E113',
    says: 'sweep.epoch[1]: 1.0 is used twice (first as epoch[0], 1)',
  },
  {
    title: 'a word that is written twice in a sample',
    text: sweep('sample: { runs: 3 }\n  topology: [net.yaml, other.yaml, «net.yaml»]'),
    code: 'E113',
    says: 'sweep.topology[2]: net.yaml is used twice (first as topology[0])',
  },
  {
    title: 'a range of two kinds of units',
    text: sweep('drain: «1s..1Mbit/s step 1s»'),
    code: 'E103',
    says: 'sweep.drain: 1s is a time, 1Mbit/s is a rate',
    hint: 'a range has one kind of unit',
  },
  {
    title: 'a continuous range without a sample',
    text: sweep('drain: «100ms..900ms»'),
    code: 'E104',
    says: 'sweep.drain: 100ms..900ms has no step, so it has no values to combine',
    hint: 'write a step (0.1..0.9 step 0.2), or sample: { runs: 40, seed: 1 }',
  },
  {
    title: 'a continuous range in a list of a sample',
    text: sweep('sample: { runs: 3 }\n  drain: [1s, «100ms..900ms»]'),
    code: 'E104',
    says: 'sweep.drain[1]: 100ms..900ms has no step, so it has no values to list',
    hint: 'write a step; only a range that stands alone is sampled continuously',
  },
  {
    title: 'a continuous range of one point',
    text: sweep('sample: { runs: 3 }\n  drain: «1s..1s»'),
    code: 'E104',
    says: 'sweep.drain: 1s..1s ends where it begins',
    hint: 'write the value in a list',
  },
  {
    title: 'one value that is neither list nor range',
    text: sweep('topology: «net.yaml»'),
    code: 'E103',
    says: 'sweep.topology: "net.yaml" is not a range such as 50ms..500ms step 50ms',
    hint: 'write a list',
  },
  {
    title: 'a number in place of a list',
    text: sweep('epoch: «5»'),
    code: 'E103',
    says: 'sweep.epoch: the number 5, expected a list or a range such as 50ms..500ms step 50ms',
  },
  {
    title: 'a value that is a map',
    text: sweep('epoch: [1, «{ a: 1 }»]'),
    code: 'E103',
    says: 'sweep.epoch[1]: a map, expected a value',
  },
  {
    title: 'a condition on an unknown parameter',
    text: where('drain < 5s and «epch» == 1'),
    code: 'E101',
    says: 'sweep.where: "epch" is not a parameter of this sweep',
    hint: 'did you mean epoch? parameters: epoch, drain, topology',
  },
  {
    title: 'a quoted condition that compares units of different kinds',
    text: where('"epoch == 1 or «drain < 5Mbit/s»"'),
    code: 'E103',
    says: 'sweep.where: drain (2s) is a time, 5Mbit/s is a rate',
  },
  {
    title: 'a condition that ends early',
    text: where("'epoch == 1 and«'»"),
    code: 'E119',
    says: 'sweep.where: the end, expected a name, a number or a quoted text',
  },
  {
    title: 'a condition over two lines',
    text: where('«epoch == 1»\n    nd drain == 1s'),
    code: 'E119',
    says: 'sweep.where: at character 12: "nd", expected and, or, or the end',
  },
  {
    title: 'a condition that nothing fulfils',
    text: where('«drain > 5s»'),
    code: 'E124',
    says: 'sweep.where: holds for none of 6 combinations',
    hint: 'nothing would run',
  },
  {
    title: 'a condition that no point of a sample fulfils',
    text: where('«epoch > 3»\n  sample: { runs: 2 }'),
    code: 'E124',
    says: 'sweep.where: holds for none of 2 combinations',
  },
  {
    title: 'a sample of nothing',
    text: sweep('sample: { runs: «0» }\n  drain: 1s..2s'),
    code: 'E104',
    says: 'sweep.sample.runs: 0 is below the minimum 1',
  },
  {
    title: 'a sample with a typing mistake',
    text: sweep('sample: { runs: 3, «sed»: 1 }\n  drain: 1s..2s'),
    code: 'E101',
    says: 'sweep.sample.sed: unknown key',
    hint: 'did you mean seed?',
  },
  {
    title: 'more combinations than a condition may choose from',
    text: `${BASE}sweep:\n  «epoch: 1..2000»\n  drain: 1s..1000s step 1s\n  where: epoch == 1\n`,
    code: 'E104',
    says: 'sweep: 2000000 combinations, the limit is 1000000',
    hint: 'sweep fewer parameters at a time',
  },
  {
    title: 'a condition that leaves too many combinations',
    text: `${BASE}sweep:\n  «epoch: 1..200»\n  drain: 1s..100s step 1s\n  where: epoch > 1 or drain > 0s\n`,
    code: 'E104',
    says: 'sweep: 20000 combinations, the limit is 10000',
  },
  {
    title: 'an axis of seeds: both rows ran seed 1, under "1 seed each"',
    text: sweep('«seeds»: [1, 3]'),
    code: 'E101',
    says: 'sweep.seeds: all combinations run the same seeds',
    hint: 'write seeds: 3 beside sweep:, or --seeds 3',
  },
  {
    title: 'an axis of one of the seeds',
    text: sweep('drain: [1s, 2s]\n  «seeds.0»: 1..3'),
    code: 'E101',
    says: 'sweep.seeds.0: all combinations run the same seeds',
  },
  {
    title: 'an axis of another axis',
    text: sweep('«sweep.drain»: [1s, 2s]'),
    code: 'E101',
    says: 'sweep.sweep.drain: a sweep does not vary itself',
    hint: 'did you mean drain? paths begin at the top of the file',
  },
  {
    title: 'an axis of sweeps',
    text: sweep('«sweep»: [1, 2]'),
    code: 'E101',
    says: 'sweep.sweep: a sweep does not vary itself',
    hint: 'paths begin at the top of the file',
  },
  {
    title: 'an axis of names',
    text: sweep('«name»: [one, other]'),
    code: 'E101',
    says: 'sweep.name: no result depends on it',
    hint: 'sweep what a run depends on',
  },
  {
    title: 'three dots, whose hint had three dots as well',
    text: sweep('load.rate: «100/s...400/s step 50/s»'),
    code: 'E103',
    says: 'sweep.load.rate: 100/s...400/s step 50/s has more than two dots',
    hint: 'write 100/s..400/s step 50/s',
  },
  {
    title: 'a typing mistake in step, without a suggestion',
    text: sweep('load.rate: [1/s, «100/s..400/s stp 50/s»]'),
    code: 'E103',
    says: 'sweep.load.rate[1]: "100/s..400/s stp 50/s" is not a range such as',
    hint: 'did you mean step?',
  },
  {
    title: 'a sample of less than nothing, whose minimum was 0 and that of 0 was 1',
    text: sweep('sample: { runs: «-3» }\n  drain: 1s..2s'),
    code: 'E115',
    says: 'sweep.sample.runs: -3 is below the minimum 1',
  },
  {
    title: 'nothing in a sweep, which was one run',
    text: `${BASE}sweep: «{}»\n`,
    code: 'E121',
    says: 'sweep: there is nothing to vary',
    hint: 'add a path and its values: traffic.0.rate: [100/s, 200/s]',
  },
  {
    title: 'a sample of no path',
    text: `${BASE}sweep:\n  «sample: { runs: 3 }»\n`,
    code: 'E121',
    says: 'sweep: there is nothing to vary',
  },
];
