/**
 * The benchmark of the packet pipeline at a small size: it measures valid packets only, and prints
 * every required figure. The required speed is in bench/promises.ts.
 */
import { describe, expect, it } from 'vitest';
import type { BenchResult } from '../../../bench/bench-result.ts';
import { modeRows } from '../../../bench/pipeline.ts';
import { publishedForm } from '../../../bench/published-form.ts';

/** Target rate, packets per second; most machines exceed it. */
const TARGET = 2_000;
const SMALL = {
  round: 500,
  rounds: 3,
  warmUpRounds: 1,
  loadedSeconds: 0.15,
  packets: 64,
  partUs: 500,
  overfull: 3_000,
};
const rows: readonly BenchResult[] = await modeRows(
  { title: 'small', crypto: 'node', exchange: 'x25519-kem', target: TARGET },
  SMALL,
);
const row = (name: string): BenchResult => {
  const found = rows.find((one) => one.name.trim().startsWith(name));
  if (found === undefined) throw new Error(`no line ${name}`);
  return found;
};

describe('the benchmark of the pipeline', () => {
  it('R-191: prints the published form, packets per second per core, and the share of valid ones', () => {
    expect(row('two workers').note).toMatch(
      /^sent 1500, processed 1500, dropped 0, [\d.]+ s, \d+\/s, [\d.]+ us CPU a packet \(\d+\/s per core\), success 100 %, 100 % valid; load [\d.]+; stolen at most [\d.]+ %, an exchange at most [\d.]+ us \([\d.]+ at best\) in 3 of \d+ rounds$/,
    );
    expect(row('per core').value).toBeGreaterThan(100);
    expect(row('four cores').note).toBe(
      'min(4 cores / CPU s per packet, 1 / CPU s of the main thread per packet)',
    );
  });

  it('R-191: gives the published sample output for its numbers', () => {
    expect(
      publishedForm({ sent: 250_000, dropped: 125, wrong: 0, seconds: 10, cpuUs: 9_957_518.75 }),
    ).toBe(
      'sent 250000, processed 249875, dropped 125, 10.00 s, 24987/s, 39.85 us CPU a packet (25094/s per core), success 99.95 %, 100 % valid',
    );
  });

  it('R-192: prints no rate of a pipeline that hands packets back as they came', async () => {
    const copying = {
      title: 'copies',
      crypto: 'node',
      exchange: 'x25519-kem',
      target: TARGET,
    } as const;
    const sizes = { ...SMALL, round: 100, rounds: 1, warmUpRounds: 0 };
    await expect(modeRows({ ...copying, job: 'nothing' }, sizes)).rejects.toThrow(
      /^void: \d+ results are wrong$/,
    );
  });

  it('R-192: takes wrong packets out of rate, success and valid share, one by one', () => {
    const line = (wrong: number): string =>
      publishedForm({ sent: 100, dropped: 10, wrong, seconds: 1, cpuUs: 900 });
    expect(line(0)).toContain(
      '90/s, 10.00 us CPU a packet (100000/s per core), success 90 %, 100 % valid',
    );
    expect(line(1)).toContain(
      '89/s, 10.11 us CPU a packet (98888/s per core), success 89 %, 98.89 % valid',
    );
    expect(line(90)).toContain('0/s, - us CPU a packet (-/s per core), success 0 %, 0 % valid');
  });

  it('R-171: prints the rate without batches, and how much batches bring', () => {
    // Two measured rounds and their ratio, none of which is known in advance.
    const [batched, single] = [row('two workers').value, row('without batches').value];
    expect(single).toBeGreaterThan(10);
    expect(single).not.toBe(batched);
    expect(row('gain by batches').value).toBe(batched / single);
    expect(row('without batches').note).toBe(`with batches ${(batched / single).toFixed(2)} x`);
  });

  it('names each line once, so that figures can be taken by name', () => {
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });

  it('loads it with a share of what is demanded, and with a share of what it reaches', () => {
    const { target, note } = row('processing at 80 % load, mean');
    expect(target).toBe(1);
    expect(note).toMatch(/^\d+\/s, of 2000 demanded; M\/D\/2 at \d+ % of two cores: [\d.]+ ms$/);
    // However fast the pipeline is, the demanded rate is at most 80 % of the target.
    expect(Number(note?.split('/')[0])).toBeLessThan(1.25 * 0.8 * TARGET);
    const reached = row('processing at 80 % of saturation, mean');
    expect(reached.target).toBeUndefined();
    expect(reached.value).toBeGreaterThan(0);
  });

  it('R-178: counts the bytes copied for a packet: once below saturation, twice for one that had to wait', () => {
    const { value, note } = row('bytes copied');
    expect(value).toBe(1);
    const [, copied, sent, length] = /^(\d+) of (\d+) packets of (\d+)$/.exec(note ?? '') ?? [];
    expect(Number(copied)).toBe(Number(sent) * Number(length));
    const overfull = Number(/([\d.]+) copies/.exec(row('buffers made').note ?? '')?.[1]);
    expect(overfull).toBeGreaterThan(1.3);
    expect(overfull).toBeLessThanOrEqual(2);
  });

  it('prints the efficiency of a second worker by the wall', () => {
    expect(row('one worker').note).toMatch(/^two workers are \d+ % of twice as many$/);
  });

  it('R-133: prints the cost of a hop by part', () => {
    const parts = rows.filter(({ name }) => name.endsWith(', x25519-kem, node'));
    expect(parts.map(({ name }) => name.trim().split(',')[0])).toEqual([
      'decapsulation',
      'KDF',
      'MAC',
      'stream',
      'replay tag',
      'AEZ',
    ]);
    for (const { value } of parts) expect(value).toBeGreaterThan(0);
  });
});
