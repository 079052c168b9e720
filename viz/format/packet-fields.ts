/**
 * What a protocol tells of the bytes of its packets: `nodes/<p>/viz-fields.ts` exports
 * `fields: PacketReader`; the panel of a packet lists them by layer and marks their bytes
 * (spec/ux.md 4.2).
 *
 * @module
 */

/** A field of a packet. */
export interface PacketField {
  /** `common header`, `path`; neighbours of one layer stand together. */
  readonly layer: string;
  readonly name: string;
  /** First byte. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  /** As people write it. */
  readonly value: string;
}

/**
 * Reads the fields of a packet in the order of its bytes; undefined when it is none of this
 * protocol. A packet that was cut gives the fields that are whole.
 */
export type PacketReader = (bytes: Uint8Array) => readonly PacketField[] | undefined;
