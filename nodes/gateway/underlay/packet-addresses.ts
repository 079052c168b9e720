/**
 * The addresses in packets from one gateway to another.
 *
 * @module
 */
import type { NetworkView } from '../../../engine/host/network-view.ts';
import {
  type HostAddress,
  requireHostAddress as hostAddress,
  type IsdAs,
  isdAsOf,
} from '../../scion/index.ts';
import type { PacketAddresses } from './packet-template.ts';
import { GATEWAY_PORT } from './underlay-path.ts';

/** The addresses of packets to the gateway `peer` of the network. @throws Error if it is in no AS. */
export function addressPackets(
  network: NetworkView,
  own: { readonly isdAs: IsdAs; readonly host: HostAddress },
  peer: string,
): PacketAddresses {
  const target = network.hosts.find(({ name }) => name === peer);
  const targetAs = isdAsOf(target);
  if (target === undefined || targetAs === undefined) throw new Error(`${peer} is in no AS`);
  return {
    source: own.isdAs,
    sourceHost: own.host,
    sourcePort: GATEWAY_PORT,
    target: targetAs,
    targetHost: hostAddress(target.address),
    targetPort: GATEWAY_PORT,
  };
}
