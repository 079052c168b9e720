/**
 * Mixnet: what protocols above a client can expect of it.
 *
 * @module
 */
import type { CarrierGuarantees } from '../../engine/host/transport.ts';
import { fragmentDataBytesMax } from './client/index.ts';
import type { MixnetOptions } from './config.ts';

/** Only clients have applications: nodes of other roles carry nothing. */
export function carrierTerms({
  role,
  client,
  sphinx,
}: MixnetOptions): CarrierGuarantees | undefined {
  if (role !== 'client') return undefined;
  const maxBytes = client.reassembly.fragments * fragmentDataBytesMax(sphinx.payload);
  // Acknowledgements go between clients; the application is answered when the message is queued.
  return { maxBytes, delivery: 'best-effort', isOrdered: false };
}
