/**
 * The proofs of its neighbours that a mix puts into its descriptor (docs/spec/mixnet.md, Neighbours
 * by VRF).
 *
 * `directory/neighbours.ts` derives the neighbours from proof and document, as every other node
 * does.
 *
 * @module
 */
import { neighbourVrfInput, type VrfSecretKey } from '../../vrf/index.ts';
import type { MixnetOptions } from '../config.ts';

/** The epoch and the beacon of the neighbour draws that a mix must prove. */
export interface NeighbourDrawContext {
  readonly epoch: number;
  readonly beacon: Uint8Array;
}

/** One proof for each layer that has a next layer. */
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
