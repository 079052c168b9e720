/**
 * What a transmitter asks of the queue in front of it (docs/spec/link-model.md#queues-and-rate-limits).
 *
 * @module
 */

/** Which packets wait, in which order. Packet numbers are rows of the packet table. */
export interface QueueDiscipline {
  /** Packets and bytes waiting. */
  readonly packets: number;
  readonly bytes: number;
  /** Admits a packet, or returns false: then the caller still owns it. */
  push(packet: number): boolean;
  /** The packet that `pop` returns at this instant; NIL (-1) when there is none. */
  peek(): number;
  /** Removes and returns it. */
  pop(): number;
  /** Lowers or raises the limit; what exceeds it leaves from the tail through `drop`. */
  setLimit(limitPackets: number, drop: (packet: number) => void): void;
  /** Hands every packet to `drop`. */
  flush(drop: (packet: number) => void): void;
}
