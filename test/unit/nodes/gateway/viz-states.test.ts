/** The texts that a gateway traces for its drawings. @module */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  readHandshake,
  readQuality,
  readWindow,
  writeHandshake,
  writeQuality,
  writeWindow,
} from '../../../../nodes/gateway/viz-states.ts';

const count = fc.nat();

it('reads back every window, newest number first', () => {
  const seen = fc
    .array(fc.boolean(), { minLength: 4, maxLength: 64 })
    .map((bits) => bits.slice(0, bits.length - (bits.length % 4)));
  const window = fc.record({ highest: count, epoch: count, size: count, seen });
  fc.assert(
    fc.property(window, (one) => {
      expect(readWindow(writeWindow(one))).toEqual(one);
    }),
  );
  const bits = [true, false, false, false, true, true, true, true];
  expect(writeWindow({ highest: 9, epoch: 1, size: 64, seen: bits })).toBe(
    'high=9 epoch=1 size=64 seen=8f',
  );
});

it('reads back the quality of a path, also of one that was never measured', () => {
  const quality = { health: 'alive', role: 'active', rttUs: 20_012, jitterUs: 3, loss: 0.01 };
  expect(readQuality(writeQuality(quality))).toEqual(quality);
  const unknown = { ...quality, health: 'unknown', rttUs: undefined };
  expect(readQuality(writeQuality(unknown))).toEqual(unknown);
});

it('reads back the steps of a handshake in their order', () => {
  const steps = new Map([
    ['opening-sent', 0],
    ['answer-received', 24_000_000],
  ] as const);
  const text = writeHandshake({ epoch: 2, sendings: 3, steps });
  expect(text).toBe('epoch=2 sendings=3 opening-sent=0 answer-received=24000000');
  expect(readHandshake(text)).toEqual({ epoch: 2, sendings: 3, steps });
});

it('takes no other text for one of these', () => {
  for (const text of ['', 'alive', 'epoch=x', 'high=1 epoch=1 size=64 seen=xyz']) {
    expect([readWindow(text), readQuality(text), readHandshake(text)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  }
});
