import { describe, expect, it } from 'vitest';
import { provider } from '../../../../engine/crypto/index.ts';
import { roundConstants } from '../../../../engine/crypto/wasm/keccak.ts';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { spongeCases } from '../../../conformance/crypto-sponge-cases.ts';
import { wasmAlone } from '../../../vectors/providers.ts';

const alone = { ...provider('noble'), ...wasmAlone };
const turboCases = spongeCases.filter(({ id }) => id.startsWith('turboShake128/'));

describe('TurboSHAKE128 in WebAssembly, its fallback forbidden', () => {
  it('has cases', () => {
    expect(turboCases.length).toBeGreaterThan(5);
  });

  it.each(turboCases)('passes $id', ({ check }) => check(alone));

  it('computes its round constants as FIPS 202 prescribes', () => {
    // The constants of the last rounds as the Keccak reference lists them, most significant first.
    const constants = roundConstants();
    const lane = (round: number): string =>
      toHex(constants.slice(8 * round, 8 * round + 8).toReversed());
    expect(constants).toHaveLength(12 * 8);
    expect([lane(0), lane(1), lane(11)]).toEqual([
      '000000008000808b',
      '800000000000008b',
      '8000000080008008',
    ]);
  });
});
