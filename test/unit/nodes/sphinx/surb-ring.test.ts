/** The keys of SURBs: each is used once and erased, and their number is limited. */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import { openReply, type PacketFormat, PendingSurbKeys } from '../../../../nodes/sphinx/index.ts';

const crypto = createCryptoProvider('noble');
const real: Pick<PacketFormat, 'openReply'> = {
  openReply: (payload, keys) => openReply({ crypto }, payload, keys),
};
const id = (byte: number): Uint8Array => new Uint8Array(16).fill(byte);
const keys = (): Uint8Array => Uint8Array.from({ length: 128 }, (_, index) => index);

describe('PendingSurbKeys', () => {
  it('erases the keys of a SURB when its reply is opened, intact or not', () => {
    const ring = new PendingSurbKeys(real, 2);
    const own = keys();
    ring.add(id(1), own);
    expect(ring.open(id(1), new Uint8Array(64))).toEqual({ drop: 'surb-tag' });
    expect(own).toEqual(new Uint8Array(128));
    expect(ring.open(id(1), new Uint8Array(64))).toEqual({ drop: 'surb-unknown' });
  });

  it('gives the place of the oldest SURB to a new one', () => {
    const ring = new PendingSurbKeys(real, 2);
    const oldest = keys();
    ring.add(id(1), oldest);
    ring.add(id(2), keys());
    ring.add(id(3), keys());
    expect(ring.size).toBe(2);
    expect(oldest).toEqual(new Uint8Array(128));
    expect(ring.open(id(1), new Uint8Array(64))).toEqual({ drop: 'surb-unknown' });
    expect(ring.open(id(2), new Uint8Array(64))).toEqual({ drop: 'surb-tag' });
  });

  it('refuses a reply that is shorter than a tag, or empty', () => {
    const ring = new PendingSurbKeys(real, 4);
    for (const length of [0, 1, 31]) {
      ring.add(id(length), keys());
      expect(ring.open(id(length), new Uint8Array(length))).toEqual({ drop: 'surb-tag' });
    }
  });
});
