/**
 * Frames sealed without this project's code: deterministic CBOR by cborg and ChaCha20-Poly1305 by
 * OpenSSL, with keys that the test reads from the session. A session must write exactly these bytes
 * and accept frames any distance ahead.
 */
import { createCipheriv } from 'node:crypto';
import { encode, rfc8949EncodeOptions } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { AeadName, CryptoProvider } from '../../../../engine/host/crypto.ts';
import { concatBytes, toHex } from '../../../../nodes/_kit/bytes.ts';
import { FRAME_DROP_REASONS } from '../../../../nodes/gateway/drops.ts';
import { FRAME_TYPE } from '../../../../nodes/gateway/geometry.ts';
import { decodeFrame, FrameHeader } from '../../../../nodes/gateway/wire.ts';
import { at, CLOCK_US, Pair, sealed } from './session-pair.ts';

const EPOCH = 1;

interface Fields {
  readonly sequence: bigint;
  readonly timestamp?: bigint;
  readonly fragment?: number;
  readonly fragments?: number;
  readonly text: string;
}

/**
 * Seals a frame by RFC 8949 and RFC 8439 alone. The nonce consists of epoch (4 bytes) and sequence
 * (8 bytes).
 */
function sealIndependently(key: Uint8Array, fields: Fields): Uint8Array {
  const { sequence, timestamp = BigInt(CLOCK_US), fragment = 0, fragments = 1, text } = fields;
  const plaintext = Buffer.from(text, 'latin1');
  const length = plaintext.length + 16;
  const items = [1, FRAME_TYPE.data, EPOCH, sequence, timestamp, fragment, fragments];
  const whole = encode([...items, new Uint8Array(length)], rfc8949EncodeOptions);
  const header = whole.subarray(0, whole.length - length);
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(EPOCH, 0);
  nonce.writeBigUInt64BE(sequence, 4);
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
  cipher.setAAD(header, { plaintextLength: plaintext.length });
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return concatBytes(header, ciphertext, cipher.getAuthTag());
}

function fieldsOf(frame: Uint8Array): FrameHeader {
  const header = new FrameHeader();
  expect(decodeFrame(frame, 0, frame.length, header)).toBeUndefined();
  return header;
}

/** A connected pair, with the key that side a uses for sealing and its next sequence number. */
function connected(): { readonly pair: Pair; readonly sendKey: Uint8Array; readonly next: number } {
  const made: { readonly name: AeadName; readonly key: Uint8Array }[] = [];
  const inner = createCryptoProvider('node');
  const spy: CryptoProvider = {
    ...inner,
    aead: (name, key) => {
      made.push({ name, key: key.slice() });
      return inner.aead(name, key);
    },
  };
  const pair = Pair.connected({ crypto: spy });
  expect(new Set(made.map(({ name }) => name))).toEqual(new Set(['chacha20-poly1305']));
  const frame = sealed(pair.a, 'probe');
  const { sequence } = fieldsOf(frame);
  const fitting = made.filter(({ key }) => {
    const own = sealIndependently(key, { sequence: BigInt(sequence), text: 'probe' });
    return toHex(own) === toHex(frame);
  });
  // The keys of the sender and of the receiver, and no other key of the handshake.
  expect(fitting).toHaveLength(2);
  expect(pair.b.receive(frame, at(1))).toBe('ok probe');
  return { pair, sendKey: fitting[0]!.key, next: sequence + 1 };
}

describe('a data frame', () => {
  it('R-022: is ChaCha20-Poly1305 over its whole header, byte for byte', () => {
    const { pair, sendKey, next } = connected();
    for (let count = 0; count < 300; count++) {
      const text = 'x'.repeat(count % 70);
      const own = sealIndependently(sendKey, { sequence: BigInt(next + count), text });
      expect(toHex(sealed(pair.a, text))).toBe(toHex(own));
    }
  });

  it('R-022: is dropped by name when any bit of its header differs, whatever the header', () => {
    const { pair, sendKey } = connected();
    let sequence = 2n ** 33n;
    for (const [fragment, fragments] of [
      [0, 1],
      [3, 300],
      [1023, 1024],
    ] as const) {
      sequence += 5000n;
      const frame = sealIndependently(sendKey, { sequence, fragment, fragments, text: 'genuine' });
      const headerBytes = frame.length - 16 - 'genuine'.length;
      for (let bit = 0; bit < 8 * headerBytes; bit++) {
        const changed = frame.slice();
        changed[bit >> 3]! ^= 1 << (bit & 7);
        const outcome = pair.b.receive(changed, at(1));
        expect(Object.keys(FRAME_DROP_REASONS), `bit ${bit}`).toContain(outcome);
      }
      expect(pair.b.receive(frame, at(1))).toBe('ok genuine');
    }
  });

  it('R-022: is not opened when its header was not authenticated with it', () => {
    const { pair, sendKey } = connected();
    const frame = sealIndependently(sendKey, { sequence: 9n, text: 'genuine' });
    const other = sealIndependently(sendKey, { sequence: 9n, timestamp: 1n, text: 'genuine' });
    const cut = 'genuine'.length + 16;
    const crossed = concatBytes(frame.subarray(0, -cut), other.subarray(-cut));
    expect(pair.b.receive(crossed, at(1))).toBe('bad-auth');
    expect(pair.b.receive(frame, at(1))).toBe('ok genuine');
  });

  it('R-015: that is authentic is taken any distance ahead, once, up to 2^53-1', () => {
    const { pair, sendKey } = connected();
    const last = 2n ** 53n - 1n;
    for (const sequence of [
      5_000n,
      70_000n,
      2n ** 31n,
      2n ** 32n,
      2n ** 32n + 9n,
      2n ** 52n,
      last,
    ]) {
      const frame = sealIndependently(sendKey, { sequence, text: 'ahead' });
      expect(pair.b.receive(frame, at(1))).toBe('ok ahead');
      expect(pair.b.receive(frame, at(1))).toBe('replay');
      const behind = sealIndependently(sendKey, { sequence: sequence - 1024n, text: 'late' });
      expect(pair.b.receive(behind, at(1))).toBe('expired');
      const edge = sealIndependently(sendKey, { sequence: sequence - 1023n, text: 'edge' });
      expect(pair.b.receive(edge, at(1))).toBe('ok edge');
    }
  });

  it('R-015: is taken at any distance from any place', () => {
    // Lower numbers were used before the connection was complete.
    const far = fc.bigInt({ min: BigInt(connected().next), max: 2n ** 53n - 1n });
    fc.assert(
      fc.property(fc.uniqueArray(far, { minLength: 2, maxLength: 6 }), (sequences) => {
        const { pair, sendKey } = connected();
        for (const sequence of sequences.sort((a, b) => (a < b ? -1 : 1))) {
          const frame = sealIndependently(sendKey, { sequence, text: 'far' });
          expect(pair.b.receive(frame, at(1))).toBe('ok far');
        }
      }),
      { numRuns: 40 },
    );
  });

  it('R-013: carries a number of 64 bits; from 2^53 on it is refused by name, authentic or not', () => {
    const { pair, sendKey, next } = connected();
    for (const sequence of [2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n]) {
      const frame = sealIndependently(sendKey, { sequence, text: 'beyond' });
      expect(pair.b.receive(frame, at(1))).toBe('malformed-range');
    }
    const frame = sealIndependently(sendKey, { sequence: BigInt(next), text: 'next' });
    expect(pair.b.receive(frame, at(1))).toBe('ok next');
  });
});
