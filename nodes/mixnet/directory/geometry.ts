/**
 * Lengths and bounds of directory texts, each with its reason (project spec mixnet 3.2).
 *
 * @module
 */

/** First line of a signed document, part of what is signed: a signature serves one purpose. */
export const DOCUMENT_MAGIC = 'orrery-directory-v1';
/** First line of a signed descriptor. */
export const DESCRIPTOR_MAGIC = 'orrery-descriptor-v1';

/** Node identifiers, Ed25519 and ECVRF public keys, SHA-256 digests, in bytes. */
export const ID_LENGTH = 32;
/** Of an Ed25519 signature, in bytes. */
const SIGNATURE_LENGTH = 64;
/** A line `key signature\n` in hexadecimal text. */
export const SIGNATURE_LINE_LENGTH = 2 * ID_LENGTH + 1 + 2 * SIGNATURE_LENGTH + 1;

/** Authorities that may sign one document: each costs a verification. */
export const SIGNATURES_MAX = 32;
/** Nodes in one document: twice the largest deployed mixnet, with room. */
export const NODES_MAX = 4_096;
/** Mixes on a path: more do not fit into any geometry of Sphinx we make. */
export const HOPS_MAX = 20;
/** A node publishes keys for the current epoch and the two after it (3.2). */
export const MIX_KEY_EPOCHS = 3;
/** Of a public mix key, in bytes: ML-KEM-768 with X25519 has 1,216. */
export const MIX_KEY_LENGTH_MAX = 2_048;
/** Names, addresses, autonomous systems, families, in characters. */
export const TEXT_LENGTH_MAX = 255;
/** Of a signed descriptor: three of the longest keys as hexadecimal text, and the rest. */
export const DESCRIPTOR_LENGTH_MAX = 16_384;
/** Of a signed document: 4,096 nodes with hybrid keys. */
export const DOCUMENT_LENGTH_MAX = 33_554_432;
/** Values of earlier epochs in a document. */
export const PRIOR_RANDOM_MAX = 2;
/** Epochs are counted up to here; far beyond any clock, and safe in every sum. */
export const EPOCH_MAX = 0xffff_ffff;
/** The second epoch after its first listing is the first in which a VRF key counts (3.4). */
export const VRF_KEY_DELAY_EPOCHS = 2;

/** 20 minutes (3.2, Katzenpost). */
export const EPOCH_LENGTH_MS_DEFAULT = 1_200_000;
/** 2017-06-01T00:00:00Z, seconds since 1970 (3.2, Katzenpost). */
export const EPOCH_ZERO_SECONDS = 1_496_275_200;
/** Deadlines inside the epoch before, in eighths of an epoch (3.2). */
export const SCHEDULE_EIGHTHS = {
  descriptors: 1,
  vote: 2,
  reveal: 3,
  certificates: 4,
  consensus: 5,
} as const;
