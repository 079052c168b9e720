/** By which bytes of a frame a packet is recognised that an SCMP error quotes. @module */
import { describe, expect, it } from 'vitest';
import { PROBE_BYTES } from '../../../../nodes/gateway/bodies.ts';
import {
  FRAME_TYPE,
  FRAME_VERSION,
  HEADER_BYTES_MAX,
  SCMP_QUOTE_AGE_NS_MAX,
  SCMP_QUOTE_ID_BYTES,
  SCMP_QUOTE_ID_OFFSET,
  TAG_BYTES,
} from '../../../../nodes/gateway/geometry.ts';
import { SentFrameMarks } from '../../../../nodes/gateway/underlay/sent-frame-marks.ts';
import { encodeHeader, FrameHeader } from '../../../../nodes/gateway/wire.ts';
import { UDP_HEADER_LENGTH } from '../../../../nodes/scion/index.ts';

/** A SCION header of 36 bytes and a UDP header before the frame. */
const HEADER_UNITS = 9;
const FRAME_AT = 4 * HEADER_UNITS + UDP_HEADER_LENGTH;

/** A packet with a frame of so many bytes, each different from its neighbours. */
function packetOf(frameBytes: number): Uint8Array {
  const packet = Uint8Array.from({ length: FRAME_AT + frameBytes }, (_, at) => at & 255);
  packet[5] = HEADER_UNITS;
  return packet;
}

function isKnown(noted: Uint8Array, quoted: Uint8Array, now = 0): boolean {
  const marks = new SentFrameMarks();
  marks.note(0, noted, FRAME_AT, noted.length - FRAME_AT);
  return marks.has(now, quoted);
}

describe('a quoted packet', () => {
  it('is known for a second by eight bytes of its frame, and by no others', () => {
    const sent = packetOf(64);
    expect(isKnown(sent, sent, SCMP_QUOTE_AGE_NS_MAX)).toBe(true);
    expect(isKnown(sent, sent, SCMP_QUOTE_AGE_NS_MAX + 1)).toBe(false);
    const changing: number[] = [];
    for (let at = 0; at < 64; at += 1) {
      const quoted = sent.slice();
      quoted[FRAME_AT + at]! ^= 1;
      if (!isKnown(sent, quoted)) changing.push(at);
    }
    expect(changing).toEqual([34, 35, 36, 37, 38, 39, 40, 41]);
    // All but the first are ciphertext or tag, whatever the length of the header.
    expect(changing.filter((at) => at < HEADER_BYTES_MAX)).toEqual([SCMP_QUOTE_ID_OFFSET]);
  });

  it('is known even if it is one of the first probes of a session, the shortest frames that there are', () => {
    const header = Object.assign(new FrameHeader(), {
      ...{ version: FRAME_VERSION, type: FRAME_TYPE.probe, epoch: 1, sequence: 1 },
      ...{ timestamp: 1_767_225_600_000_000, fragment: 0, fragments: 1 },
    });
    const bytes = encodeHeader(header, PROBE_BYTES + TAG_BYTES, new Uint8Array(64), 0);
    const frame = bytes + PROBE_BYTES + TAG_BYTES;
    expect(frame).toBe(SCMP_QUOTE_ID_OFFSET + SCMP_QUOTE_ID_BYTES);
    expect(isKnown(packetOf(frame), packetOf(frame))).toBe(true);
    expect(isKnown(packetOf(frame - 1), packetOf(frame - 1))).toBe(false);
  });
});
