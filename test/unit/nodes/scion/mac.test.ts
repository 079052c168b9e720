import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import { HopAuthenticator } from '../../../../nodes/scion/mac.ts';
import { encodePacket } from '../../../../nodes/scion/wire/header.ts';
import { PacketView } from '../../../../nodes/scion/wire/packet-view.ts';
import type { SegmentedPath } from '../../../../nodes/scion/wire/path.ts';
import { HEADER, THREE_SEGMENTS } from './wire/corpus.ts';

const authenticator = new HopAuthenticator(
  createCryptoProvider('noble').aesCmac(Uint8Array.from({ length: 16 }, (_, index) => index)),
);
const FIELDS = {
  segmentId: 0x1234,
  timestamp: 0x65a5_c3f1,
  expTime: 63,
  consIngress: 0x0102,
  consEgress: 0x0304,
};

/** A packet whose first hop field is authentic. */
function authenticPacket(): Uint8Array {
  const [info, ...infos] = THREE_SEGMENTS.infos;
  const [hop, ...hops] = THREE_SEGMENTS.hops;
  if (info === undefined || hop === undefined) throw new Error('a hop');
  const path: SegmentedPath = {
    ...THREE_SEGMENTS,
    infos: [{ ...info, ...FIELDS }, ...infos],
    hops: [{ ...hop, ...FIELDS, mac: authenticator.mac(FIELDS) }, ...hops],
  };
  return encodePacket({ ...HEADER, nextHeader: 253, path }, new Uint8Array(0));
}

function parsed(packet: Uint8Array): PacketView {
  const view = new PacketView();
  expect(view.parse(packet, 0, packet.length)).toBeUndefined();
  return view;
}

describe('the hop authenticator on a packet', () => {
  it('accepts the authentic hop, computed from the packet in place', () => {
    const view = parsed(authenticPacket());
    expect(authenticator.verify(view)).toBe(true);
    expect(authenticator.tagOf(view).slice()).toEqual(authenticator.tag(FIELDS).slice());
  });

  it('refuses one flipped bit in segment id, timestamp, expiry, interfaces and MAC only', () => {
    const packet = authenticPacket();
    const view = parsed(packet);
    const covered = (at: number): boolean =>
      (at >= view.infoOffset + 2 && at < view.infoOffset + 8) ||
      (at >= view.hopOffset + 1 && at < view.hopOffset + 12);
    for (let at = 0; at < packet.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const before = packet[at] as number;
        packet[at] = before ^ (1 << bit);
        expect(authenticator.verify(view)).toBe(!covered(at));
        packet[at] = before;
      }
    }
  });

  it('starts each block afresh', () => {
    const zero = { segmentId: 0, timestamp: 0, expTime: 0, consIngress: 0, consEgress: 0 };
    const first = authenticator.mac(zero);
    authenticator.tagOf(parsed(authenticPacket()));
    expect(authenticator.mac(zero)).toEqual(first);
  });
});
