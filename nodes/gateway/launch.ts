/**
 * Sends one packet of a gateway: fills in lengths and checksum, decides whether it goes ahead of
 * data, and stores the mark by which a quote of it is recognised.
 *
 * @module
 */
import { markUrgent } from '../scion/index.ts';
import { FRAME_TYPE, type FrameType } from './geometry.ts';
import type { PeerContext } from './peer-context.ts';
import type { Carrier } from './underlay/carrier.ts';

/** Offset of the type in a frame, after array head and version. */
const TYPE_AT = 2;

/**
 * Sends a packet whose headers and frame are in place; the socket owns it afterwards.
 * @param frameBytes Length of the frame after the carrier's headers.
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
  // Probes, reports and handshakes overtake data where a processor on the path is overloaded.
  if (!isData) markUrgent(packet);
  const now = host.now();
  if (!isData || marks.isDue(now)) {
    marks.note(now, packet, at, frameBytes);
  }
  context.sent(type, at + frameBytes);
  const result = context.socket().send(packet, 0, at + frameBytes, firstRouter);
  if (result === 'full') host.drop('socket-full');
}
