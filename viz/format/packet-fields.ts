/**
 * The fields in the bytes of a protocol's packets: `nodes/<p>/viz-fields.ts` exports `fields:
 * PacketReader`, which is made from a layout if one can describe the packets (`packet-layout.ts`).
 * The packet panel lists the fields by layer and highlights their bytes
 * (docs/spec/browser-view.md).
 *
 * @module
 */

/** A field of a packet. */
export interface PacketField {
  /**
   * Name of the layer, such as `common header` or `path`; adjacent fields of one layer are drawn as
   * a group.
   */
  readonly layer: string;
  readonly name: string;
  /** Offset of the first byte of the field in the packet. */
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
 * protocol. Of a truncated packet, only the complete fields are returned.
 * @param states The traced states of the nodes at the ends of the link, by the name of the machine.
 * If field lengths depend on options of a node, they are read from these states.
 */
export type PacketReader = (
  bytes: Uint8Array,
  states: ReadonlyMap<string, string>,
) => readonly PacketField[] | undefined;
