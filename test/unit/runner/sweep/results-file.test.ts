/** The file that a sweep adds its runs to: torn lines, other sweeps, foreign files. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  makeSweepHeader,
  ResultsFile,
  type ResultsFileRun,
  readResults,
} from '../../../../runner/sweep/results-file.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-results-'));
  path = join(folder, 'results.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Deeper than what looks at values one inside the other can go. */
const DEEP = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
const head = makeSweepHeader({
  ...{ name: 'a', file: 'a.yaml', sha256: 'aa', commit: '1a2b3c4', set: {}, seeds: [1] },
});
const line = (seed: number): ResultsFileRun => ({
  ...{ id: `run-${seed}`, parameters: { x: 'ä' }, seed, fingerprint: `f${seed}` },
  ...{ values: { delivery: 0.5 }, result: 'AAAA' },
});

describe('results of a sweep', () => {
  it('are read as they were written', () => {
    const file = new ResultsFile(path, head);
    file.add(line(1));
    file.add(line(2));
    file.close();
    expect(readResults(path)).toMatchObject({ head, lines: [line(1), line(2)] });
  });

  it('go on behind the last whole line, wherever the last one was torn', () => {
    const file = new ResultsFile(path, head);
    file.add(line(1));
    file.close();
    const whole = readFileSync(path);
    const torn = Buffer.from(JSON.stringify(line(2)));
    for (const bytes of [0, 1, 20, torn.length]) {
      writeFileSync(path, Buffer.concat([whole, torn.subarray(0, bytes)]));
      const known = readResults(path);
      expect(known?.lines).toEqual([line(1)]);
      const more = new ResultsFile(path, head, known);
      more.add(line(3));
      more.close();
      expect(readResults(path)?.lines).toEqual([line(1), line(3)]);
    }
  });

  it('are none without a file, and without a whole first line', () => {
    expect(readResults(path)).toBeUndefined();
    writeFileSync(path, JSON.stringify(head));
    expect(readResults(path)).toBeUndefined();
  });

  it.each([
    ['a text', 'hello'],
    ['another version', JSON.stringify({ ...head, version: 2 })],
    ['no values', JSON.stringify({ ...head, set: { a: 1 } })],
    ['null', 'null'],
    ['what is nested', JSON.stringify(head).replace(/}$/, `,"x":${DEEP}}`)],
    ['nested seeds', JSON.stringify({ ...head, seeds: 0 }).replace('"seeds":0', `"seeds":${DEEP}`)],
  ])('are not those of %s', (_what, first) => {
    writeFileSync(path, `${first}\n`);
    expect(() => readResults(path)).toThrow(/results\.ndjson:1 is no sweep of this version/);
  });

  it.each<[object, RegExp]>([
    [{ seeds: [] }, /has 0 seeds: 1 to 10000 are allowed/],
    [{ seeds: [1, 1] }, /has the seed 1, which is there twice/],
    [{ seeds: ['1', '2'] }, /has the seed "1", which is no whole number/],
    [{ seeds: [null] }, /has the seed null, which is no whole number/],
    [{ seeds: [-1] }, /has the seed -1, which is no whole number/],
    [{ seeds: [2 ** 53] }, /has the seed 9007199254740992, which is no whole number/],
    [{ adaptive: 0 }, /has adaptive: 0/],
    [{ adaptive: '4' }, /has adaptive: "4"/],
    [{ adaptive: 1e9 }, /has adaptive: 1000000000/],
    [{ adaptive: null }, /has adaptive: null/],
  ])('are refused with %j', (change, text) => {
    writeFileSync(path, `${JSON.stringify({ ...head, ...change })}\n`);
    expect(() => readResults(path)).toThrow(text);
  });

  it('are a bug of ours if a later line was nested without end', () => {
    const heads = [JSON.stringify(head), JSON.stringify(head).replace(/}$/, `,"x":${DEEP}}`)];
    writeFileSync(path, heads.map((one) => `${one}\n`).join(''));
    expect(() => readResults(path)).toThrow(/results\.ndjson:2 is no run of a sweep/);
    const run = JSON.stringify(line(1)).replace(/}$/, `,"x":${DEEP}}`);
    writeFileSync(path, `${JSON.stringify(head)}\n${run}\n`);
    expect(readResults(path)?.lines).toEqual([line(1)]);
  });

  it('were waited for without end in a pipe', () => {
    rmSync(path, { force: true });
    spawnSync('mkfifo', [path]);
    expect(() => readResults(path)).toThrow(/results\.ndjson is no file/);
  });

  it('are read wherever a line ends in what is read at once', () => {
    const size = 1024 * 1024;
    const bare = Buffer.byteLength(JSON.stringify({ ...line(1), result: '' }));
    const first = Buffer.byteLength(JSON.stringify(head)) + 1;
    for (const more of [-1, 0, 1, size, 2 * size + 1]) {
      const result = 'A'.repeat(size - first - bare + more);
      const lines = [{ ...line(1), result }, line(2), line(3)];
      writeFileSync(path, [head, ...lines].map((one) => `${JSON.stringify(one)}\n`).join(''));
      expect(readResults(path)).toEqual({ head, lines, bytes: statSync(path).size });
    }
  });

  it('are refused with a line that has no end', () => {
    writeFileSync(path, `${JSON.stringify(head)}\n${'A'.repeat(34 * 1024 * 1024)}`);
    expect(() => readResults(path)).toThrow(/results\.ndjson:2 is longer than any run of a sweep/);
  });

  it('may be joined by `cat`, with parts of the same sweep only', () => {
    const texts = (shard: string, seed: number, change: object = {}): string =>
      [{ ...head, shard, ...change }, line(seed)].map((one) => `${JSON.stringify(one)}\n`).join('');
    writeFileSync(path, texts('1/2', 1) + texts('1/2', 1) + texts('2/2', 2));
    expect(readResults(path)?.lines).toEqual([line(1), line(1), line(2)]);
    writeFileSync(path, texts('1/2', 1) + texts('2/2', 2, { commit: '0000000' }));
    expect(() => readResults(path)).toThrow(/results\.ndjson:3 begins another sweep/);
  });

  it('name the line that is none', () => {
    const file = new ResultsFile(path, head);
    file.add(line(1));
    file.close();
    appendFileSync(path, '{"id":1}\n');
    expect(() => readResults(path)).toThrow(/results\.ndjson:3 is no run of a sweep/);
  });
});
