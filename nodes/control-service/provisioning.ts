/**
 * SCION control service: the key with which an AS signs.
 *
 * @module
 */
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { Provisioning } from '../../engine/host/protocol.ts';
import { controlServicesOf } from '../scion/index.ts';
import { type AsKeySource, asKeyScalar } from './beacons/signatures.ts';

/** Name of the key with which an AS signs. */
export const AS_KEY_NAME = 'as-key';

/** Everybody knows with which key an AS signs. */
export const controlProvisioning: Provisioning = {
  publicKeys: { [AS_KEY_NAME]: (secret, crypto) => crypto.p256PublicKey(asKeyScalar(secret)) },
};

/** The keys of the ASes that have a control service. */
export function controlServiceKeySource(network: NetworkView): AsKeySource {
  const services = controlServicesOf(network);
  return (isdAs) => {
    const service = services.get(isdAs);
    return service && network.identity(service.name).publicKey(AS_KEY_NAME);
  };
}
