/** Where adversaries find Sphinx packets in datagrams. */
import { expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { MixnetOptions } from '../../../../nodes/mixnet/config.ts';
import { protocol } from '../../../../nodes/mixnet/index.ts';
import { FrameCodec } from '../../../../nodes/mixnet/wire.ts';
import {
  createKeyExchange,
  createPacketFormat,
  packetNumberOnLink,
} from '../../../../nodes/sphinx/index.ts';

it('a packet has the key of its observers, a header and a payload; other frames are no messages', () => {
  const crypto = createCryptoProvider('node');
  const { geometry } = createPacketFormat({
    crypto,
    exchange: createKeyExchange(crypto, 'x25519'),
    nrHops: 5,
    userForwardPayloadLength: 200,
    withSurb: true,
  });
  const checked = protocol.config.safeParse({ role: 'mix', sphinx: { payload: '200B' } });
  const { data } = checked as { readonly data: MixnetOptions };
  const read = protocol.messages!(data, crypto);
  const codec = new FrameCodec(geometry);
  const packet = Uint8Array.from({ length: geometry.packetLength }, (_, i) => (11 * i) & 0xff);
  const frame = new Uint8Array(codec.length);
  codec.encodePacket(frame, packet);
  expect(read(frame)).toEqual({
    key: packetNumberOnLink(packet),
    headerOffset: 1,
    payloadOffset: 1 + geometry.headerLength,
  });
  codec.encodeRetrieve(frame, 7);
  expect(read(frame)).toBeUndefined();
  expect(read(frame.subarray(1))).toBeUndefined();
});
