/**
 * Exchanges packets with the reference implementation: it decodes ours, and we decode its own.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import { openRandomStream } from '../../../engine/core/stream.ts';
import { createCryptoProvider } from '../../../engine/crypto/index.ts';
import { toHex } from '../../../nodes/_kit/bytes.ts';
import {
  EPIC_FIELD_LENGTH,
  PATH_TYPE_EPIC,
  PATH_TYPE_ONE_HOP,
  PROTOCOL_UDP,
  SCMP_CHECKSUM_OFFSET,
  UDP_CHECKSUM_OFFSET,
} from '../../../nodes/scion/geometry.ts';
import { writeChecksum } from '../../../nodes/scion/wire/checksum.ts';
import { isWireDropReason } from '../../../nodes/scion/wire/drops.ts';
import { computeEpicField, epicFieldOffset, epicInputOf } from '../../../nodes/scion/wire/epic.ts';
import {
  decodeExtension,
  encodeExtension,
  isExtensionProtocol,
} from '../../../nodes/scion/wire/extension.ts';
import { decodeHeader, encodeHeader } from '../../../nodes/scion/wire/header.ts';
import { PacketView } from '../../../nodes/scion/wire/packet-view.ts';
import { encodePath, reverseWirePath } from '../../../nodes/scion/wire/path.ts';
import { decodeScmp, encodeScmp } from '../../../nodes/scion/wire/scmp.ts';
import { decodeUdp, encodeUdp } from '../../../nodes/scion/wire/udp.ts';
import { PacketDrawer } from './draw-packets.ts';
import type { ReferenceDriver } from './driver.ts';
import { describePacket } from './packet-fields.ts';
import { PathWalker } from './walk.ts';

/** Number of packets in each direction. */
const PACKETS = 10_000;
const SEED = 1;
/** Largest number of disagreements that are printed. */
const SHOWN_MAX = 5;

interface Described {
  readonly fields: unknown;
  readonly reversed: string;
}

interface Answer extends Described {
  readonly problem: string;
}

interface TheirPacket extends Described {
  readonly packet: string;
  readonly masterKeys: readonly string[];
}

const crypto = createCryptoProvider('node');

/**
 * Checks both ways how packets are encoded, with the reference implementation; prints a line for each direction.
 * @param count Packets each way.
 */
export function checkPackets(driver: ReferenceDriver, count: number = PACKETS): boolean {
  return [checkOurs(driver, count), checkTheirs(driver, count)].every(Boolean);
}

function checkOurs(driver: ReferenceDriver, count: number): boolean {
  const drawer = new PacketDrawer(crypto, openRandomStream(SEED, 'interop', 'packets'));
  const ours = Array.from({ length: count }, () => drawer.draw());
  const answers = driver.ask(['read-packets'], ours) as readonly Answer[];
  const problems = ours.map(({ packet }, at) => {
    const { problem = 'no answer', ...said } = answers[at] ?? {};
    return problem === '' ? difference(packet, said as Described) : problem;
  });
  return report('packets of ours are read by the reference', problems, ours);
}

function checkTheirs(driver: ReferenceDriver, count: number): boolean {
  const asked = ['draw-packets', String(SEED), String(count)];
  const theirs = driver.ask(asked) as readonly TheirPacket[];
  const walker = new PathWalker(crypto);
  const problems = theirs.map((their) => {
    try {
      return difference(their.packet, their) ?? check(their, walker);
    } catch (error) {
      return String(error);
    }
  });
  const isWhole = theirs.length === count;
  return report('packets of the reference are read here', problems, theirs) && isWhole;
}

/** The difference between our description of a packet and the reference's; undefined if they agree. */
function difference(packet: string, { fields, reversed }: Described): string | undefined {
  const bytes = Buffer.from(packet, 'hex');
  const own = describePacket(bytes);
  if (!isDeepStrictEqual(own, fields)) {
    return `here ${JSON.stringify(own)}, there ${JSON.stringify(fields)}`;
  }
  const back = pathBack(bytes);
  return back === reversed ? undefined : `the way back is here ${back}, there ${reversed}`;
}

