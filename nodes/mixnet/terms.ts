/**
 * Mixnet: the guarantees that a client gives to protocols above it.
 *
 * @module
 */
import type { CarrierGuarantees } from '../../engine/host/transport.ts';
import { fragmentDataBytesMax } from './client/index.ts';
import type { MixnetOptions } from './config.ts';

/**
 * Returns the guarantees of a node; undefined for other roles than client, whose nodes carry no
 * messages of applications.
 */
export function carrierTerms({
  role,
  client,
  sphinx,
}: MixnetOptions): CarrierGuarantees | undefined {
  if (role !== 'client') return undefined;
  const maxBytes = client.reassembly.fragments * fragmentDataBytesMax(sphinx.payload);
  // Best effort: acknowledgements are between clients; the application gets its answer when the
  // message is queued.
  return { maxBytes, delivery: 'best-effort', isOrdered: false };
}
