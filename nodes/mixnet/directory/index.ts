/**
 * The directory of a mixnet: types, signed documents, epochs, layers, paths.
 *
 * @module
 */
export {
  checkSuccession,
  cosignDocument,
  type DirectoryTrust,
  documentHash,
  openDescriptor,
  openDocument,
  signDescriptor,
  signDocument,
} from './document.ts';
export {
  type DescriptorDrop,
  DIRECTORY_DROPS,
  type DirectoryDrop,
  type DocumentDrop,
} from './drops.ts';
export {
  arrivalEpoch,
  delaysFitEpoch,
  type EpochDeadlines,
  type EpochInstant,
  type EpochSchedule,
  epochAt,
  epochDeadlines,
  isVrfKeySettled,
  keyEpochs,
} from './epochs.ts';
export { EPOCH_LENGTH_MS_DEFAULT, EPOCH_ZERO_SECONDS } from './geometry.ts';
export { assignLayers, type LayerAnswer, type LayerQuestion, layersFollow } from './layers.ts';
export type {
  Descriptor,
  DirectoryDocument,
  ListedRole,
  LoopixRates,
  MixTopology,
} from './model.ts';
export { DirectoryIndex, drawMixes } from './paths.ts';
export { type DocumentInput, makeDocument } from './succession.ts';
export { encodeDescriptor, encodeDocument } from './text-form.ts';
