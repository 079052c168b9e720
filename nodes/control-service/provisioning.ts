/**
 * SCION control service: the key with which an AS signs.
 *
 * @module
 */
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { Provisioning } from '../../engine/host/protocol.ts';
import { CONTROL_PROTOCOL, type IsdAs, isdAsOf } from '../scion/index.ts';
import { type AsKeySource, asKeyScalar } from './beacons/signatures.ts';

/** Name of the key with which an AS signs. */
export const AS_KEY_NAME = 'as-key';

/** Everybody knows with which key an AS signs. */
export const controlProvisioning: Provisioning = {
  publicKeys: { [AS_KEY_NAME]: (secret, crypto) => crypto.p256PublicKey(asKeyScalar(secret)) },
};

/** The keys of the ASes that have a control service. */
export function controlServiceKeySource(network: NetworkView): AsKeySource {
  const hosts = new Map<IsdAs, string>();
  for (const host of network.hosts) {
    const isdAs = isdAsOf(host);
    if (isdAs === undefined || host.protocol !== CONTROL_PROTOCOL || hosts.has(isdAs)) continue;
    hosts.set(isdAs, host.name);
  }
  return (isdAs) => {
    const host = hosts.get(isdAs);
    return host === undefined ? undefined : network.identity(host).publicKey(AS_KEY_NAME);
  };
}
