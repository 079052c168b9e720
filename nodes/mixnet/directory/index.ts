/**
 * The directory of a mixnet: types, signed documents, epochs, layers, paths.
 *
 * @module
 */
export {
  checkDocumentSuccession,
  cosignDocument,
  openDescriptor,
  openDocument,
  signDescriptor,
  signDocument,
  type TrustedAuthorities,
} from './document.ts';
export { DIRECTORY_DROP_REASONS } from './drops.ts';
export {
  computeArrivalEpoch,
  computeDocumentStepDeadlines,
  type EpochPosition,
  type EpochSchedule,
  epochPositionAt,
  isPathDelayWithinEpoch,
  isVrfKeyOldEnough,
  listMixKeyEpochs,
} from './epochs.ts';
export { EPOCH_LENGTH_MS_DEFAULT, EPOCH_ZERO_UNIX_SECONDS } from './geometry.ts';
export { assignLayers, type LayerAssignment } from './layers.ts';
export type {
  Descriptor,
  DirectoryDocument,
  ListedRole,
  LoopixRates,
  MixTopology,
} from './model.ts';
export {
  checkNeighbourProofs,
  deriveNeighbourGraph,
  keepOwnLayerProofs,
  NeighbourGraph,
  nextEpochBeacon,
  readEpochBeacon,
} from './neighbours.ts';
export { DirectoryIndex, drawMixes } from './paths.ts';
export { type MakeDocumentInput, makeDocument } from './succession.ts';
export { encodeDocument } from './text-form.ts';
