/**
 * Mixnet: the guarantees that a client gives to protocols above it.
 *
 * @module
 */
import type { CarrierGuarantees } from '../../engine/host/transport.ts';
import { fragmentDataBytesMax } from './client/index.ts';
import type { MixnetOptions } from './config.ts';

/**
 * Returns the guarantees of a client; undefined for nodes of other roles, which carry no messages
 * of applications.
 */
export function carrierTerms({
  role,
  client,
  sphinx,
}: MixnetOptions): CarrierGuarantees | undefined {
  if (role !== 'client') return undefined;
  const maxBytes = client.reassembly.fragments * fragmentDataBytesMax(sphinx.payload);
  // Delivery is best effort: a message is reported to the application when it is queued;
  // acknowledgements are exchanged between the clients only.
  return { maxBytes, delivery: 'best-effort', isOrdered: false, hides: true };
}
