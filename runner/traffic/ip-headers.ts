/**
 * The headers of flows of the kind `ip` that have no capture: UDP between addresses for benchmarks (RFC 2544, appendix C.2.2;
 * RFC 5180, section 8), whose last 16 bits are those of the flow's number.
 *
 * @module
 */
import type { IpFlow } from '../../engine/pure/ip-headers.ts';

/** The version of IP of a flow. */
export type IpVersion = 'ipv4' | 'ipv6';

/** First dynamic port (RFC 6335, section 6), and the port of the service `discard`. */
const SOURCE_PORT = 49_152;
const TARGET_PORT = 9;

/** The addresses and ports of a flow of the kind `ip`, by its number. */
export function ipFlowOf(version: IpVersion, number: number): IpFlow {
  const last = [(number >> 8) & 0xff, number & 0xff];
  const address = (side: number): readonly number[] =>
    version === 'ipv4'
      ? [198, 17 + side, ...last]
      : [0x20, 1, 0, 2, 0, 0, 0, side, 0, 0, 0, 0, 0, 0, ...last];
  return {
    from: { address: address(1), port: SOURCE_PORT },
    to: { address: address(2), port: TARGET_PORT },
    protocol: 'udp',
  };
}
