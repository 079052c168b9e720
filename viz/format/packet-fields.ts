/**
 * What a protocol tells of the bytes of its packets: `nodes/<p>/viz-fields.ts` exports
 * `fields: PacketReader`; the panel of a packet lists them by layer and marks their bytes
 * (docs/spec/browser-view.md).
 *
 * @module
 */

/** A field of a packet. */
export interface PacketField {
  /** `common header`, `path`; adjacent fields of one layer are drawn together. */
  readonly layer: string;
  readonly name: string;
  /** First byte. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  /** As people write it. */
  readonly value: string;
  /**
   * The bytes are a packet themselves: of this protocol, or with `any` of one that the nodes speak.
   * The reader's fields replace this one, if it can decode them.
   */
  readonly holds?: string;
}

/**
 * Reads the fields of a packet in the order of its bytes; undefined when it is none of this
 * protocol. A packet that was cut gives the fields that are whole.
 * @param states What the nodes at the ends of its link had traced of themselves by then: names and
 * texts. A format whose lengths are chosen by options is told there.
 */
export type PacketReader = (
  bytes: Uint8Array,
  states: ReadonlyMap<string, string>,
) => readonly PacketField[] | undefined;
