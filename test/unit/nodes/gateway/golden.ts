/**
 * Golden bytes of the gateway.
 *
 * @module
 */
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import {
  PROBE_BYTES,
  REPORT_BYTES,
  writeProbe,
  writeReport,
} from '../../../../nodes/gateway/bodies.ts';
import { encodeHeader as encodeFrameHeader, FrameHeader } from '../../../../nodes/gateway/wire.ts';
import type { GoldenBytes } from '../../../../tools/golden/golden-bytes.ts';

/** See tools/golden/golden-bytes.ts. */
export function goldenBytes(): GoldenBytes {
  const write = (changes: Partial<FrameHeader>, bodyLength: number): string => {
    const target = new Uint8Array(40);
    const header = Object.assign(new FrameHeader(), changes);
    return toHex(target.subarray(0, encodeFrameHeader(header, bodyLength, target, 0)));
  };
  const probe = new Uint8Array(PROBE_BYTES);
  writeProbe(probe, { probe: 77, path: 3 });
  const report = new Uint8Array(REPORT_BYTES);
  writeReport(report, 123_456_789, 98_765);
  return {
    'smallest header': write({}, 16),
    'largest header': write(
      {
        type: 5,
        epoch: 2 ** 32 - 1,
        sequence: 2 ** 53 - 1,
        timestamp: 2 ** 53 - 1,
        fragment: 1022,
        fragments: 1023,
      },
      65_535,
    ),
    'middle header': write({ epoch: 9, sequence: 70_000, timestamp: 1_700_000_000_000_000 }, 1_016),
    probe: toHex(probe),
    report: toHex(report),
  };
}
