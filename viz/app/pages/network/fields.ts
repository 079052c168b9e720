/**
 * The fields of a packet as its protocol tells them (`nodes/<p>/viz-fields.ts`), in layers.
 *
 * @module
 */
import type { PacketField, PacketReader } from '../../../format/packet-fields.ts';

/** Readers by the name of their protocol. */
export type PacketReaders = ReadonlyMap<string, PacketReader>;

/** Fields that stand together. */
export interface PacketLayer {
  readonly name: string;
  readonly fields: readonly PacketField[];
}

/** Readers by their place: `nodes/scion/viz-fields.ts` reads packets of `scion`. */
export function readersOf(
  modules: Readonly<Record<string, { readonly fields: PacketReader }>>,
): PacketReaders {
  return new Map(
    Object.entries(modules).map(([path, { fields }]) => [path.split('/').at(-2) ?? '', fields]),
  );
}

/**
 * The layers of a packet.
 * @param protocols Of the nodes at the ends of its links; a reader of another is not asked.
 * @returns none when no protocol knows the bytes; a reader that throws knows none.
 */
export function layersOf(
  bytes: Uint8Array,
  protocols: ReadonlySet<string>,
  readers: PacketReaders,
): readonly PacketLayer[] {
  for (const [protocol, read] of readers) {
    if (!protocols.has(protocol)) continue;
    const fields = readSafely(read, bytes);
    if (fields !== undefined) return grouped(fields);
  }
  return [];
}

function readSafely(read: PacketReader, bytes: Uint8Array): readonly PacketField[] | undefined {
  try {
    return read(bytes);
  } catch {
    // The bytes are shown all the same, without names.
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
