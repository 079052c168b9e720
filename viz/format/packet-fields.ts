/**
 * The interface for reading the fields of a protocol's packets: `nodes/<p>/viz-fields.ts` exports
 * `fields: PacketReader`, which is made from a layout if a layout can describe the packets
 * (`packet-layout.ts`). The packet panel lists the fields by layer and highlights their bytes
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
  /** Number of bytes of the field. */
  readonly length: number;
  /** The value as a text for people. */
  readonly value: string;
  /**
   * The protocol to which the packet in this field belongs; `any` means one of the protocols of the
   * link's two nodes. If that protocol can decode the bytes, its fields replace this field.
   */
  readonly holds?: string;
}

/**
 * Reads the fields of a packet in the order of its bytes; undefined if the bytes are not a packet
 * of this protocol. Of a truncated packet, only the complete fields are returned.
 * @param states The traced states of the link's two nodes, by the name of the state machine.
 *   Lengths of fields that depend on options of a node are derived from these states.
 */
export type PacketReader = (
  bytes: Uint8Array,
  states: ReadonlyMap<string, string>,
) => readonly PacketField[] | undefined;
