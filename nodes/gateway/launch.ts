/**
 * Sends one packet of a gateway: fills in lengths and checksum, decides whether it goes ahead of
 * data, and stores the mark by which a quote of it is recognised.
 *
 * Two classes: that of the SCION header says which packets a processor of the path serves first, that of the datagram
 * which packets a link sends first. The header has one for all data, the datagram one for each priority.
 *
 * @module
 */
import { NETWORK_CONTROL } from '../../engine/pure/traffic-class.ts';
import { markUrgent } from '../scion/index.ts';
import { FRAME_TYPE, type FrameType } from './geometry.ts';
import type { PeerContext } from './peer-context.ts';
import type { UnderlayPath } from './underlay/underlay-path.ts';

/** Offset of the type in a frame, after array head and version. */
const TYPE_AT = 2;

/**
 * Sends a packet whose headers and frame are in place; the socket owns it afterwards.
 * @param frameBytes Length of the frame after the underlay's headers.
 * @param dataClass Class of the datagram if it has data; all others leave as network control.
 */
// hot: once per packet.
// biome-ignore lint/complexity/useMaxParams: an object for each packet would be garbage
export function launch(
  context: PeerContext,
  { template, marks, firstRouter }: UnderlayPath,
  packet: Uint8Array,
  frameBytes: number,
  dataClass: number,
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
  const dscp = isData ? dataClass : NETWORK_CONTROL;
  const result = context.socket().send(packet, 0, at + frameBytes, firstRouter, dscp);
  if (result === 'full') host.drop('socket-full');
}
