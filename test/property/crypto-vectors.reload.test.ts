/**
 * Compares ChaCha20-Poly1305 and AES-CMAC of the provider `node` with `node:crypto` and with noble
 * on random input: several keys that use the same memory, arrays at any offset, lengths below and
 * above the capacity of that memory, forged packets. Also checks what remains in that memory.
 *
 * @module
 */
import { createCipheriv } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openRandomStream, type RandomStream } from '../../engine/core/stream.ts';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import { createVectorAes } from '../../engine/crypto/vector-aes.ts';
import { ASSOCIATED_DATA_LENGTH_MAX, DATA_LENGTH_MAX } from '../../engine/crypto/wasm/layout.ts';
import type { AeadKey } from '../../engine/host/crypto.ts';
import { toHex } from '../../nodes/_kit/bytes.ts';
import { watchWasmMemory } from '../unit/engine/crypto/support.ts';

const SEED = 20_261_121;
const PACKETS = 3_000;
const TAG_LENGTH = 16;
const GUARD = 0xa5;

interface Packet {
  readonly nonce: Uint8Array;
  readonly associated: Uint8Array;
  readonly text: Uint8Array;
}

/** Random bytes at a random offset in their buffer. */
function placed(random: RandomStream, length: number): Uint8Array {
  const offset = random.below(20);
  const buffer = new Uint8Array(offset + length + random.below(20));
  buffer.set(random.bytes(length), offset);
  return buffer.subarray(offset, offset + length);
}

/** Mostly short lengths, sometimes near `limit`, where another code path begins. */
function drawLength(random: RandomStream, usual: number, limit: number): number {
  switch (random.below(50)) {
    case 0:
      return limit - random.below(300);
    case 1:
      return limit + 1 + random.below(20);
    case 2:
      return random.below(limit);
    default:
      return random.below(usual);
  }
}

function drawPacket(random: RandomStream): Packet {
  return {
    nonce: placed(random, 12),
    associated: placed(random, drawLength(random, 100, ASSOCIATED_DATA_LENGTH_MAX)),
    text: placed(random, drawLength(random, 1_600, DATA_LENGTH_MAX)),
  };
}

/** The result of OpenSSL for RFC 8439 section 2.8. */
function sealedByOpenssl(key: Uint8Array, { nonce, associated, text }: Packet): Buffer {
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: TAG_LENGTH });
  cipher.setAAD(associated, { plaintextLength: text.length });
  return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

/** A buffer of `length` bytes between guard bytes. */
function guarded(random: RandomStream, length: number): Uint8Array {
  return placed(random, length + 40).fill(GUARD);
}

function expectGuards(room: Uint8Array, from: number, message: string): void {
  const isWhole = room.subarray(from).every((byte) => byte === GUARD);
  expect(isWhole, `${message}: written past the end`).toBe(true);
}

/**
 * Opens a packet in which one bit of the nonce, the associated data or the sealed packet was
 * flipped.
 */
function openForged(
  random: RandomStream,
  key: AeadKey,
  packet: Packet,
  sealed: Uint8Array,
): number {
  const parts = [packet.nonce, packet.associated, sealed].map((part) => part.slice());
  const filled = parts.filter((part) => part.length > 0);
  const victim = filled[random.below(filled.length)]!;
  victim[random.below(victim.length)]! ^= 1 << random.below(8);
  const [nonce, associated, forged] = parts as [Uint8Array, Uint8Array, Uint8Array];
  return key.open(nonce, associated, forged, new Uint8Array(packet.text.length));
}

