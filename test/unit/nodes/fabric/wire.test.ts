/**
 * Packets and envelopes are read as they were written, and nothing else is.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../../nodes/_kit/bytes.ts';
import { decodeEnvelope, encodeEnvelope } from '../../../../nodes/fabric/envelope.ts';
import { decodePacket } from '../../../../nodes/fabric/wire.ts';
import { goldenBytes } from './golden.ts';

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

  it('that is cut anywhere within a part is refused', () => {
    const whole = bytesOf('packet');
    const callEnd = whole.length - 16 - 18;
    for (let length = 0; length < whole.length; length += 1) {
      const packet = decodePacket(whole.subarray(0, length));
      // Pieces have no count: a packet that ends behind one is whole.
      const isWhole = length === callEnd || length === callEnd - bytesOf('call').length - 18;
      expect([length, typeof packet]).toEqual([length, isWhole ? 'object' : 'string']);
    }
  });

  it.each([
    ['another version', 0, 0x21, 'wrong-version'],
    ['no range', 35, 0, 'bad-acknowledgement'],
    ['ranges that touch', 43, 37, 'bad-acknowledgement'],
    ['news longer than the window', 70, 129, 'bad-news'],
  ] as const)('with %s is refused', (_what, at, value, reason) => {
    const packet = bytesOf('packet');
    packet[at] = value;
    expect(decodePacket(packet)).toBe(reason);
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
