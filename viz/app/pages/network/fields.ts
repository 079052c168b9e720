/**
 * The fields of a packet, grouped into layers, as its protocol describes them
 * (`nodes/<p>/viz-fields.ts`).
 *
 * @module
 */
import type { PacketField, PacketReader } from '../../../format/packet-fields.ts';

/** Packet readers by the name of their protocol. */
export type PacketReaders = ReadonlyMap<string, PacketReader>;

/** A group of neighbouring fields that belong to one protocol layer. */
export interface PacketLayer {
  readonly name: string;
  readonly fields: readonly PacketField[];
}

/** Finds the readers by file name: `nodes/scion/viz-fields.ts` reads packets of `scion`. */
export function packetReadersByProtocol(
  modules: Readonly<Record<string, { readonly fields: PacketReader }>>,
): PacketReaders {
  return new Map(
    Object.entries(modules).map(([path, { fields }]) => [path.split('/').at(-2) ?? '', fields]),
  );
}

/**
 * What is known about the two nodes of a hop; it decides which protocols may read a packet of this
 * hop.
 */
export interface HopEndFacts {
  /**
   * The protocols that run on the two nodes. The reader of another protocol is used only if a
   * packet says that it contains a packet of that protocol.
   */
  readonly protocols: ReadonlySet<string>;
  /** The traced states of both nodes, by the name of the state machine. */
  readonly states: ReadonlyMap<string, string>;
}

/** Packets inside packets are read to this depth (our choice; real networks nest less deep). */
const DEPTH_MAX = 8;

/**
 * Reads the layers of a packet.
 * @returns no layers if no protocol can read the bytes or its reader throws.
 */
export function readPacketLayers(
  bytes: Uint8Array,
  ends: HopEndFacts,
  readers: PacketReaders,
): readonly PacketLayer[] {
  return grouped(fieldsOf(bytes, { ends, readers, holds: 'any', depth: 0 }) ?? []);
}

interface Reading {
  readonly ends: HopEndFacts;
  readonly readers: PacketReaders;
  readonly holds: string;
  /** The protocol whose field contains these bytes; undefined for a whole packet. */
  readonly within?: string;
  readonly depth: number;
}

function fieldsOf(bytes: Uint8Array, reading: Reading): readonly PacketField[] | undefined {
  const { ends, readers, holds, within, depth } = reading;
  let found: readonly PacketField[] | undefined;
  for (const [protocol, read] of readers) {
    const isAsked = holds === 'any' ? ends.protocols.has(protocol) : holds === protocol;
    if (!isAsked || protocol === within || depth > DEPTH_MAX) continue;
    const fields = readSafely(() => read(bytes, ends.states))?.flatMap((field) =>
      opened(bytes, field, { ...reading, within: protocol }),
    );
    // A protocol without a header accepts any bytes, so the reader that finds most fields is used.
    if ((fields?.length ?? 0) > (found?.length ?? -1)) found = fields;
  }
  return found;
}

/**
 * Returns the fields of the packet that a field contains, or the field itself if it contains no
 * packet that can be read.
 */
function opened(bytes: Uint8Array, field: PacketField, reading: Reading): readonly PacketField[] {
  const { offset, length, holds } = field;
  if (holds === undefined) return [field];
  const content = bytes.subarray(offset, offset + length);
  const inner = fieldsOf(content, { ...reading, holds, depth: reading.depth + 1 });
  return inner?.map((one) => ({ ...one, offset: one.offset + offset })) ?? [field];
}

function readSafely(
  read: () => readonly PacketField[] | undefined,
): readonly PacketField[] | undefined {
  try {
    return read();
  } catch {
    // If the reader throws, the bytes are shown without field names.
    return undefined;
  }
}

function grouped(fields: readonly PacketField[]): readonly PacketLayer[] {
  const layers: { name: string; fields: PacketField[] }[] = [];
  for (const field of fields) {
    const last = layers.at(-1);
    if (last?.name === field.layer) last.fields.push(field);
    else layers.push({ name: field.layer, fields: [field] });
  }
  return layers;
}