describe('ChaCha20-Poly1305 of the provider node', () => {
  it(`seals and opens ${PACKETS} packets like OpenSSL, keys taking turns, seed ${SEED}`, () => {
    const random = openRandomStream(SEED, 'crypto', 'packets');
    const keys = (['constant', 'simulation', 'constant'] as const).map((timing) => {
      const secret = random.bytes(32);
      return {
        secret,
        key: createCryptoProvider('node', { timing }).aead('chacha20-poly1305', secret),
      };
    });
    for (let count = 0; count < PACKETS; count++) {
      const { secret, key } = keys[random.below(keys.length)]!;
      const packet = drawPacket(random);
      const { nonce, associated, text } = packet;
      const message = `packet ${count}, ${text.length} B, associated ${associated.length} B`;
      const room = guarded(random, text.length + TAG_LENGTH);
      const written = key.seal(nonce, associated, text, room);
      expect(written, message).toBe(text.length + TAG_LENGTH);
      const sealed = room.subarray(0, written);
      expect(Buffer.compare(sealed, sealedByOpenssl(secret, packet)), message).toBe(0);
      expectGuards(room, written, message);
      const opened = guarded(random, text.length);
      expect(key.open(nonce, associated, sealed, opened), message).toBe(text.length);
      expect(Buffer.compare(opened.subarray(0, text.length), text), message).toBe(0);
      expectGuards(opened, text.length, message);
      expect(openForged(random, key, packet, sealed), `${message}: forged`).toBe(-1);
    }
  });
});

describe('AES-128 of the provider node', () => {
  it(`tags messages of any length like noble, in both timings, seed ${SEED}`, () => {
    const random = openRandomStream(SEED, 'crypto', 'tags');
    const secrets = Array.from({ length: 40 }, () => random.bytes(16));
    const keys = secrets.map((secret) => ({
      reference: createCryptoProvider('noble').aesCmac(secret),
      tested: (['constant', 'simulation'] as const).map((timing) =>
        createCryptoProvider('node', { timing }).aesCmac(secret),
      ),
    }));
    for (let count = 0; count < 2_000; count++) {
      const { reference, tested } = keys[random.below(keys.length)]!;
      const message = placed(random, random.below(2) === 0 ? 16 : random.below(200));
      const expected = new Uint8Array(16);
      reference.tag(message, expected);
      for (const key of tested) {
        const out = guarded(random, 16);
        key.tag(message, out);
        expect(toHex(out.subarray(0, 16)), `message ${count}`).toBe(toHex(expected));
        expectGuards(out, 16, `message ${count}`);
      }
    }
  });

  it(`enciphers blocks like OpenSSL, also where the two overlap, seed ${SEED}`, () => {
    const random = openRandomStream(SEED, 'crypto', 'blocks');
    const keys = Array.from({ length: 40 }, () => {
      const secret = random.bytes(16);
      const cipher = createCipheriv('aes-128-ecb', secret, null).setAutoPadding(false);
      return { encrypt: createVectorAes(secret)!, cipher };
    });
    for (let count = 0; count < 2_000; count++) {
      const { encrypt, cipher } = keys[random.below(keys.length)]!;
      const buffer = random.bytes(48);
      const shift = random.below(3) * 8;
      const expected = cipher.update(buffer.slice(8, 24)).toString('hex');
      encrypt(buffer.subarray(8, 24), buffer.subarray(shift, shift + 16));
      expect(toHex(buffer.subarray(shift, shift + 16)), `block ${count}`).toBe(expected);
    }
  });
});

describe('the memory of the provider node in live worlds', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it(`has nothing of 1,000 packets, good and forged, seed ${SEED}`, async () => {
    const memory = watchWasmMemory();
    const fresh = await import('../../engine/crypto/fast-aead.ts');
    const random = openRandomStream(SEED, 'crypto', 'memory');
    const secret = random.bytes(32);
    const fallback = createCryptoProvider('noble').aead('chacha20-poly1305', secret);
    const key = fresh.createFastAead(secret, fallback, 'wiped');
    const zeros = new Uint8Array(memory().length - 16);
    const expectEmpty = (message: string): void =>
      expect(Buffer.compare(memory().subarray(16), zeros), message).toBe(0);
    for (let count = 0; count < 1_000; count++) {
      const packet = drawPacket(random);
      const { nonce, associated, text } = packet;
      const message = `packet ${count}, ${text.length} B, associated ${associated.length} B`;
      const sealed = new Uint8Array(text.length + TAG_LENGTH);
      key.seal(nonce, associated, text, sealed);
      expectEmpty(`${message}: sealed`);
      expect(key.open(nonce, associated, sealed, new Uint8Array(text.length))).toBe(text.length);
      expectEmpty(`${message}: opened`);
      expect(openForged(random, key, packet, sealed)).toBe(-1);
      expectEmpty(`${message}: forged`);
    }
  });
});
