import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadScenario } from '../../../../../scenarios/files/load.ts';
import type { SweepSpec } from '../../../../../scenarios/model.ts';
import { FileFolder, registry } from '../../../../bad-files/fixture.ts';

const files = new FileFolder();
afterAll(() => files.remove());

const BASE = 'name: s\ntopology: net.yaml\nduration: 60s\n';

function designOf(lines: string, overrides: Readonly<Record<string, string>> = {}): SweepSpec {
  const text = `${BASE}sweep:\n${lines.replaceAll(/^/gm, '  ')}\n`;
  const path = files.write('scenarios/s.yaml', text);
  const { sweep } = loadScenario({ path, folders: files.folders, registry, overrides });
  return sweep ?? { parameters: [], cells: [], warnings: [] };
}

/** The combinations as texts of their values. */
function cellsOf(lines: string): readonly string[] {
  return designOf(lines).cells.map((cell) => Object.values(cell).join(' '));
}

describe('the design of a sweep', () => {
  it('is every combination, the last parameter moving fastest', () => {
    expect(cellsOf('epoch: [1, 2]\ndrain: 1s..3s step 1s')).toEqual([
      ...['1 1s', '1 2s', '1 3s', '2 1s', '2 2s', '2 3s'],
    ]);
    expect(designOf('epoch: [1, 2]\ndrain: 1s..2s step 1s').cells[0]).toEqual({
      epoch: '1',
      drain: '1s',
    });
  });

  it('keeps the order of a list, and names of files with dots', () => {
    expect(cellsOf('drain: [3s, 1s, 2s]')).toEqual(['3s', '1s', '2s']);
    expect(cellsOf('topology: [net.yaml, ../net.yaml]')).toEqual(['net.yaml', '../net.yaml']);
    expect(cellsOf('epoch: [true, 0.3, "1"]')).toEqual(['true', '0.3', '1']);
  });

  it('mixes values and ranges in a list, and has what both name once', () => {
    expect(cellsOf('epoch: [7, 1..3, 0..4 step 2, x]')).toEqual([
      ...['7', '1', '2', '3', '0', '4', 'x'],
    ]);
    expect(cellsOf('drain: [2000ms, 1s..3s step 1s]')).toEqual(['2000ms', '1s', '3s']);
    expect(cellsOf('drain: [1s..3s step 1s, 2000ms]')).toEqual(['1s', '2s', '3s']);
  });

  it('takes for different what only looks alike, and what a flag sets in place of a repetition', () => {
    expect(cellsOf('epoch: [1, 1s, 1B, 1packets, "1bit/s", 1/s, s, S]')).toHaveLength(8);
    expect(designOf('drain: [1s, 1s]', { drain: '2s' }).cells).toEqual([{ drain: '2s' }]);
  });

  it('leaves out combinations for which the condition does not hold, in order', () => {
    const lines = 'epoch: 1..3\ndrain: 1s..3s step 1s\nwhere: ';
    expect(cellsOf(`${lines}drain > 1s and epoch != 2`)).toEqual(['1 2s', '1 3s', '3 2s', '3 3s']);
    expect(designOf(`${lines}drain > 1s`).warnings).toEqual([]);
  });

  it('warns of a condition that removes nothing, at its line', () => {
    const { cells, warnings } = designOf('epoch: 1..3\nwhere: epoch < 4');
    expect(cells).toHaveLength(3);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/s\.yaml:6:10: sweep\.where: holds for all 3 combinations$/);
  });

  it('takes a condition and a sample from flags', () => {
    const lines = 'epoch: 1..3\ndrain: [1s, 2s]';
    expect(designOf(lines, { 'sweep.where': 'epoch == 3' }).cells).toHaveLength(2);
    expect(designOf(lines, { 'sweep.sample.runs': '2' }).cells).toHaveLength(2);
    expect(() => designOf(lines, { 'sweep.where': 'epoch == 3s' })).toThrow(
      /--set sweep\.where: epoch \(3\) has no unit, 3s is a time\n.*--set sweep\.where=epoch == 3s\n {21}\^{11}\n/,
    );
  });

  it('does not sweep what a flag sets', () => {
    const lines = 'epoch: 1..3\ndrain: 1s..2s step 1s\nwhere: epoch > 1';
    const { cells, parameters } = designOf(lines, { drain: '5s' });
    expect(cells).toEqual([
      { epoch: '2', drain: '5s' },
      { epoch: '3', drain: '5s' },
    ]);
    expect(parameters[1]).toEqual({ path: 'drain', values: ['5s'] });
    expect(() => designOf(lines, { epoch: '1' })).toThrow('holds for none of 2 combinations');
    const sampled = designOf('sample: { runs: 4 }\nepoch: 1..3\ndrain: 0s..6s', { epoch: '2' });
    expect(sampled.cells.map(({ epoch }) => epoch)).toEqual(['2', '2', '2', '2']);
    expect(sampled.cells.map(({ drain }) => drain)).toEqual(
      designOf('sample: { runs: 4 }\ndrain: 0s..6s').cells.map(({ drain }) => drain),
    );
  });

  it('is one combination where flags set all paths, as for each run of a sweep', () => {
    const lines = 'epoch: 1..3\ndrain: 1s..2s step 1s\nwhere: epoch > 1 and drain < 2s';
    const { cells, warnings } = designOf(lines, { drain: '1s', epoch: '2' });
    expect(cells).toEqual([{ epoch: '2', drain: '1s' }]);
    expect(warnings).toEqual([]);
    const large = 'epoch: 1..10000\ndrain: 0s..6s';
    expect(designOf(large, { drain: '7s', epoch: '1' }).cells).toHaveLength(1);
  });

  it('ran what flags set without a word, though the condition did not hold for it', () => {
    const lines = 'epoch: 1..3\ndrain: 1s..2s step 1s\nwhere: epoch > 1 and drain < 2s';
    const { cells, warnings } = designOf(lines, { drain: '7s', epoch: '1' });
    expect(cells).toEqual([{ epoch: '1', drain: '7s' }]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /s\.yaml:7:10: sweep\.where: does not hold for what --set sets, which runs all the same$/,
    );
    const words = 'drain: [1, 2]\nwhere: drain > 1';
    const [unlike] = designOf(words, { drain: '3s' }).warnings;
    expect(unlike).toMatch(/all the same: drain \(3s\) is a time, 1 has no unit$/);
  });

  it('says nothing of a run whose value does not compare where another one of its list does', () => {
    // A file whose name, without its ending, is a time.
    files.write('topologies/7s.yaml', readFileSync(join(files.folders.topologies, 'net.yaml')));
    const lines = 'topology: [7s, net.yaml]\ndrain: [1s, 2s]\nwhere: topology == 7s or drain == 2s';
    const { cells } = designOf(lines);
    expect(cells).toHaveLength(3);
    for (const cell of cells) expect(designOf(lines, cell).warnings).toEqual([]);
    expect(designOf(lines, { topology: 'net.yaml', drain: '1s' }).warnings).toHaveLength(1);
    const ranges = 'epoch: 1..3\ndrain: 1s..3s step x2\nwhere: epoch == 1 or drain == 2s';
    for (const cell of designOf(ranges).cells) expect(designOf(ranges, cell).warnings).toEqual([]);
  });

  it('lets a condition choose 10,000 of a million combinations', () => {
    const lines = 'epoch: 1..1000\ndrain: 1s..1000s step 1s\nwhere: ';
    expect(designOf(`${lines}epoch <= 10`).cells).toHaveLength(10_000);
    expect(() => designOf(`${lines}epoch <= 10 or epoch == 11 and drain == 5s`)).toThrow(
      '10001 combinations, the limit is 10000',
    );
  });

  it('samples continuous axes, steps, whole numbers and lists, each stratum of each once', () => {
    const { cells, parameters, warnings } = designOf(
      [
        'sample: { runs: 6 }',
        'drain: 0s..6s',
        'warmup: log 1us..1s',
        'epoch: 1..6',
        'duration: 60s..80s step 10s',
        'crypto: [node, noble]',
      ].join('\n'),
    );
    expect(warnings).toEqual([]);
    expect(cells).toHaveLength(6);
    const of = (path: string): readonly string[] => cells.map((cell) => cell[path] ?? '').sort();
    expect(of('drain').map((value) => Math.floor(Number.parseFloat(value)))).toEqual([
      ...[0, 1, 2, 3, 4, 5],
    ]);
    const decades = of('warmup').map((value) => Math.floor(Math.log10(Number.parseFloat(value))));
    expect(decades.sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(of('epoch')).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(of('duration')).toEqual(['60s', '60s', '70s', '70s', '80s', '80s']);
    expect(of('crypto')).toEqual(['noble', 'noble', 'noble', 'node', 'node', 'node'].sort());
    expect(parameters[1]?.values).toEqual(
      [...of('warmup')].sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b)),
    );
    expect(parameters[4]?.values).toEqual(['node', 'noble']);
  });

  it('takes 100,000 values of ranges and 100 paths, and not one more', () => {
    const ranges = (count: number): string =>
      Array.from({ length: count }, (_, i) => `a${i}.b: 1..10000 step 1`).join('\n');
    const ten = `sample: { runs: 3 }\n${ranges(10)}`;
    expect(designOf(ten).cells).toHaveLength(3);
    expect(() => designOf(`${ten}\nc: 1..1 step 1`)).toThrow(
      'the ranges of this sweep have more than 100000 values',
    );
    const paths = (count: number): string =>
      Array.from({ length: count }, (_, i) => `a${i}.b: [1]`).join('\n');
    expect(designOf(paths(100)).cells).toHaveLength(1);
    expect(() => designOf(paths(101))).toThrow('101 paths, the limit is 100');
  });

  it('has the same sample each time, another with another seed, and axes that do not touch', () => {
    const sample = (seed: number, more = ''): readonly string[] =>
      designOf(`sample: { runs: 8, seed: ${seed} }\ndrain: 0s..6s\n${more}`).cells.map(
        ({ drain = '' }) => drain,
      );
    expect(sample(1)).toEqual(sample(1));
    expect(sample(1)).not.toEqual(sample(2));
    expect(sample(1, 'epoch: 1..9')).toEqual(sample(1));
    expect(designOf('sample: { runs: 8 }\ndrain: 0s..6s').cells).toEqual(
      sample(1).map((drain) => ({ drain })),
    );
  });

  it('leaves out points of a sample that a condition refuses, and counts them', () => {
    const lines = 'sample: { runs: 10 }\ndrain: 0s..10s\nepoch: 1..1000';
    const all = designOf(lines).cells;
    const { cells, warnings } = designOf(`${lines}\nwhere: drain < 4s`);
    expect(cells).toEqual(all.filter(({ drain = '' }) => Number.parseFloat(drain) < 4));
    expect(cells).toHaveLength(4);
    expect(warnings[0]).toMatch(/sweep\.where: leaves out 6 of the 10 points of the sample$/);
    expect(warnings).toHaveLength(1);
  });

  it('leaves out points that repeat another, and counts them', () => {
    const { cells, warnings } = designOf('sample: { runs: 5 }\nepoch: [1, 2]');
    expect(cells.map(({ epoch }) => epoch).sort()).toEqual(['1', '2']);
    expect(warnings[0]).toMatch(
      /sweep\.sample: 3 of 5 points repeat another one and are left out$/,
    );
  });
});
