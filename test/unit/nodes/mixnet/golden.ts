/**
 * Golden bytes of the mixnet.
 *
 * @module
 */
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { geometryHash } from '../../../../nodes/mixnet/format.ts';
import { encodeDocumentRequest } from '../../../../nodes/mixnet/records.ts';
import { FrameCodec } from '../../../../nodes/mixnet/wire.ts';
import { createKeyExchange, createPacketFormat } from '../../../../nodes/sphinx/index.ts';
import { type GoldenBytes, patternBytes } from '../../../../tools/golden/golden-bytes.ts';

const crypto = createCryptoProvider('node');

/** See tools/golden/golden-bytes.ts. */
export function goldenBytes(): GoldenBytes {
  const { geometry } = createPacketFormat({
    crypto,
    exchange: createKeyExchange(crypto, 'x25519'),
    nrHops: 1,
    userForwardPayloadLength: 8,
    withSurb: false,
  });
  const codec = new FrameCodec(geometry);
  const frame = new Uint8Array(codec.length);
  const written = (write: () => void): string => {
    write();
    return toHex(frame);
  };
  const body = patternBytes(codec.bodyLength, 60);
  const message = { kind: 'reply', waitedUs: 70_000, surbId: patternBytes(16, 80), body } as const;
  return {
    ask: toHex(encodeDocumentRequest(258_411)),
    retrieve: written(() => codec.encodeRetrieve(frame, 0x0102_0304)),
    message: written(() => codec.encodeMessage(frame, 5, message)),
    empty: written(() => codec.encodeMessage(frame, 0, undefined)),
    geometryHash: toHex(geometryHash(crypto, geometry)),
  };
}
