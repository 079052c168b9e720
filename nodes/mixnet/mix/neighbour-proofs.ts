/**
 * Makes the VRF proofs of a mix's draw of neighbours, which the mix puts into its descriptor
 * (docs/spec/mixnet.md, Neighbours by VRF).
 *
 * All nodes, the mix included, derive the neighbours from these proofs and the document with
 * `directory/neighbours.ts`.
 *
 * @module
 */
import { neighbourVrfInput, type VrfSecretKey } from '../../vrf/index.ts';
import type { MixnetOptions } from '../config.ts';

/** The epoch for which a mix draws neighbours, and the beacon of that epoch, 32 bytes. */
export interface NeighbourDrawContext {
  readonly epoch: number;
  readonly beacon: Uint8Array;
}

/** Makes one proof for each layer except the last; the keys of the result are layers, 0 first. */
export function proveNeighbours(
  key: VrfSecretKey,
  { epoch, beacon }: NeighbourDrawContext,
  { layers }: Pick<MixnetOptions, 'layers'>,
): ReadonlyMap<number, Uint8Array> {
  const proofs = new Map<number, Uint8Array>();
  for (let layer = 0; layer < layers - 1; layer++) {
    const made = key.prove(neighbourVrfInput({ epoch, beacon, layer }));
    if (made !== undefined) proofs.set(layer, made.proof);
  }
  return proofs;
}
