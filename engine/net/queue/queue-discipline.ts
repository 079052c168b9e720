/**
 * What a transmitter asks of its queue (docs/spec/link-model.md#queues-and-rate-limits).
 *
 * @module
 */

/** Decides which packets wait, and in which order. Packet numbers are rows of the packet table. */
export interface QueueDiscipline {
  /** Number of packets in the queue. */
  readonly packets: number;
  readonly bytes: number;
  /**
   * Takes a packet. May drop this one or another one for a reason of its own, by the `drop` of its constructor.
   * @returns false if the queue is full: the caller still owns the packet, and sends it at once or counts `queue-full`.
   */
  push(packet: number): boolean;
  /** The packet that `pop` would return now; NIL (-1) if there is none. */
  peek(): number;
  /** Removes the next packet and returns it. */
  pop(): number;
  /** Lowers or raises the limit; the excess leaves from the tail through `drop`. */
  setLimit(limitPackets: number, drop: (packet: number) => void): void;
  /** Passes every packet to `drop`. */
  flush(drop: (packet: number) => void): void;
}
