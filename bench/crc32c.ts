/**
 * CRC-32C with eight tables, compared with the former version with one table. Both take turns, so
 * that the machine is in the same state for both.
 *
 * `npm run bench -- crc32c`
 *
 * @module
 */
import { crc32c } from '../engine/pure/crc32c.ts';
import { type BenchResult, cpuTimeUs, requireEqual, spreadOf } from './bench-result.ts';
import { crc32cByByte } from './workloads/crc32c-by-byte.ts';

export const name = 'crc32c';

const ROUNDS = 9;
/** Bytes per measurement. */
const TOTAL_BYTES = 100_000_000;
/** A short control message, a small bundle, and a block of a file. */
const LENGTHS = [40, 1_000, 65_536] as const;
const BYTES_PER_MB = 1e6;
const US_PER_SECOND = 1e6;

type Checksum = (bytes: Uint8Array) => number;

/** Two lines per length: the rate, and its multiple of the former version's rate. */
export function run(): BenchResult[] {
  return LENGTHS.flatMap((length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 167) & 255);
    requireEqual(`CRC-32C of ${length} bytes`, crc32c(bytes), crc32cByByte(bytes));
    const pairs = Array.from({ length: ROUNDS + 1 }, () => ({
      byEight: rateOf(crc32c, bytes),
      byOne: rateOf(crc32cByByte, bytes),
    })).slice(1);
    const ratios = spreadOf(pairs.map(({ byEight, byOne }) => byEight / byOne));
    return [
      {
        name: `CRC-32C, ${length} B`,
        unit: 'MB/s',
        ...spreadOf(pairs.map(({ byEight }) => byEight)),
      },
      {
        name: `CRC-32C, ${length} B, over one table`,
        unit: 'x',
        ...ratios,
      },
    ];
  });
}

function rateOf(checksum: Checksum, bytes: Uint8Array): number {
  const calls = Math.round(TOTAL_BYTES / bytes.length);
  let sum = 0;
  const cpuUs = cpuTimeUs(() => {
    for (let call = 0; call < calls; call += 1) sum += checksum(bytes);
  });
  requireEqual('the sum of the checksums', sum, calls * checksum(bytes));
  return ((calls * bytes.length) / BYTES_PER_MB / cpuUs) * US_PER_SECOND;
}
