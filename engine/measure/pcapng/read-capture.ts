/**
 * Reads the IP packets of a capture file: pcap (draft-ietf-opsawg-pcap) of either byte order, with stamps in µs or ns, and
 * pcapng (draft-ietf-opsawg-pcapng). Link types: Ethernet with or without VLAN tags, raw IP, Linux "cooked" 1 and 2.
 *
 * Packets of other link types, and simple packet blocks, which have no time, are counted as
 * skipped. Keeps nothing but the interfaces of a section; packets are views of the file.
 *
 * @module
 */

/** A packet of a capture, from its IP header on. */
export interface ReadPacket {
  /** Nanoseconds since 1970: too many for a number. */
  readonly timeNs: bigint;
  readonly bytes: Uint8Array;
}

/** A mistake in a capture file: its offset from the start, bytes, and what is wrong. */
export class CaptureMistake extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

interface Interface {
  readonly linkType: number;
  /** Ticks of a stamp per second. */
  readonly ticks: bigint;
  /** Added to each stamp. */
  readonly offsetSeconds: bigint;
}

const NS_PER_SECOND = 1_000_000_000n;
/** First four bytes read as big-endian: pcap of either order and resolution, and pcapng. */
const PCAP = new Map([
  [0xa1b2_c3d4, { isLittle: false, ticks: 1_000_000n }],
  [0xd4c3_b2a1, { isLittle: true, ticks: 1_000_000n }],
  [0xa1b2_3c4d, { isLittle: false, ticks: NS_PER_SECOND }],
  [0x4d3c_b2a1, { isLittle: true, ticks: NS_PER_SECOND }],
]);
const PCAP_HEADER_BYTES = 24;
const PCAP_RECORD_BYTES = 16;
const SECTION = 0x0a0d_0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b_3c4d;
const BLOCK = { interface: 1, simplePacket: 3, packet: 6 } as const;
const BLOCK_BYTES_MIN = 12;
const OPTION = { resolution: 9, offset: 14 } as const;
/** Largest number of interfaces of a section. */
const INTERFACES_MAX = 65_536;
/**
 * Link types (tcpdump.org/linktypes.html), each with the offset of the field that names the
 * payload's type and the offset of the payload, bytes.
 */
const LINK_TYPES: ReadonlyMap<number, { readonly typeAt?: number; readonly payloadAt: number }> =
  new Map([
    [1, { typeAt: 12, payloadAt: 14 }],
    [12, { payloadAt: 0 }],
    [101, { payloadAt: 0 }],
    [113, { typeAt: 14, payloadAt: 16 }],
    [228, { payloadAt: 0 }],
    [229, { payloadAt: 0 }],
    [276, { typeAt: 0, payloadAt: 20 }],
  ]);
const ETHERTYPES_IP: ReadonlySet<number> = new Set([0x0800, 0x86dd]);
const ETHERTYPES_VLAN: ReadonlySet<number> = new Set([0x8100, 0x88a8]);
const VLAN_BYTES = 4;

/**
 * The IP packets of a file, in file order; `undefined` for a packet that is not an IP packet.
 * @throws CaptureMistake at the first byte that contradicts the format.
 */
export function readCapture(file: Uint8Array): Generator<ReadPacket | undefined> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < PCAP_HEADER_BYTES) throw new CaptureMistake(0, 'the file is no capture');
  const first = view.getUint32(0);
  const form = PCAP.get(first);
  if (form !== undefined) return readPcap(file, view, form);
  if (first !== SECTION) throw new CaptureMistake(0, 'the file is neither pcap nor pcapng');
  return readPcapng(file, view);
}

function* readPcap(
  file: Uint8Array,
  view: DataView,
  { isLittle, ticks }: { readonly isLittle: boolean; readonly ticks: bigint },
): Generator<ReadPacket | undefined> {
  // The lower 16 bits are the link type; the upper bits state the length of check sequences.
  const linkType = view.getUint32(20, isLittle) & 0xffff;
  for (let at = PCAP_HEADER_BYTES; at < file.length; ) {
    if (at + PCAP_RECORD_BYTES > file.length) throw new CaptureMistake(at, 'a record is cut off');
    const length = view.getUint32(at + 8, isLittle);
    const from = at + PCAP_RECORD_BYTES;
    if (length > file.length - from) {
      throw new CaptureMistake(at + 8, `a packet of ${length} B ends after the file`);
    }
    const stamp = BigInt(view.getUint32(at, isLittle)) * NS_PER_SECOND;
    const fraction = BigInt(view.getUint32(at + 4, isLittle)) * (NS_PER_SECOND / ticks);
    yield ipPacket(linkType, stamp + fraction, file.subarray(from, from + length));
    at = from + length;
  }
}

