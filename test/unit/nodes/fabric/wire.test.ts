/**
 * Packets and envelopes are read as they were written, and nothing else is.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../../nodes/_kit/bytes.ts';
import { decodeEnvelope, encodeEnvelope } from '../../../../nodes/fabric/envelope.ts';
import { PACKET_PIECES_MAX } from '../../../../nodes/fabric/geometry.ts';
import { decodePacket, PacketWriter } from '../../../../nodes/fabric/wire.ts';
import { patternBytes } from '../../../../tools/golden/golden-bytes.ts';
import { goldenBytes } from './golden.ts';
import { resealed } from './resealed.ts';

const golden = goldenBytes();
const bytesOf = (name: string): Uint8Array => fromHex(golden[name] as string);

describe('a packet', () => {
  it('has its parts', () => {
    const packet = decodePacket(bytesOf('packet'));
    if (typeof packet === 'string') throw new Error(packet);
    expect([packet.life, packet.number, packet.floor]).toEqual([7, 41, 257]);
    expect([packet.isEliciting, packet.asksNews]).toEqual([true, false]);
    expect(packet.acknowledgement).toEqual({
      life: 3,
      largest: 40,
      delayNs: 25_000_000,
      ranges: [
        [38, 40],
        [12, 30],
        [0, 3],
      ],
    });
    expect([packet.news?.contiguous, packet.news?.above]).toEqual([17, Uint8Array.of(5, 1)]);
    const [call, part] = packet.pieces;
    expect(call?.bytes).toEqual(bytesOf('call'));
    expect([part?.number, part?.total, part?.offset]).toEqual([259, bytesOf('reply').length, 8]);
  });

  it.each(['challenge', 'confirmation'])('has its %s', (name) => {
    const packet = decodePacket(bytesOf(name));
    if (typeof packet === 'string') throw new Error(packet);
    const challenge = { memory: patternBytes(8, 2), life: 3, nonce: patternBytes(8, 5) };
    const confirmation = patternBytes(8, 5);
    expect([packet.challenge, packet.confirmation]).toEqual(
      name === 'challenge' ? [challenge, undefined] : [undefined, confirmation],
    );
    for (let length = 28; length < bytesOf(name).length; length += 1) {
      expect(decodePacket(resealed(bytesOf(name).slice(0, length)))).toBe('bad-challenge');
    }
  });

  it('that is cut anywhere within a part is refused', () => {
    const whole = bytesOf('packet');
    const callEnd = whole.length - 16 - 18;
    for (let length = 0; length < whole.length; length += 1) {
      const packet = decodePacket(resealed(whole.slice(0, length)));
      // Pieces have no count: a packet that ends behind one is whole.
      const isWhole = length === callEnd || length === callEnd - bytesOf('call').length - 18;
      expect([length, typeof packet]).toEqual([length, isWhole ? 'object' : 'string']);
    }
  });

  it.each([
    ['another version', 0, 1, 'wrong-version'],
    ['an unknown flag', 1, 128, 'wrong-version'],
    ['no range', 40, 0, 'bad-acknowledgement'],
    ['ranges that touch', 48, 37, 'bad-acknowledgement'],
    ['news longer than the window', 75, 129, 'bad-news'],
  ] as const)('with %s is refused', (_what, at, value, reason) => {
    const packet = bytesOf('packet');
    packet[at] = value;
    expect(decodePacket(resealed(packet))).toBe(reason);
  });

  it('of which any bit is flipped is refused', () => {
    const packet = bytesOf('packet');
    for (let bit = 0; bit < 8 * packet.length; bit += 1) {
      const mask = 1 << (bit & 7);
      const at = bit >>> 3;
      packet[at] = (packet[at] as number) ^ mask;
      expect([bit, decodePacket(packet)]).toEqual([
        bit,
        at === 0 ? 'wrong-version' : 'bad-checksum',
      ]);
      packet[at] = (packet[at] as number) ^ mask;
    }
    expect(typeof decodePacket(packet)).toBe('object');
  });

  it('with more pieces than a sender writes is refused before they are listed', () => {
    const limit = 28 + 19 * (PACKET_PIECES_MAX + 1);
    const writer = new PacketWriter(limit);
    writer.begin(1, new Uint8Array(8), 1);
    for (let count = 0; count < PACKET_PIECES_MAX; count += 1) {
      expect(writer.pieceRoom).toBeGreaterThan(0);
      writer.piece(1, Uint8Array.of(7), 0, 1);
    }
    expect(writer.pieceRoom).toBe(0);
    expect(typeof decodePacket(writer.end(0))).toBe('object');
    writer.piece(1, Uint8Array.of(7), 0, 1);
    expect(decodePacket(writer.end(0))).toBe('bad-piece');
  });
});

describe('an envelope', () => {
  it.each(['call', 'reply'])('of a %s is read as it was written', (name) => {
    const envelope = decodeEnvelope(bytesOf(name));
    if (typeof envelope === 'string') throw new Error(envelope);
    expect([envelope.kind, envelope.from, envelope.to]).toEqual([name, 'alice', 'bob']);
    expect(encodeEnvelope(envelope)).toEqual(bytesOf(name));
  });

  it.each(['call', 'reply'])('of a %s that is cut anywhere is refused', (name) => {
    const whole = bytesOf(name);
    for (let length = 0; length < whole.length; length += 1) {
      expect(decodeEnvelope(whole.subarray(0, length))).toBe('bad-envelope');
    }
    expect(decodeEnvelope(Uint8Array.of(...whole, 0))).toBe('bad-envelope');
  });
});
