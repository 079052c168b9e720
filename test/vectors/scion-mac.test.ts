/**
 * AES-CMAC (RFC 4493), forwarding keys, MAC inputs and chaining (mac.json).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { provider } from '../../engine/crypto/index.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import {
  deriveForwardingKey,
  HopAuthenticator,
  type HopMacFields,
  nextSegmentId,
  writeMacInput,
} from '../../nodes/scion/mac.ts';
import { hasVectors, vectors } from '../vectors-root.ts';

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

const crypto = provider('noble');

describe.runIf(hasVectors)('mac.json', () => {
  const file = hasVectors
    ? vectors<MacFile>('scion/mac.json')
    : { aesCmac: [], keyDerivation: [], hopFields: [] };

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
    writeMacInput(fields, input);
    expect(toHex(input)).toBe(testCase.input);
    const authenticator = new HopAuthenticator(crypto.aesCmac(fromHex(testCase.hopFieldKey)));
    expect(toHex(authenticator.tag(fields))).toBe(testCase.full);
    const mac = authenticator.mac(fields);
    expect(toHex(mac)).toBe(testCase.mac);
    expect(nextSegmentId(testCase.segId, mac)).toBe(testCase.nextSegId);
  });
});
