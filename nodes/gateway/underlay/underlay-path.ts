/**
 * The underlay of one path to a peer: packet headers, first router, room for a frame.
 *
 * @module
 */
import type { Endpoint } from '../../../engine/host/socket.ts';
import { type PacketAddresses, PacketTemplate } from './packet-template.ts';
import type { GatewayPath } from './path-directory.ts';
import type { SentFrameMarks } from './sent-frame-marks.ts';

/**
 * Port of all frames of a gateway, in the underlay and in UDP/SCION. The reference's 30056 is
 * outside the dispatched range, so routers would redirect it to 30041 (scionproto/scion,
 * doc/protocols/underlay.rst); 31056 is inside.
 */
export const GATEWAY_PORT = 31_056;

/** A path ready to carry frames. */
export interface UnderlayPath {
  readonly path: GatewayPath;
  readonly template: PacketTemplate;
  readonly firstRouter: Endpoint;
  /** 20 bits, one value per path; it stays when the hop fields are renewed. */
  readonly flowId: number;
  /** Largest frame, bytes. */
  readonly room: number;
  /** Marks of the frames that were recently sent on this path, by this gateway or as an answer. */
  readonly marks: SentFrameMarks;
}

/** Creates the underlay of a path. */
export function makeUnderlayPath(
  path: GatewayPath,
  ends: PacketAddresses,
  firstRouter: Endpoint,
  flowId: number,
): Omit<UnderlayPath, 'marks'> {
  const template = new PacketTemplate(ends, path.path.wire, flowId);
  return { path, template, firstRouter, flowId, room: path.info.mtu - template.length };
}
