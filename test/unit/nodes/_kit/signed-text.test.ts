/**
 * Signed texts: k of n signatures in either scheme, one form, nothing read before its signature.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import { compareBytes, toHex } from '../../../../nodes/_kit/bytes.ts';
import {
  cosignText,
  openSelfSignedText,
  openText,
  signText,
  type TextKind,
} from '../../../../nodes/_kit/signed-text.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const encoder = new TextEncoder();
const body = encoder.encode('{"epoch":7}');
const secrets = [1, 2, 3].map((number) => crypto.sha256(Uint8Array.of(number)));
const SCHEMES = ['ed25519', 'p256'] as const;

function kindOf(scheme: TextKind['scheme']): TextKind {
  return { magic: 'test-text-v1', scheme, lengthMax: 1_000, signaturesMax: 2 };
}

function keysOf(scheme: TextKind['scheme']): readonly Uint8Array[] {
  return secrets.map((secret) => {
    return scheme === 'p256' ? crypto.p256PublicKey(secret) : crypto.ed25519PublicKey(secret);
  });
}

describe.each(SCHEMES)('texts signed with %s', (scheme) => {
  const kind = kindOf(scheme);
  const keys = keysOf(scheme);
  const one = { keys: keys.slice(0, 1), threshold: 1 };
  const signed = signText(crypto, kind, secrets[0]!, body);

  it('have the first line, a line of key and signature, and the body', () => {
    const [magic, line, rest] = new TextDecoder().decode(signed).split('\n');
    expect([magic, rest]).toEqual(['test-text-v1', '{"epoch":7}']);
    const [key, signature] = line!.split(' ');
    expect(key).toBe(toHex(keys[0]!));
    expect(signature).toHaveLength(128);
    expect(openText(crypto, kind, one, signed)).toEqual({ body });
    expect(openSelfSignedText(crypto, kind, signed)).toEqual({ body, key: keys[0] });
  });

  it('never open when cut off or with a bit flipped', () => {
    for (let at = 0; at < signed.length; at += 3) {
      expect(openText(crypto, kind, one, signed.subarray(0, at))).toHaveProperty('drop');
      const flipped = signed.slice();
      flipped[at]! ^= 1;
      expect(openText(crypto, kind, one, flipped)).toHaveProperty('drop');
      expect(openSelfSignedText(crypto, kind, flipped)).toHaveProperty('drop');
    }
  });

  it('need as many trusted keys as the threshold, and one when it is 0', () => {
    const stranger = signText(crypto, kind, secrets[1]!, body);
    const refused = { drop: 'signature' };
    expect(openText(crypto, kind, { ...one, threshold: 0 }, stranger)).toEqual(refused);
    expect(openText(crypto, kind, { keys, threshold: 2 }, signed)).toEqual(refused);
    const both = cosignText(crypto, kind, secrets[2]!, signed)!;
    expect(openText(crypto, kind, { keys, threshold: 2 }, both)).toEqual({ body });
    expect(openText(crypto, kind, { keys, threshold: 3 }, both)).toEqual(refused);
    expect(openSelfSignedText(crypto, kind, both)).toEqual({ drop: 'malformed' });
  });

  it('hold one signature of each key, in the order of keys, whoever signed first', () => {
    expect(cosignText(crypto, kind, secrets[0]!, signed)).toEqual(signed);
    const both = cosignText(crypto, kind, secrets[2]!, signed)!;
    const other = signText(crypto, kind, secrets[2]!, body);
    expect(cosignText(crypto, kind, secrets[0]!, other)).toEqual(both);
    const [magic, first, second, rest] = new TextDecoder().decode(both).split('\n');
    for (const lines of [
      [magic, second, first, rest],
      [magic, first, first, rest],
    ]) {
      const trust = { keys: [...keys, ...keys], threshold: 2 };
      const opened = openText(crypto, kind, trust, encoder.encode(lines.join('\n')));
      expect(opened).toEqual({ drop: 'malformed' });
    }
  });

  it('serve one kind only, whose first line the signature covers', () => {
    const other = { ...kind, magic: 'test-text-v2' };
    expect(openText(crypto, other, one, signed)).toEqual({ drop: 'malformed' });
    const renamed = encoder.encode(new TextDecoder().decode(signed).replace('v1', 'v2'));
    expect(openText(crypto, other, one, renamed)).toEqual({ drop: 'signature' });
    expect(cosignText(crypto, other, secrets[0]!, signed)).toBeUndefined();
  });

  it('are bounded in length and signatures', () => {
    const long = { ...kind, lengthMax: signed.length - 1 };
    expect(openText(crypto, long, one, signed)).toEqual({ drop: 'too-long' });
    expect(openSelfSignedText(crypto, long, signed)).toEqual({ drop: 'too-long' });
    const both = cosignText(crypto, kind, secrets[1]!, signed)!;
    const three = cosignText(crypto, kind, secrets[2]!, both)!;
    expect(openText(crypto, { ...kind, lengthMax: 9_999 }, one, three)).toEqual({
      drop: 'malformed',
    });
  });
});

it('keeps the order of keys that bytes have, not that of signers', () => {
  const kind = kindOf('ed25519');
  const keys = [...keysOf('ed25519')].sort(compareBytes).map(toHex);
  const first = signText(crypto, { ...kind, signaturesMax: 3 }, secrets[2]!, body);
  const all = [0, 1].reduce(
    (text, at) => cosignText(crypto, { ...kind, signaturesMax: 3 }, secrets[at]!, text)!,
    first,
  );
  const lines = new TextDecoder().decode(all).split('\n').slice(1, 4);
  expect(lines.map((line) => line.slice(0, 64))).toEqual(keys);
});
