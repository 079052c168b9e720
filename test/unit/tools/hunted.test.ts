import { describe, expect, it } from 'vitest';
import { isSound } from '../../../tools/mutants/hunted.ts';

function ended(
  code: number,
  failed: readonly string[],
  kpis: readonly boolean[] = [],
): Parameters<typeof isSound>[0] {
  const names = ['conservation of messages', 'packets received'];
  const invariants = names.map((name) => ({ name, pass: !failed.includes(name) }));
  return { code, text: JSON.stringify({ invariants, kpis: kpis.map((pass) => ({ pass })) }) };
}

describe('whether the sound program passes what a hunt has found', () => {
  it('a file that is too small to send anything after its warm-up was taken for a break', () => {
    expect(isSound(ended(0, []))).toBe(true);
    expect(isSound(ended(1, ['packets received']))).toBe(true);
    expect(isSound(ended(1, ['conservation of messages', 'packets received']))).toBe(false);
    expect(isSound(ended(1, ['packets received'], [true, false]))).toBe(false);
    expect(isSound({ code: 3, text: '' })).toBe(false);
  });
});
