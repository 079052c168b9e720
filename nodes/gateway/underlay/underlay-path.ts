/**
 * The underlay of one path to a peer: packet headers, first router, room for a frame.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { Endpoint } from '../../../engine/host/socket.ts';
import type { CalendarTime } from '../../../engine/host/time.ts';
import { EpicPathMaker } from '../../scion/index.ts';
import type { PathUsage } from '../path-usage.ts';
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
  readonly usage: PathUsage;
}

/** Dates the packets on EPIC-HP paths and makes their fields. */
export interface EpicClock {
  readonly crypto: CryptoProvider;
  readonly clock: () => CalendarTime;
}

/** Makes the path of each packet on an EPIC-HP path; undefined for any other path. */
export function makeEpic(
  { epic, path }: GatewayPath,
  { source, sourceHost }: PacketAddresses,
  epicClock: EpicClock,
): EpicPathMaker | undefined {
  if (epic === undefined || path.wire.kind !== 'scion') return undefined;
  const { crypto, clock } = epicClock;
  return new EpicPathMaker(crypto, { ...epic, source, sourceHost, path: path.wire }, clock);
}

/** Creates the underlay of a path. @param epic Makes the paths of packets, of an EPIC-HP path. */
export function makeUnderlayPath(
  path: GatewayPath,
  ends: PacketAddresses,
  { firstRouter, flowId }: Pick<UnderlayPath, 'firstRouter' | 'flowId'>,
  epic: EpicPathMaker | undefined,
): Omit<UnderlayPath, 'marks' | 'usage'> {
  const template = new PacketTemplate(ends, path.path.wire, flowId, epic);
  return { path, template, firstRouter, flowId, room: path.info.mtu - template.length };
}
