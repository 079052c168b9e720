import { describe, expect, it } from 'vitest';
import { concatBytes, toHex } from '../../../../../nodes/_kit/bytes.ts';
import { addToOnesComplementSum, foldChecksum } from '../../../../../nodes/scion/wire/checksum.ts';
import {
  decodeExtension,
  encodeExtension,
  skipExtensions,
} from '../../../../../nodes/scion/wire/extension.ts';
import { decodeHeader, encodePacket } from '../../../../../nodes/scion/wire/header.ts';
import { PacketView } from '../../../../../nodes/scion/wire/packet-view.ts';
import {
  decodeScmp,
  encodeScmp,
  encodeScmpPacket,
  isScmpError,
  scmpHeaderLength,
  scmpQuoteBytesMax,
  scmpTypeNumber,
} from '../../../../../nodes/scion/wire/scmp.ts';
import { decodeUdp, encodeUdp, encodeUdpPacket } from '../../../../../nodes/scion/wire/udp.ts';
import { HEADER, MESSAGES, SAMPLES } from './corpus.ts';
import { value } from './value.ts';

const DATAGRAM = { sourcePort: 1, targetPort: 65_535, payload: Uint8Array.of(1, 2, 3) };

function checked(packet: Uint8Array): string | undefined {
  const view = new PacketView();
  return view.parse(packet, 0, packet.length) ?? view.checkUpper();
}

/** RFC 1071, section 4.1, as it stands there: a word, a carry, the next word. */
function wordByWord(bytes: Uint8Array, initial: number): number {
  let sum = initial;
  for (let at = 0; at < bytes.length; at += 2) {
    sum += ((bytes[at] as number) << 8) | (bytes[at + 1] ?? 0);
    sum = (sum & 0xffff) + (sum >>> 16);
  }
  return ~sum & 0xffff;
}

function withByte(packet: Uint8Array, offset: number, byte: number): Uint8Array {
  const changed = Uint8Array.from(packet);
  changed[offset] = byte;
  return changed;
}

describe('UDP/SCION', () => {
  it('decodes what it encoded', () => {
    expect(decodeUdp(encodeUdp(DATAGRAM))).toEqual({ ...DATAGRAM, checksum: 0 });
  });

  it('drops a datagram cut at any byte', () => {
    const bytes = encodeUdp(DATAGRAM);
    for (let length = 0; length < bytes.length; length++) {
      const drop = length < 8 ? 'l4-truncated' : 'l4-length';
      expect(decodeUdp(bytes.subarray(0, length))).toBe(drop);
    }
  });

  it('takes length 0 as the rest of the packet', () => {
    const jumbo = withByte(encodeUdp(DATAGRAM), 5, 0);
    expect(decodeUdp(jumbo)).toEqual({ ...DATAGRAM, checksum: 0 });
  });
});

describe('the upper layer checksum', () => {
  it('is right on every packet we make', () => {
    for (const packet of SAMPLES) expect(checked(packet)).toBeUndefined();
  });

  it('notices every flipped bit of addresses and upper layer', () => {
    const packet = encodeUdpPacket(HEADER, DATAGRAM);
    const { headerLength } = value(decodeHeader(packet));
    const pathLength = 4 + 3 * 8 + 7 * 12;
    for (let at = 12; at < packet.length; at++) {
      if (at >= headerLength - pathLength && at < headerLength) continue;
      for (let bit = 0; bit < 8; bit++) {
        const drop = checked(withByte(packet, at, (packet[at] as number) ^ (1 << bit)));
        expect(['l4-checksum', 'l4-length']).toContain(drop);
      }
    }
  });

  it('is not asked of a sender who computed none', () => {
    const upper = encodeUdp(DATAGRAM);
    expect(checked(encodePacket({ ...HEADER, nextHeader: 17 }, upper))).toBeUndefined();
  });

  it('counts an odd last byte as the upper half of a word', () => {
    expect(addToOnesComplementSum(Uint8Array.of(0, 1, 2, 3, 4), 0, 5, 0)).toBe(
      0x0001 + 0x0203 + 0x0400,
    );
  });

  it('is the sum of all words, for every length and every place in a buffer', () => {
    const buffer = Uint8Array.from({ length: 80 }, (_, at) => (at * 199 + 7) & 0xff);
    for (let offset = 0; offset < 4; offset++) {
      for (let length = 0; length <= 70; length++) {
        const part = buffer.subarray(offset, offset + length);
        const own = foldChecksum(addToOnesComplementSum(buffer, offset, length, 3));
        expect(own).toBe(wordByWord(part, 3));
      }
    }
  });

  it('does not confuse a sum of zeros with one of ones', () => {
    expect(foldChecksum(addToOnesComplementSum(new Uint8Array(64), 0, 64, 0))).toBe(0xffff);
    expect(foldChecksum(addToOnesComplementSum(new Uint8Array(64).fill(0xff), 0, 64, 0))).toBe(0);
  });

  it('stays exact over the longest packet', () => {
    const ones = new Uint8Array(65_535).fill(0xff);
    expect(foldChecksum(addToOnesComplementSum(ones, 0, ones.length, 5))).toBe(wordByWord(ones, 5));
  });

  it('drops UDP and SCMP without room for their header', () => {
    const short = Uint8Array.of(1, 2, 3);
    expect(checked(encodePacket({ ...HEADER, nextHeader: 17 }, short))).toBe('l4-truncated');
    expect(checked(encodePacket({ ...HEADER, nextHeader: 202 }, short))).toBe('l4-truncated');
    expect(checked(encodePacket({ ...HEADER, nextHeader: 253 }, short))).toBeUndefined();
  });
});

