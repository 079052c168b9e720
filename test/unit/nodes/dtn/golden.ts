/**
 * Golden bytes of delay-tolerant networking.
 *
 * @module
 */

import { CborWriter } from '../../../../engine/pure/cbor-writer.ts';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { writeForwardedCopy } from '../../../../nodes/dtn/agent/forwarded-copy.ts';
import {
  BundleView,
  encodeEid,
  encodeStatusReport,
  parseEid,
  STATUS_REASON,
} from '../../../../nodes/dtn/index.ts';
import { encodeTransferMessage } from '../../../../nodes/dtn/layer/carrier.ts';
import { encodeLtpSegment } from '../../../../nodes/dtn/layer/ltp-wire.ts';
import { encodeMeshFrame, MESH_HEAD_BYTES } from '../../../../nodes/dtn/layer/mesh-wire.ts';
import { encodeTcpclMessage } from '../../../../nodes/dtn/layer/tcpcl-wire.ts';
import { udpclDatagrams } from '../../../../nodes/dtn/layer/udpcl.ts';
import type { GoldenBytes } from '../../../../tools/golden/golden-bytes.ts';
import { sampleBundle } from './wire/support.ts';

/** See tools/golden/golden-bytes.ts. */
export function goldenBytes(): GoldenBytes {
  const bundle = sampleBundle();
  const node = parseEid('ipn:9.0');
  const writer = new CborWriter();
  if (node === undefined) throw new Error('no identifier');
  const view = new BundleView();
  view.reopen(bundle, 0, bundle.length);
  const moment = { node: encodeEid(node), isOwn: false, heldNs: 5_000_000_000 };
  writeForwardedCopy(writer, view, moment);
  const no = { isAsserted: false };
  return {
    bundle: toHex(bundle),
    carried: toHex(encodeTransferMessage({ kind: 'bundle', transfer: 0xfedcba98, bundle })),
    receipt: toHex(encodeTransferMessage({ kind: 'receipt', transfer: 1 })),
    dtn: toHex(sampleBundle({ source: 'dtn://alice/app', destination: 'dtn://bob/app' })),
    forwarded: toHex(writer.taken()),
    ltp: toHex(
      encodeLtpSegment({
        engine: 300,
        session: 0xfedcba98,
        content: {
          kind: 'report',
          report: 16_383,
          checkpoint: 1,
          upper: 10_000,
          lower: 1_000,
          claims: [
            { start: 1_000, end: 2_000 },
            { start: 9_999, end: 10_000 },
          ],
        },
      }),
    ),
    mesh: toHex(
      encodeMeshFrame(
        {
          kind: 'repair',
          ttl: 7,
          origin: 1,
          target: 65_534,
          message: 0xfedcba98,
          index: 3,
          total: 50,
          row: 4,
          rows: 5,
          length: 4_000,
          data: Uint8Array.of(1, 2, 3),
        },
        MESH_HEAD_BYTES,
      ),
    ),
    session: toHex(
      encodeTcpclMessage({
        kind: 'session',
        keepAliveS: 30,
        segmentMru: 65_536,
        transferMru: 2 ** 24,
        nodeId: 'ipn:1.0',
        isForeign: false,
      }),
    ),
    pieces: udpclDatagrams(bundle, 64, 3).map(toHex).join(' '),
    report: toHex(
      encodeStatusReport({
        received: no,
        forwarded: no,
        delivered: no,
        deleted: { isAsserted: true, timeMs: 820_540_800_000 },
        reason: STATUS_REASON.lifetimeExpired,
        source: node,
        createdMs: 1,
        sequence: 2,
      }),
    ),
  };
}
