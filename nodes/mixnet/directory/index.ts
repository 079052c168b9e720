/**
 * The directory of a mixnet: types, signed documents, epochs, layers, paths.
 *
 * @module
 */
export {
  checkSuccession,
  cosignDocument,
  type DirectoryTrust,
  openDescriptor,
  openDocument,
  signDescriptor,
  signDocument,
} from './document.ts';
export { DIRECTORY_DROPS } from './drops.ts';
export {
  arrivalEpoch,
  delaysFitEpoch,
  type EpochInstant,
  type EpochSchedule,
  epochAt,
  epochDeadlines,
  isVrfKeySettled,
  keyEpochs,
} from './epochs.ts';
export { EPOCH_LENGTH_MS_DEFAULT, EPOCH_ZERO_SECONDS } from './geometry.ts';
export { assignLayers, type LayerAssignment } from './layers.ts';
export type {
  Descriptor,
  DirectoryDocument,
  ListedRole,
  LoopixRates,
  MixTopology,
} from './model.ts';
export {
  beaconAfter,
  beaconOf,
  checkNeighbourProofs,
  keepOwnLayerProofs,
  NeighbourGraph,
  neighbourGraphOf,
} from './neighbours.ts';
export { DirectoryIndex, drawMixes } from './paths.ts';
export { type DocumentInput, makeDocument } from './succession.ts';
export { encodeDocument } from './text-form.ts';
