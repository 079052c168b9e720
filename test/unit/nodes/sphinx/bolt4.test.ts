/** BOLT-4 onions: drops, rejected arguments and round trips. */
import { describe, expect, it } from 'vitest';
import { provider } from '../../../../engine/crypto/index.ts';
import { concatBytes, fromHex, toHex } from '../../../../nodes/_kit/bytes.ts';
import { keyOf, streamOf } from '../../../../nodes/sphinx/bolt4/keys.ts';
import {
  multiplyPoint,
  multiplyScalars,
  publicPoint,
} from '../../../../nodes/sphinx/bolt4/secp256k1.ts';
import {
  BOLT4_DROPS,
  createError,
  createOnion,
  type PeeledOnion,
  peelOnion,
  readError,
  wrapError,
} from '../../../../nodes/sphinx/index.ts';
import { accepted, labelledBytes } from './network.ts';

const crypto = provider('node', { timing: 'simulation' });
const bound = Uint8Array.of(1, 2, 3);
const secretKeys = Array.from({ length: 4 }, (_, hop) => labelledBytes(crypto, `hop ${hop}`, 32));
const sessionKey = labelledBytes(crypto, 'session', 32);

function build(payloads: readonly Uint8Array[]): ReturnType<typeof createOnion> {
  const path = payloads.map((payload, hop) => ({
    publicKey: publicPoint(secretKeys[hop]!)!,
    payload,
  }));
  return createOnion(crypto, { path, sessionKey, associatedData: bound });
}

const payload = (length: number, byte = 6): Uint8Array => new Uint8Array(length).fill(byte);

describe('secp256k1', () => {
  it('gives the generator for 1, its negative for n - 1, nothing for 0 and n', () => {
    const g = '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';
    const order = 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141';
    expect(toHex(publicPoint(fromHex('01'.padStart(64, '0')))!)).toBe(`02${g}`);
    expect(toHex(publicPoint(fromHex(order.replace(/41$/, '40')))!)).toBe(`03${g}`);
    expect(publicPoint(fromHex(order))).toBeUndefined();
    expect(publicPoint(new Uint8Array(32))).toBeUndefined();
  });

  it('multiplies a point by one scalar after the other as by their product', () => {
    const [a, b, c] = secretKeys as [Uint8Array, Uint8Array, Uint8Array];
    const point = publicPoint(a)!;
    const stepwise = multiplyPoint(multiplyPoint(point, b)!, c);
    expect(multiplyPoint(point, multiplyScalars(b, c))).toEqual(stepwise);
  });

  it('refuses what is no compressed point', () => {
    const scalar = secretKeys[0]!;
    const beyondField = `02${'f'.repeat(64)}`;
    const offCurve = `02${'05'.padStart(64, '0')}`;
    const uncompressed = `04${toHex(publicPoint(scalar)!).slice(2)}`;
    for (const text of ['', '02', beyondField, offCurve, uncompressed]) {
      expect(multiplyPoint(fromHex(text), scalar), text).toBeUndefined();
    }
  });
});

