/**
 * Frames between nodes: all have the same length, encode and decode exactly, and every deviation
 * has a drop reason.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import { FrameCodec, type ReceivedSpoolMessage } from '../../../../nodes/mixnet/wire.ts';
import { createKeyExchange, createPacketFormat } from '../../../../nodes/sphinx/index.ts';

const crypto = createCryptoProvider('node');
const { geometry } = createPacketFormat({
  crypto,
  exchange: createKeyExchange(crypto, 'x25519'),
  nrHops: 5,
  userForwardPayloadLength: 200,
  withSurb: true,
});
const codec = new FrameCodec(geometry);
const frame = (): Uint8Array => new Uint8Array(codec.length).fill(0xee);
const fill = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (7 * index) & 0xff);
const message = (kind: ReceivedSpoolMessage['kind']): ReceivedSpoolMessage => ({
  kind,
  waitedUs: 123_456_789,
  surbId: fill(16),
  body: fill(codec.bodyLength),
});

describe('frames', () => {
  it('have one length: a command and a packet', () => {
    expect(codec.length).toBe(1 + geometry.packetLength);
    for (const length of [0, 1, codec.length - 1, codec.length + 1]) {
      expect(codec.decode(new Uint8Array(length), 0, length)).toBe('frame-length');
    }
  });

  it('carry a packet unchanged', () => {
    const bytes = frame();
    codec.encodePacket(bytes, fill(geometry.packetLength));
    expect(codec.decode(bytes, 0, bytes.length)).toEqual({
      kind: 'packet',
      packet: fill(geometry.packetLength),
    });
  });

  it('carry a retrieval, whatever stood in the buffer', () => {
    const bytes = frame();
    codec.encodeRetrieve(bytes, 0xfedc_ba98);
    expect(codec.decode(bytes, 0, bytes.length)).toEqual({
      kind: 'retrieve',
      sequence: 0xfedc_ba98,
    });
  });

  it.each(['forward', 'reply'] as const)('carry a message of the kind %s', (kind) => {
    const bytes = frame();
    codec.encodeMessage(bytes, 9, message(kind));
    expect(codec.decode(bytes, 0, bytes.length)).toEqual({
      kind: 'message',
      sequence: 9,
      message: message(kind),
    });
  });

  it('carry requests for proofs, and proofs, or why there is none', () => {
    const tag = fill(32);
    const bytes = frame();
    codec.encodeAsk(bytes, tag);
    expect(codec.decode(bytes, 0, bytes.length)).toEqual({ kind: 'ask', tag });
    for (const proof of [fill(80), 'proof-unknown', 'proof-rate'] as const) {
      const lateUs = typeof proof === 'string' ? 0 : 12_345;
      codec.encodeProof(bytes.fill(0xee), { tag, proof, lateUs });
      expect(codec.decode(bytes, 0, bytes.length)).toEqual({ kind: 'proof', tag, proof, lateUs });
    }
  });

  it('carry nothing in as many bytes', () => {
    const bytes = frame();
    codec.encodeMessage(bytes, 0, undefined);
    const empty = { kind: 'message', sequence: 0, message: undefined };
    expect(codec.decode(bytes, 0, bytes.length)).toEqual(empty);
  });

  it('are read at an offset, too', () => {
    const bytes = new Uint8Array(codec.length + 20);
    codec.encodeRetrieve(bytes.subarray(10), 3);
    expect(codec.decode(bytes, 10, codec.length)).toEqual({ kind: 'retrieve', sequence: 3 });
  });

  it('are refused under a name when command, kind or padding is none', () => {
    const change = (write: (bytes: Uint8Array) => void, at: number, value: number): unknown => {
      const bytes = frame();
      write(bytes);
      bytes[at] = value;
      return codec.decode(bytes, 0, bytes.length);
    };
    const retrieve = (bytes: Uint8Array): void => codec.encodeRetrieve(bytes, 1);
    const full = (bytes: Uint8Array): void => codec.encodeMessage(bytes, 1, message('reply'));
    const empty = (bytes: Uint8Array): void => codec.encodeMessage(bytes, 0, undefined);
    const ask = (bytes: Uint8Array): void => codec.encodeAsk(bytes, fill(32));
    const proof = (bytes: Uint8Array): void =>
      codec.encodeProof(bytes, { tag: fill(32), proof: fill(80), lateUs: 7 });
    const refusal = (bytes: Uint8Array): void =>
      codec.encodeProof(bytes, { tag: fill(32), proof: 'proof-rate', lateUs: 0 });
    expect(change(ask, 33, 1)).toBe('frame-padding');
    expect(change(proof, 1, 3)).toBe('frame-kind');
    expect(change(proof, 118, 1)).toBe('frame-padding');
    expect(change(refusal, 34, 1)).toBe('frame-padding');
    expect(change(retrieve, 0, 0x03)).toBe('frame-command');
    expect(change(retrieve, 5, 1)).toBe('frame-padding');
    expect(change(retrieve, codec.length - 1, 1)).toBe('frame-padding');
    expect(change(full, 1, 3)).toBe('frame-kind');
    expect(change(full, codec.length - 1, 1)).toBe('frame-padding');
    expect(change(empty, 6, 1)).toBe('frame-padding');
    expect(change(empty, codec.length - 1, 1)).toBe('frame-padding');
  });
});
