/**
 * The cases of the suite over crypto providers, and the mistakes of callers. A provider passes if no case throws; also
 * in a browser (test/lab/crypto-entry.ts).
 *
 * @module
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { nobleCrypto } from '../../engine/crypto/noble.ts';
import { type CryptoCase, cryptoCases } from './crypto-cases.ts';
import { ecdsaCases } from './crypto-ecdsa-cases.ts';
import { cryptoGroupCases, groupMistakes } from './crypto-group-cases.ts';
import { hostileCases, mistakes } from './crypto-hostile-cases.ts';
import { randomCases } from './crypto-random.ts';
import { signatureCases, signatureMistakes } from './crypto-signature-cases.ts';
import { spongeCases, spongeMistakes } from './crypto-sponge-cases.ts';
import { stateCases, stateMistakes } from './crypto-state-cases.ts';
import { wrapCases, wrapMistakes } from './crypto-wrap-cases.ts';

const random: readonly CryptoCase[] = randomCases.map((one) => ({
  id: one.id,
  check: (crypto) =>
    fc.assert(
      fc.property(one.input, (input) => {
        expect(one.result(crypto, input)).toEqual(one.result(nobleCrypto, input));
      }),
      { numRuns: one.runs },
    ),
}));

/** Published vectors, hostile input, and agreement with the reference provider. */
export const allCryptoCases: readonly CryptoCase[] = [
  ...cryptoCases,
  ...ecdsaCases,
  ...spongeCases,
  ...wrapCases,
  ...stateCases,
  ...cryptoGroupCases,
  ...signatureCases,
  ...hostileCases,
  ...random,
];
/** Calls that throw a RangeError. */
export const allMistakes = [
  ...mistakes,
  ...spongeMistakes,
  ...wrapMistakes,
  ...stateMistakes,
  ...groupMistakes,
  ...signatureMistakes,
];
