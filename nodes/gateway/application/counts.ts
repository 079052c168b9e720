/**
 * What a gateway has counted since it started, for the applications that ask (`stats`).
 *
 * @module
 */

/** The counts of one gateway. */
export class GatewayCounts {
  sentPackets = 0;
  sentBytes = 0;
  receivedPackets = 0;
  receivedBytes = 0;
  /** Packets, frames and datagrams that were dropped or refused, of any kind. */
  drops = 0;
  /** Frames and sequence numbers by the verdict on them. */
  accepted = 0;
  /** Counts a frame whose number a window took. */
  readonly frameAccepted = (): void => {
    this.accepted += 1;
  };
  replay = 0;
  expired = 0;
  future = 0;
}