describe('BOLT-4 onions', () => {
  const { onion } = accepted(build([payload(2), payload(252), payload(253)]));

  it('carry payloads of one-byte and three-byte lengths, up to all of the 1300 bytes', () => {
    let packet: Uint8Array | undefined = onion;
    for (const [hop, length] of [2, 252, 253].entries()) {
      const peeled: PeeledOnion = accepted(peelOnion(crypto, secretKeys[hop]!, packet!, bound));
      expect(peeled.payload).toEqual(payload(length));
      packet = peeled.next;
    }
    expect(packet).toBeUndefined();
    const whole = accepted(build([payload(1300 - 3 - 32)]));
    const peeled = accepted(peelOnion(crypto, secretKeys[0]!, whole.onion, bound));
    expect(peeled.payload).toHaveLength(1265);
  });

  it('are refused when they cannot be made', () => {
    expect(build([])).toEqual({ refusal: 'path-length' });
    expect(build([payload(1266)])).toEqual({ refusal: 'path-length' });
    expect(build([payload(1)])).toEqual({ refusal: 'payload-length' });
    const path = [{ publicKey: new Uint8Array(33), payload: payload(2) }];
    const made = createOnion(crypto, { path, sessionKey, associatedData: bound });
    expect(made).toEqual({ refusal: 'key-invalid' });
  });

  it('are dropped by name at every cut and every changed byte, and never throw', () => {
    const peel = (packet: Uint8Array): object => peelOnion(crypto, secretKeys[0]!, packet, bound);
    for (let length = 0; length < onion.length; length++) {
      expect(peel(onion.subarray(0, length))).toEqual({ drop: 'onion-length' });
    }
    for (const [offset, reasons] of [
      [0, ['onion-version']],
      [1, ['onion-hmac', 'onion-point']],
      [2, ['onion-hmac', 'onion-point']],
      [34, ['onion-hmac']],
      [1333, ['onion-hmac']],
      [1334, ['onion-hmac']],
      [1365, ['onion-hmac']],
    ] as const) {
      const changed = onion.slice();
      changed[offset]! ^= 1;
      const result = peel(changed) as { readonly drop: string };
      expect(reasons).toContain(result.drop);
    }
    const noPoint = onion.slice();
    noPoint[1] = 4;
    expect(peel(noPoint)).toEqual({ drop: 'onion-point' });
    const other = peelOnion(crypto, secretKeys[0]!, onion, Uint8Array.of(1, 2, 4));
    expect(other).toEqual({ drop: 'onion-hmac' });
  });

  it('are dropped as onion-frame when the sender wrote a length that is no payload', () => {
    const { secrets } = accepted(build([payload(2), payload(252), payload(253)]));
    const [secret] = secrets as [Uint8Array];
    const start = 34;
    const end = onion.length - 32;
    for (const frame of [
      [0x00],
      [0x01],
      [0xfd, 0x00, 0xfc],
      [0xfd, 0x04, 0xf2],
      [0xfd, 0xff, 0xff],
      [0xfe],
      [0xff],
    ]) {
      const stream = streamOf(crypto, keyOf(crypto, 'rho', secret), frame.length);
      const changed = onion.slice();
      frame.forEach((byte, index) => {
        changed[start + index] = byte ^ stream[index]!;
      });
      const hops = changed.subarray(start, end);
      const mu = keyOf(crypto, 'mu', secret);
      changed.set(crypto.hmacSha256(mu, concatBytes(hops, bound)), end);
      const peeled = peelOnion(crypto, secretKeys[0]!, changed, bound);
      expect([frame, peeled]).toEqual([frame, { drop: 'onion-frame' }]);
    }
  });

  it('have a sentence for each drop', () => {
    for (const sentence of Object.values(BOLT4_DROPS)) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });
});

describe('BOLT-4 errors', () => {
  const { secrets } = accepted(build([payload(2), payload(2), payload(2)]));

  it('tell the sender which hop failed, with failures of any length', () => {
    for (const [hop, length] of [0, 17, 256].entries()) {
      let error = createError(crypto, secrets[hop]!, payload(length));
      expect(error).toHaveLength(292);
      for (const secret of secrets.slice(0, hop).toReversed()) {
        error = wrapError(crypto, secret, error);
      }
      expect(readError(crypto, secrets, error)).toEqual({ hop, failure: payload(length) });
    }
    expect(() => createError(crypto, secrets[0]!, payload(257))).toThrow(RangeError);
  });

  it('are unreadable when cut or made by nobody on the path', () => {
    const error = createError(crypto, secrets[0]!, payload(3));
    for (const length of [0, 33, 291]) {
      const read = readError(crypto, secrets, error.subarray(0, length));
      expect(read).toEqual({ drop: 'error-unreadable' });
    }
    const foreign = createError(crypto, new Uint8Array(32), payload(3));
    expect(readError(crypto, secrets, foreign)).toEqual({ drop: 'error-unreadable' });
  });
});
