import { describe, expect, it } from 'vitest';
import { PartialPayload } from '../../../../../nodes/dtn/wire/partial-payload.ts';
import { draws } from '../../../../fixtures/draws.ts';

const SEED = Number(process.env['ORRERY_FUZZ_SEED'] ?? 1);

describe('a payload in pieces', () => {
  it(`has each byte from the first piece that brought it, seed ${SEED}`, () => {
    const draw = draws(SEED);
    for (let count = 0; count < 500; count += 1) {
      const total = 1 + draw(60);
      const whole = new PartialPayload(total);
      const expected = new Int16Array(total).fill(-1);
      for (let piece = 1; expected.includes(-1); piece += 1) {
        const offset = draw(total);
        const bytes = new Uint8Array(draw(total - offset + 1)).fill(piece % 256);
        expect(whole.payload).toBeUndefined();
        expect(whole.add(offset, bytes)).toBe(true);
        for (let at = offset; at < offset + bytes.length; at += 1) {
          if (expected[at] === -1) expected[at] = piece % 256;
        }
        expect(whole.arrived).toBe(expected.filter((byte) => byte >= 0).length);
      }
      expect([...(whole.payload ?? [])]).toEqual([...expected]);
    }
  });

  it('takes 16,384 separate pieces, and no more', () => {
    const whole = new PartialPayload(100_000);
    const byte = Uint8Array.of(1);
    let taken = 0;
    for (let piece = 0; piece < 16_384; piece += 1) taken += Number(whole.add(2 * piece, byte));
    expect(taken).toBe(16_384);
    expect(whole.add(99_999, byte)).toBe(false);
    expect(whole.arrived).toBe(16_384);
    // Each with its record, which takes more than its byte.
    expect(whole.cost).toBe(16_384 * 129);
  });

  it('has no bytes behind its end', () => {
    const whole = new PartialPayload(9);
    expect(whole.add(8, Uint8Array.of(1, 2))).toBe(false);
    expect([whole.arrived, whole.cost]).toEqual([0, 0]);
    expect(whole.add(0, new Uint8Array(9))).toBe(true);
    expect(whole.payload).toHaveLength(9);
  });
});
