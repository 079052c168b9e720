/**
 * Sends one packet of a gateway: lengths and checksum, its place before or among data, and the mark by
 * which a quote of it is known.
 *
 * @module
 */
import { markUrgent } from '../scion/index.ts';
import { FRAME_TYPE, type FrameType } from './geometry.ts';
import type { PeerContext } from './peer-context.ts';
import type { Carrier } from './underlay/carrier.ts';

/** Offset of the type in a frame, behind array head and version. */
const TYPE_AT = 2;

/**
 * Sends a packet whose headers and frame are in place; it belongs to the socket afterwards.
 * @param frameBytes Bytes of the frame behind the headers of the carrier.
 */
// hot: once per packet.
export function launch(
  context: PeerContext,
  { template, marks, firstRouter }: Carrier,
  packet: Uint8Array,
  frameBytes: number,
): void {
  const { host } = context;
  const at = template.length;
  const type = packet[at + TYPE_AT] as FrameType;
  template.finish(packet, frameBytes);
  const isData = type === FRAME_TYPE.data;
  // Probes, reports and handshakes pass in front of data where a processor on the way is short.
  if (!isData) markUrgent(packet);
  const now = host.now();
  if (!isData || marks.isDue(now)) {
    marks.note(now, packet, at, frameBytes);
  }
  context.sent(type, at + frameBytes);
  const result = context.socket().send(packet, 0, at + frameBytes, firstRouter);
  if (result === 'full') host.drop('socket-full');
}
