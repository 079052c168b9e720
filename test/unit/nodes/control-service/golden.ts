/**
 * Golden bytes of calls between control services, and of a signed beacon.
 *
 * @module
 */
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { SegmentExtender } from '../../../../nodes/control-service/beacons/extender.ts';
import { encodeRpcPacket } from '../../../../nodes/control-service/rpc/packet.ts';
import type { ControlInterface } from '../../../../nodes/control-service/surroundings.ts';
import { encodeBeacon } from '../../../../nodes/control-service/wire.ts';
import { deriveForwardingKey, HopAuthenticator } from '../../../../nodes/scion/mac.ts';
import { emptySignedSegment } from '../../../../nodes/scion/paths/segment-wire.ts';
import { requireIsdAs } from '../../../../nodes/scion/wire/isd-as.ts';
import { type GoldenBytes, patternBytes } from '../../../../tools/golden/golden-bytes.ts';

const crypto = createCryptoProvider('node');
const SECONDS = 1_750_000_000;

/** See tools/golden/golden-bytes.ts. */
export function goldenBytes(): GoldenBytes {
  const head = { callId: 0x1234_5678_9abc, isAnswer: false, isOver: false, room: 1_356 };
  const ack = {
    largest: 9,
    delayNs: 1_500_000,
    ranges: [
      [7, 9],
      [2, 4],
    ] as const,
  };
  const fragment = { index: 1, count: 3, data: patternBytes(20, 9) };
  return {
    'fragment of a request': toHex(
      encodeRpcPacket({ ...head, number: 5, ack: undefined, fragment }),
    ),
    'acknowledgement in an answer': toHex(
      encodeRpcPacket({ ...head, isAnswer: true, number: 0, ack, fragment: undefined }),
    ),
    'beacon of two entries': toHex(encodeBeacon(beacon())),
  };
}

function beacon(): ReturnType<SegmentExtender['extend']> {
  const origin = extender('7-ff00:0:7a1', { ifId: 41, neighbour: '7-ff00:0:8b2', far: 52 });
  const next = extender('7-ff00:0:8b2', { ifId: 66, neighbour: '7-ff00:0:9c3', far: 78 });
  const begun = origin.extend(emptySignedSegment(0x1d2c, SECONDS), 0, 41);
  return next.extend(begun, 52, 66);
}

function extender(
  as: string,
  {
    ifId,
    neighbour,
    far,
  }: { readonly ifId: number; readonly neighbour: string; readonly far: number },
): SegmentExtender {
  const isdAs = requireIsdAs(as);
  const out: ControlInterface = {
    ifId,
    relation: 'child',
    neighbour: requireIsdAs(neighbour),
    neighbourIfId: far,
    mtu: 1_472,
    router: '127.0.0.1',
  };
  return new SegmentExtender({
    ...{ isdAs, mtu: 1_472, expTime: 63, seconds: () => SECONDS + 3 },
    interfaces: new Map([[ifId, out]]),
    hops: new HopAuthenticator(crypto.aesCmac(deriveForwardingKey(crypto, patternBytes(16, ifId)))),
    signer: () => ({
      key: crypto.p256Key(patternBytes(32, ifId)),
      keyId: { isdAs, subjectKeyId: patternBytes(20, far), trcBase: 1, trcSerial: 2 },
    }),
  });
}
