/** Files whose full blocks of packets are packed: what is read from them, and from damaged ones. @module */
import { describe, expect, it } from 'vitest';
import {
  BLOCK_FIELD_OFFSETS,
  BLOCK_HEAD_BYTES,
  FLAG_GZIP,
  FLAG_PACKED,
  TRAILER_BYTES,
} from '../../../../engine/measure/trace/layout.ts';
import { isFailure } from '../../../../viz/format/failure.ts';
import { fullBlock, ofVersion1 } from './hostile-traces.ts';
import { good, opened } from './trace-lab.ts';

const SECOND = 1_000_000_000;
/** Damaged bytes: half of them at the start, where the packing says what follows. */
const PLACES = 64;

describe('a file whose columns are packed', () => {
  const plain = fullBlock('plain');
  const whole = fullBlock('gzip');
  const hops = async (bytes: Uint8Array): Promise<unknown> => {
    const trace = await opened(bytes);
    return [good(await trace.hops(0, SECOND)), good(await trace.bins({ fromNs: 0, toNs: SECOND }))];
  };
  const packedAt = async (): Promise<number> =>
    (await opened(whole)).blocksOf('hop')[0]?.offset ?? 0;

  it('has the packets of one of version 1, and of one that is stored as it is', async () => {
    const wanted = await hops(plain);
    expect(await hops(ofVersion1(plain))).toEqual(wanted);
    expect(await hops(whole)).toEqual(wanted);
  });

  it('has full blocks packed, and gzip for the others', async () => {
    const [full, rest] = (await opened(whole)).blocksOf('hop');
    expect(whole[(full?.offset ?? 0) + BLOCK_FIELD_OFFSETS.flags]).toBe(FLAG_PACKED);
    expect(rest?.rows).toBe(616);
    expect(whole[(rest?.offset ?? 0) + BLOCK_FIELD_OFFSETS.flags]).toBe(FLAG_GZIP);
  });

  it('is refused by name if its packing is damaged', async () => {
    const packed = whole.slice();
    packed[(await packedAt()) + BLOCK_HEAD_BYTES] = 9;
    const answer = await (await opened(packed)).hops(0, SECOND);
    expect(answer).toMatchObject({ name: 'bad-payload' });
  });

  it('gives an answer or a named failure with any byte of it damaged', async () => {
    const [block] = (await opened(whole)).blocksOf('hop');
    const length = block?.storedBytes ?? 0;
    let refused = 0;
    for (let place = 0; place < PLACES; place += 1) {
      const packed = whole.slice();
      const near = place < PLACES / 2 ? place : Math.floor((length * place) / PLACES);
      const at = (block?.offset ?? 0) + BLOCK_HEAD_BYTES + near;
      packed[at] = (packed[at] as number) ^ (1 << (place % 8));
      const answer = await (await opened(packed)).hops(0, SECOND);
      if (isFailure(answer)) refused += 1;
    }
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(PLACES);
  });

  it('with more rows than a block has, or a gzip stream too, is refused', async () => {
    for (const [field, value] of [
      [BLOCK_FIELD_OFFSETS.flags, FLAG_PACKED | FLAG_GZIP],
      [BLOCK_FIELD_OFFSETS.rows + 2, 1],
    ] as const) {
      // Without the index, headers of blocks count.
      const cut = whole.slice(0, -TRAILER_BYTES);
      cut[(await packedAt()) + field] = value;
      const trace = await opened(cut);
      expect(trace.damage).toBeDefined();
      expect(trace.blocksOf('hop')).toEqual([]);
    }
  });
});