function* readPcapng(file: Uint8Array, view: DataView): Generator<ReadPacket | undefined> {
  let isLittle = false;
  let interfaces: Interface[] = [];
  for (let at = 0; at < file.length; ) {
    if (at + BLOCK_BYTES_MIN > file.length) throw new CaptureMistake(at, 'a block is cut off');
    if (view.getUint32(at) === SECTION) {
      isLittle = isLittleSection(view, at + 8);
      interfaces = [];
    }
    const length = blockLength(view, at + 4, isLittle);
    const body = new DataView(view.buffer, view.byteOffset + at + 8, length - BLOCK_BYTES_MIN);
    const type = view.getUint32(at, isLittle);
    if (type === BLOCK.interface) {
      if (interfaces.length >= INTERFACES_MAX) throw new CaptureMistake(at, 'too many interfaces');
      interfaces.push(readInterface(body, isLittle, at));
    } else if (type === BLOCK.packet) yield readPacketBlock(body, isLittle, interfaces, at);
    else if (type === BLOCK.simplePacket) yield undefined;
    at += length;
  }
}

function isLittleSection(view: DataView, at: number): boolean {
  const isLittle = view.getUint32(at, true) === BYTE_ORDER_MAGIC;
  if (isLittle || view.getUint32(at) === BYTE_ORDER_MAGIC) return isLittle;
  throw new CaptureMistake(at, 'the byte order of the section is unknown');
}

function blockLength(view: DataView, at: number, isLittle: boolean): number {
  const length = view.getUint32(at, isLittle);
  const isWhole = length >= BLOCK_BYTES_MIN && length % 4 === 0;
  if (isWhole && length <= view.byteLength - at + 4) return length;
  throw new CaptureMistake(at, `a block of ${length} B does not fit into the file`);
}

function readInterface(body: DataView, isLittle: boolean, blockAt: number): Interface {
  if (body.byteLength < 8) throw new CaptureMistake(blockAt, 'an interface is cut off');
  let ticks = 1_000_000n;
  let offsetSeconds = 0n;
  for (let at = 8; at + 4 <= body.byteLength; ) {
    const code = body.getUint16(at, isLittle);
    const length = body.getUint16(at + 2, isLittle);
    if (code === 0) break;
    if (at + 4 + length > body.byteLength) {
      throw new CaptureMistake(blockAt + 8 + at, 'an option is cut off');
    }
    if (code === OPTION.resolution && length === 1) {
      const power = body.getUint8(at + 4);
      // The first bit says whether the rest is a power of 2 or of 10.
      ticks = (power < 0x80 ? 10n : 2n) ** BigInt(power & 0x7f);
    }
    if (code === OPTION.offset && length === 8) {
      offsetSeconds = body.getBigInt64(at + 4, isLittle);
    }
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return { linkType: body.getUint16(0, isLittle), ticks, offsetSeconds };
}

function readPacketBlock(
  body: DataView,
  isLittle: boolean,
  interfaces: readonly Interface[],
  blockAt: number,
): ReadPacket | undefined {
  if (body.byteLength < 20) throw new CaptureMistake(blockAt, 'a packet is cut off');
  const number = body.getUint32(0, isLittle);
  const own = interfaces[number];
  if (own === undefined) {
    throw new CaptureMistake(blockAt + 8, `interface ${number} is not described before its packet`);
  }
  const length = body.getUint32(12, isLittle);
  if (length > body.byteLength - 20) {
    throw new CaptureMistake(blockAt + 20, `a packet of ${length} B ends after its block`);
  }
  const high = BigInt(body.getUint32(4, isLittle));
  const stamp = (high << 32n) | BigInt(body.getUint32(8, isLittle));
  const timeNs = own.offsetSeconds * NS_PER_SECOND + (stamp * NS_PER_SECOND) / own.ticks;
  const bytes = new Uint8Array(body.buffer, body.byteOffset + 20, length);
  return ipPacket(own.linkType, timeNs, bytes);
}

/** A captured packet without the header of its link. */
function ipPacket(linkType: number, timeNs: bigint, frame: Uint8Array): ReadPacket | undefined {
  const link = LINK_TYPES.get(linkType);
  if (link === undefined) return undefined;
  let { payloadAt } = link;
  if (link.typeAt !== undefined) {
    let typeAt = link.typeAt;
    while (ETHERTYPES_VLAN.has(typeOf(frame, typeAt))) {
      typeAt = payloadAt + 2;
      payloadAt += VLAN_BYTES;
    }
    if (!ETHERTYPES_IP.has(typeOf(frame, typeAt))) return undefined;
  }
  return { timeNs, bytes: frame.subarray(payloadAt) };
}

/** The 16-bit type at an offset of the frame; 0 if the offset is after the end of the frame. */
function typeOf(frame: Uint8Array, at: number): number {
  return ((frame[at] ?? 0) << 8) | (frame[at + 1] ?? 0);
}
