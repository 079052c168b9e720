import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { brokenRow, type SweepResult, type SweepRow } from '../../../reports/sweep.ts';
import { sweepCsv } from '../../../reports/sweep-csv.ts';
import { sweepParquet } from '../../../reports/sweep-parquet.ts';
import { cell, cellOf, sweepOf } from './sweep-fixture.ts';

function fileOf(sweep: SweepResult): ArrayBuffer {
  return Uint8Array.from(Buffer.concat([...sweepParquet(sweep)])).buffer;
}

type Read = readonly Readonly<Record<string, unknown>>[];

const broken = brokenRow({ probe: '9ms', misses: '9' }, { broke: 'no memory', reproduce: '' });

describe('the runs of a sweep as Parquet, read by hyparquet', () => {
  it('are those of the CSV, with types', async () => {
    const rows = [
      cell({ 'topology.links.0.delay': '50ms', misses: '2' }, true),
      cell({ 'topology.links.0.delay': '1s', misses: '4' }, false),
      brokenRow({ 'topology.links.0.delay': '2s', misses: '9' }, { broke: 'x', reproduce: '' }),
    ];
    const sweep = sweepOf(rows);
    const file = fileOf(sweep);
    const read: Read = await parquetReadObjects({ file });
    const [header = '', ...lines] = [...sweepCsv(sweep)].join('').trimEnd().split('\r\n');
    expect(Object.keys(read[0] ?? {})).toEqual(header.split(','));
    expect(read.map((line) => Object.values(line).map(cellText).join())).toEqual(lines);
    expect(read[0]).toMatchObject({
      'topology.links.0.delay': '50ms',
      misses: 2,
      seed: 1n,
      pass: true,
      fingerprint: rows[0]?.runs?.[0]?.fingerprint,
      broke: null,
    });
    expect(read[0]?.['gateway.failover p95 [ns]']).toBe(rows[0]?.kpis[0]?.perSeed[0]?.value);
    expect(read.at(-1)).toMatchObject({ seed: null, fingerprint: null, pass: false, broke: 'x' });
    const types = parquetMetadata(file).schema.slice(1);
    expect(types.map(({ type }) => type).slice(0, 7)).toEqual([
      ...['BYTE_ARRAY', 'DOUBLE', 'INT64', 'BYTE_ARRAY', 'BOOLEAN', 'BYTE_ARRAY', 'DOUBLE'],
    ]);
  });

  it('have words where one value of a parameter is a word, and nothing where it is missing', async () => {
    const rows = [cellOf({ size: '5' }, 1), cellOf({ size: 'all' }, 1), cellOf({ other: '1' }, 1)];
    const read: Read = await parquetReadObjects({ file: fileOf(sweepOf(rows)) });
    expect([...new Set(read.map(({ size }) => size))]).toEqual(['5', 'all', null]);
    expect([...new Set(read.map(({ other }) => other))]).toEqual([null, 1]);
  });

  it('name the sweep and the command, and are whole without any run', async () => {
    const file = fileOf(sweepOf([broken], { name: 'größer' }));
    expect(parquetMetadata(file).key_value_metadata).toContainEqual({
      key: 'orrery.sweep',
      value: 'größer',
    });
    const stopped = fileOf(sweepOf([], { interruptedOf: 7 }));
    expect(parquetMetadata(stopped).key_value_metadata).toContainEqual({
      key: 'orrery.verdict',
      value: 'STOP: interrupted, inconclusive: 0 of 7 combinations ran',
    });
    expect(await parquetReadObjects({ file: fileOf(sweepOf([])) })).toEqual([]);
  });

  it('come in parts of some megabytes, however many they are', async () => {
    const rows = Array.from({ length: 3_000 }, (_, at): SweepRow => {
      const values = { a: at, b: at / 7 };
      const runs = Array.from({ length: 15 }, (__, i) => ({
        seed: i,
        fingerprint: `${at}-${i}`,
        values,
      }));
      const kpis = ['a', 'b'].flatMap(
        (metric) => cellOf({}, at, { metric, aggregation: 'value', perSeed: [] }).kpis,
      );
      return { ...cellOf({ at: `${at}` }, at), kpis, runs };
    });
    const parts = [...sweepParquet(sweepOf(rows))];
    expect(parts).toHaveLength(4);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThan(4e6);
    const file = Uint8Array.from(Buffer.concat(parts)).buffer;
    const read: Read = await parquetReadObjects({ file });
    expect(read).toHaveLength(45_000);
    expect(read[44_999]).toMatchObject({ at: 2_999, seed: 14n, fingerprint: '2999-14' });
    expect(read.every((line) => line['b [ns]'] === Number(line['a [ns]']) / 7)).toBe(true);
  });
});

function cellText(value: unknown): string {
  return value === null ? '' : String(value);
}
