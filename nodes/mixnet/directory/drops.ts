/**
 * Reasons for which a directory text is refused.
 *
 * @module
 */

import { NEIGHBOUR_DROP_REASONS } from '../../vrf/index.ts';

/** Every drop reason of the directory, explained in one sentence. */
export const DIRECTORY_DROP_REASONS = {
  'document-too-long': 'The document is longer than the bound.',
  'document-malformed': 'The document is not in its one canonical form.',
  'document-signature': 'Fewer trusted authorities than required signed the document.',
  'document-epoch': 'The document is of another epoch than the one asked for.',
  'document-inconsistent': 'Parts of the document contradict each other.',
  'document-previous': 'The document does not follow the one it is checked against.',
  'document-layers': 'The layers do not follow from the shared random value and the nodes.',
  'neighbours-missing': 'A mix gives no proof of its neighbours, so none may follow it.',
  'neighbours-proof': NEIGHBOUR_DROP_REASONS['neighbours-proof'],
  'descriptor-too-long': 'The descriptor is longer than the bound.',
  'descriptor-malformed': 'The descriptor is not in its one canonical form.',
  'descriptor-signature': 'The identity key of the descriptor did not sign it.',
} as const;

/** Why a document, a descriptor or a proof of neighbours is rejected. */
export type DirectoryDropReason = keyof typeof DIRECTORY_DROP_REASONS;
/** Why a document is rejected. */
export type DocumentDropReason = Extract<DirectoryDropReason, `document-${string}`>;
/** Why a mix has no neighbours, so that no mix may follow it on a path. */
export type NeighbourRefusal = Extract<DirectoryDropReason, `neighbours-${string}`>;
/** Why a descriptor is rejected. */
export type DescriptorDropReason = Extract<DirectoryDropReason, `descriptor-${string}`>;
