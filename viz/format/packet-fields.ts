/**
 * What a protocol tells about the bytes of its packets: `nodes/<p>/viz-fields.ts` exports `fields:
 * PacketReader`, made from a layout where one can say it (`packet-layout.ts`). The packet panel lists
 * the fields by layer and highlights their bytes (docs/spec/browser-view.md).
 *
 * @module
 */

/** A field of a packet. */
export interface PacketField {
  /** `common header`, `path`; adjacent fields of one layer are drawn as a group. */
  readonly layer: string;
  readonly name: string;
  /** Offset of the first byte. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
  /** The value as people write it. */
  readonly value: string;
  /**
   * The protocol whose packet these bytes are; `any` stands for some protocol of the nodes at the
   * ends of the link. If that protocol can decode the bytes, its fields replace this field.
   */
  readonly holds?: string;
}

/**
 * Reads the fields of a packet in the order of its bytes; undefined if it is not a packet of this
 * protocol. From a truncated packet it returns the complete fields.
 * @param states What the nodes at the ends of the link had traced about themselves by then, as names
 * and texts. A format whose field lengths depend on options finds these options here.
 */
export type PacketReader = (
  bytes: Uint8Array,
  states: ReadonlyMap<string, string>,
) => readonly PacketField[] | undefined;
