/**
 * Port cases for cryptography: what a node is handed in its world is the whole provider, with or
 * without a charge for each call. The providers themselves are compared in
 * `crypto-providers.test.ts`.
 *
 * @module
 */
import { expect } from 'vitest';
import { createCryptoProvider } from '../../../engine/crypto/index.ts';
import { CpuChargedCrypto } from '../../../engine/net/charged-crypto.ts';
import { cryptoCases } from '../crypto-cases.ts';
import { spongeCases, spongeMistakes } from '../crypto-sponge-cases.ts';
import { stateCases, stateMistakes } from '../crypto-state-cases.ts';
import { wrapCases, wrapMistakes } from '../crypto-wrap-cases.ts';
import type { PortCase } from './port-world.ts';

export const hostCryptoCases: readonly PortCase[] = [
  {
    id: 'crypto/published-vectors',
    says: 'hands nodes every primitive as published, and refuses their mistakes',
    run: (world) => {
      world.act(() => {
        let charges = 0;
        const charged = new CpuChargedCrypto(world.a.crypto, {
          chargeCrypto: (): void => {
            charges += 1;
          },
        });
        for (const crypto of [world.a.crypto, charged]) {
          for (const { check } of [...cryptoCases, ...spongeCases, ...wrapCases, ...stateCases]) {
            check(crypto);
          }
          for (const [, call] of [...spongeMistakes, ...wrapMistakes, ...stateMistakes]) {
            expect(() => call(crypto)).toThrow(RangeError);
          }
        }
        expect(charges).toBeGreaterThan(cryptoCases.length);
      });
      return Promise.resolve();
    },
  },
  {
    id: 'crypto/same-functions',
    says: 'hands nodes the functions of the reference provider, none missing and none more',
    run: (world) => {
      const names = (crypto: object): string[] => Object.keys(crypto).sort();
      expect(names(world.a.crypto)).toEqual(names(createCryptoProvider('noble')));
      return Promise.resolve();
    },
  },
];
