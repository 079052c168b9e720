/**
 * The numbers that a gateway has counted since it started; applications request them with `stats`.
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
  /** Frames, and sequence numbers of applications, that were accepted; the last three fields count other verdicts. */
  accepted = 0;
  /** Counts a frame whose sequence number a replay window accepted. */
  readonly frameAccepted = (): void => {
    this.accepted += 1;
  };
  replay = 0;
  expired = 0;
  future = 0;
}
