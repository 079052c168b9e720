/**
 * What carries frames to a peer on one path: headers, first router, room.
 *
 * @module
 */
import type { Endpoint } from '../../../engine/host/socket.ts';
import { type PacketEnds, PacketTemplate } from './packet-template.ts';
import type { GatewayPath } from './path-directory.ts';
import type { SentMarks } from './sent-marks.ts';

/** Port that routers inside an AS listen on (spec/scion.md 1.12). */
export const ROUTER_PORT = 30_042;
/**
 * Port of all frames of a gateway, inside and outside SCION. The reference's 30056 lies outside the
 * dispatched range, so that routers would redirect it to 30041 (spec/scion.md 1.12); 31056 does not.
 */
export const GATEWAY_PORT = 31_056;

/** A path ready to carry frames. */
export interface Carrier {
  readonly path: GatewayPath;
  readonly template: PacketTemplate;
  readonly firstRouter: Endpoint;
  /** 20 bits, its own per path; it stays when the hop fields are renewed. */
  readonly flowId: number;
  /** Largest frame, bytes. */
  readonly room: number;
  /** What was sent lately on this path, by us or as an answer. */
  readonly marks: SentMarks;
}

/** Makes the carrier of a path. */
export function makeCarrier(
  path: GatewayPath,
  ends: PacketEnds,
  firstRouter: Endpoint,
  flowId: number,
): Omit<Carrier, 'marks'> {
  const template = new PacketTemplate(ends, path.path.wire, flowId);
  return { path, template, firstRouter, flowId, room: path.info.mtu - template.length };
}
