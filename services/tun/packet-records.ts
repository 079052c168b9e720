/**
 * Packets in a stream of bytes, each preceded by its length: `| length u16 | packet |`, big-endian,
 * as `pump.py` writes them.
 *
 * @module
 */

/** Length of the field that states the length of a packet, bytes. */
const HEAD_BYTES = 2;
/** Longest packet, bytes: the largest number that the length field can hold. */
export const RECORD_BYTES_MAX = 65_535;

/** Encodes a packet of at most {@link RECORD_BYTES_MAX} bytes. */
export function encodeRecord(packet: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEAD_BYTES + packet.length);
  record[0] = packet.length >> 8;
  record[1] = packet.length;
  record.set(packet, HEAD_BYTES);
  return record;
}

/**
 * Splits a stream of bytes into its packets, wherever its chunks begin and end. Stores less than
 * one packet.
 */
export class RecordReader {
  #rest: Uint8Array = new Uint8Array(0);

  /**
   * Copies of the packets that are complete with this chunk; a length of 0 gives an empty packet.
   */
  *read(chunk: Uint8Array): Generator<Uint8Array> {
    // Not a Buffer, because a `slice` of a Buffer would share memory with the chunk.
    const bytes = new Uint8Array(this.#rest.length + chunk.length);
    bytes.set(this.#rest);
    bytes.set(chunk, this.#rest.length);
    let at = 0;
    while (at + HEAD_BYTES <= bytes.length) {
      const end = at + HEAD_BYTES + (((bytes[at] as number) << 8) | (bytes[at + 1] as number));
      if (end > bytes.length) break;
      yield bytes.slice(at + HEAD_BYTES, end);
      at = end;
    }
    this.#rest = bytes.slice(at);
  }
}