describe('SCMP', () => {
  it.each(MESSAGES)('$kind decodes and encodes', (message) => {
    const bytes = encodeScmp(message);
    const decoded = value(decodeScmp(bytes));
    expect(decoded).toEqual({ ...message, checksum: 0 });
    expect(toHex(encodeScmp(decoded))).toBe(toHex(bytes));
    expect(isScmpError(scmpTypeNumber(message))).toBe(!/echo|traceroute/.test(message.kind));
  });

  it.each(MESSAGES)('$kind cut in its header is dropped', (message) => {
    const bytes = encodeScmp(message);
    for (let length = 0; length < scmpHeaderLength(scmpTypeNumber(message)); length++) {
      expect(decodeScmp(bytes.subarray(0, length))).toBe('l4-truncated');
    }
  });

  it('refuses interface ids above 16 bits', () => {
    for (const message of MESSAGES) {
      if (!('ifId' in message || 'egress' in message)) continue;
      const bytes = encodeScmp(message);
      const last = scmpHeaderLength(scmpTypeNumber(message));
      for (let at = last - 8; at < last - 2; at++) {
        expect(decodeScmp(withByte(bytes, at, 1))).toBe('scmp-interface');
      }
    }
  });

  it('quotes so much that the reply has 1,232 bytes', () => {
    const quote = new Uint8Array(scmpQuoteBytesMax(HEADER, 4, 0));
    const message = { kind: 'parameter-problem', code: 0, pointer: 0, data: quote } as const;
    expect(encodeScmpPacket(HEADER, message).length).toBe(1232);
    expect(scmpQuoteBytesMax(HEADER, 4, 32)).toBe(quote.length - 32);
    expect(scmpQuoteBytesMax(HEADER, 4, 9999)).toBe(0);
  });
});

describe('extension headers', () => {
  const data = Uint8Array.of(9, 9, 9);
  const header = encodeExtension(17, [
    { type: 0, data: new Uint8Array(0) },
    { type: 30, data },
  ]);

  it('decode to their options, padding included', () => {
    const { options, nextHeader, length } = value(decodeExtension(header));
    expect([nextHeader, length]).toEqual([17, header.length]);
    expect(options.map(({ type }) => type)).toEqual([0, 30]);
    expect(options[1]?.data).toEqual(data);
  });

  it('are dropped when an option runs past the end', () => {
    expect(decodeExtension(Uint8Array.of(17, 0, 30, 1))).toBe('extension-malformed');
    expect(decodeExtension(Uint8Array.of(17, 0, 0, 30))).toBe('extension-malformed');
  });

  it('are dropped when cut at any byte', () => {
    for (let length = 0; length < header.length; length++) {
      const cut = header.subarray(0, length);
      expect(decodeExtension(cut)).toBe('extension-malformed');
      expect(skipExtensions(cut, 200)).toBe('extension-malformed');
      const packet = encodePacket({ ...HEADER, nextHeader: 200 }, cut);
      expect(checked(packet)).toBe('extension-malformed');
    }
  });

  it('are dropped by the view when repeated or out of order', () => {
    for (const [first, second] of [
      [200, 200],
      [201, 201],
      [201, 200],
    ] as const) {
      const payload = concatBytes(encodeExtension(second, []), encodeExtension(17, []));
      const packet = encodePacket({ ...HEADER, nextHeader: first }, payload);
      expect(checked(packet)).toBe('extension-malformed');
    }
  });

  it('refuse options beyond 1,024 bytes', () => {
    const options = Array.from({ length: 5 }, () => ({ type: 30, data: new Uint8Array(255) }));
    expect(() => encodeExtension(17, options)).toThrow(RangeError);
  });
});