/** The reversed path of a packet in hexadecimal; empty if the path cannot be reversed. */
function pathBack(packet: Uint8Array): string {
  const decoded = decodeHeader(packet);
  if (isWireDropReason(decoded)) return decoded;
  const back = reverseWirePath(decoded.header.path);
  return isWireDropReason(back) ? '' : toHex(encodePath(back));
}

/** Checks MACs and checksum, and that our encoding of the decoded packet has the same bytes; returns the problem. */
function check({ packet, masterKeys }: TheirPacket, walker: PathWalker): string | undefined {
  const bytes = Buffer.from(packet, 'hex');
  const view = new PacketView();
  const drop = view.parse(bytes, 0, bytes.length) ?? view.checkUpper();
  if (drop !== undefined) return drop;
  const [first] = masterKeys;
  if (view.pathType === PATH_TYPE_ONE_HOP && first !== undefined) {
    if (!walker.authenticatorOf(first).verify(view)) return 'the MAC of a one-hop path is wrong';
  } else {
    const tags = walker.tags(bytes, masterKeys);
    if (view.pathType === PATH_TYPE_EPIC && !areEpicFieldsRight(view, tags)) {
      return 'the fields of an EPIC-HP path are wrong';
    }
  }
  const again = encodeAgain(bytes);
  return again.equals(bytes) ? undefined : `encoded anew it is ${toHex(again)}`;
}

function areEpicFieldsRight(view: PacketView, tags: readonly Uint8Array[]): boolean {
  const input = epicInputOf(view);
  return tags.slice(-2).every((tag, at) => {
    const offset = epicFieldOffset(view, tags.length - 2 + at);
    const said = view.buffer.subarray(offset, offset + EPIC_FIELD_LENGTH);
    return crypto.equal(computeEpicField(crypto, tag, input), said);
  });
}

function encodeAgain(packet: Uint8Array): Buffer {
  const { header, headerLength } = taken(decodeHeader(packet));
  const parts = [encodeHeader(header)];
  let protocol = header.nextHeader;
  let at = headerLength;
  while (isExtensionProtocol(protocol)) {
    const { nextHeader, options, length } = taken(decodeExtension(packet.subarray(at)));
    parts.push(encodeExtension(nextHeader, options));
    at += length;
    protocol = nextHeader;
  }
  const upper = packet.subarray(at);
  const isUdp = protocol === PROTOCOL_UDP;
  parts.push(isUdp ? encodeUdp(taken(decodeUdp(upper))) : encodeScmp(taken(decodeScmp(upper))));
  const again = Buffer.concat(parts);
  const fieldOffset = isUdp ? UDP_CHECKSUM_OFFSET : SCMP_CHECKSUM_OFFSET;
  writeChecksum(again, { upperOffset: at, protocol, fieldOffset });
  return again;
}

function taken<T>(answer: T): Exclude<T, string> {
  if (isWireDropReason(answer)) throw new Error(answer);
  return answer as Exclude<T, string>;
}

/** Text with the number of packets for each type of path. */
function countPaths(packets: readonly { readonly packet: string }[]): string {
  const counts = new Map<string, number>();
  for (const { packet } of packets) {
    const { kind } = taken(decodeHeader(Buffer.from(packet, 'hex'))).header.path;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}

/** Prints the number of packets without a problem, and the first packets with one. */
function report(
  what: string,
  problems: readonly (string | undefined)[],
  packets: readonly { readonly packet: string }[],
): boolean {
  const bad = problems.flatMap((problem, at) => (problem === undefined ? [] : [{ problem, at }]));
  console.log(
    `${packets.length - bad.length} of ${packets.length} ${what} (${countPaths(packets)})`,
  );
  for (const { problem, at } of bad.slice(0, SHOWN_MAX)) {
    console.log(`packet ${at}: ${problem}\n${packets[at]?.packet}`);
  }
  return bad.length === 0 && packets.length > 0;
}
