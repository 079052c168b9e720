/**
 * AES-CMAC (RFC 4493), forwarding keys, MAC inputs and chaining (mac.json).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import {
  deriveForwardingKey,
  HopAuthenticator,
  type HopMacFields,
  nextSegmentId,
  writeHopMacInput,
} from '../../nodes/scion/mac.ts';
import { vectorSets } from '../vectors-root.ts';

interface MacFile {
  readonly aesCmac: readonly { readonly key: string; readonly message: string; mac: string }[];
  readonly keyDerivation: readonly { readonly masterKey: string; readonly hopFieldKey: string }[];
  readonly hopFields: readonly {
    readonly masterKey: string;
    readonly hopFieldKey: string;
    readonly segId: number;
    readonly timestamp: number;
    readonly expTime: number;
    readonly consIngress: number;
    readonly consEgress: number;
    readonly input: string;
    readonly full: string;
    readonly mac: string;
    readonly nextSegId: number;
  }[];
}

/**
 * RFC 4493 section 4, example 2; the key derivation of `private/keyconf` of scionproto/scion; a hop
 * field computed independently.
 */
const FIGURES: MacFile = {
  aesCmac: [
    {
      key: '2b7e151628aed2a6abf7158809cf4f3c',
      message: '6bc1bee22e409f96e93d7e117393172a',
      mac: '070a16b46b4d4144f79bdd9dd04a287c',
    },
  ],
  keyDerivation: [
    {
      masterKey: '57d48e387a95e0a7402fabad1a7bc4b4',
      hopFieldKey: '1009878f5b2a8f571e2771369a06f65f',
    },
  ],
  hopFields: [
    {
      masterKey: '000102030405060708090a0b0c0d0e0f',
      hopFieldKey: '014f838b9e1db547479909e7710bc7c8',
      segId: 273,
      timestamp: 256,
      expTime: 63,
      consIngress: 1,
      consEgress: 0,
      input: '0000011100000100003f000100000000',
      full: 'b9157a558296ef127adf4a93c98e8348',
      mac: 'b9157a558296',
      nextSegId: 47108,
    },
  ],
};

const crypto = createCryptoProvider('noble');

describe.each(vectorSets('scion/mac.json', FIGURES))('MACs, $set', ({ file }) => {
  it.each(file.aesCmac)('RFC 4493: the tag of "$message" is $mac', ({ key, message, mac }) => {
    const tag = new Uint8Array(16);
    crypto.aesCmac(fromHex(key)).tag(fromHex(message), tag);
    expect(toHex(tag)).toBe(mac);
  });

  const keys = [...file.keyDerivation, ...file.hopFields];
  it.each(keys)('derives the key of "$masterKey"', ({ masterKey, hopFieldKey }) => {
    expect(toHex(deriveForwardingKey(crypto, fromHex(masterKey)))).toBe(hopFieldKey);
  });

  it.each(file.hopFields)('authenticates input $input', (testCase) => {
    const fields: HopMacFields = { ...testCase, segmentId: testCase.segId };
    const input = new Uint8Array(16).fill(0xff);
    writeHopMacInput(fields, input);
    expect(toHex(input)).toBe(testCase.input);
    const authenticator = new HopAuthenticator(crypto.aesCmac(fromHex(testCase.hopFieldKey)));
    expect(toHex(authenticator.tag(fields))).toBe(testCase.full);
    const mac = authenticator.mac(fields);
    expect(toHex(mac)).toBe(testCase.mac);
    expect(nextSegmentId(testCase.segId, mac)).toBe(testCase.nextSegId);
  });
});
