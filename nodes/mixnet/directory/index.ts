/**
 * The directory of a mixnet: types, signed documents, epochs, layers.
 *
 * @module
 */
export type {
  Descriptor,
  DirectoryDocument,
  ListedRole,
  LoopixRates,
  MixTopology,
} from './model.ts';
