/**
 * Tells whether a SCION packet comes from a peer: its AS and its host.
 *
 * @module
 */
import { type IsdAs, isdAsWords, type PacketView } from '../scion/index.ts';

/** True for packets from one AS and host. */
export type PacketSourcePredicate = (view: PacketView) => boolean;

/**
 * Makes the test for packets from this AS and host.
 * @param host Address of the host as in packets.
 */
// hot: once per packet.
export function makePacketSourcePredicate(isdAs: IsdAs, host: Uint8Array): PacketSourcePredicate {
  const { high, low } = isdAsWords(isdAs);
  return (view) => {
    if (view.sourceHigh !== high || view.sourceLow !== low) return false;
    for (let at = 0; at < host.length; at += 1) {
      if (view.buffer[view.sourceHostOffset + at] !== host[at]) return false;
    }
    return true;
  };
}
