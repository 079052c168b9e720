/**
 * Lengths and bounds of directory texts, each with its reason.
 *
 * @module
 */

/**
 * First line of a signed document. The signature covers this line, so that a signature of another
 * kind of text is not valid for a document.
 */
export const DOCUMENT_MAGIC = 'orrery-directory-v1';
/** First line of a signed descriptor. */
export const DESCRIPTOR_MAGIC = 'orrery-descriptor-v1';

/**
 * Length in bytes of each node identifier, Ed25519 public key, ECVRF public key and SHA-256 digest.
 */
export const ID_LENGTH = 32;

/**
 * Largest number of authorities that may sign one document, because each signature must be
 * verified.
 */
export const DOCUMENT_SIGNATURES_MAX = 32;
/**
 * Largest number of nodes in one document: more than twice the number of nodes in the largest
 * deployed mixnet.
 */
export const DOCUMENT_NODES_MAX = 4_096;
/** Largest number of mixes on a path; the Sphinx packets used here have no room for more. */
export const PATH_MIXES_MAX = 20;
/** Number of epochs for which a node publishes keys: the present epoch and the next two. */
export const MIX_KEY_EPOCH_COUNT = 3;
/** Longest public mix key, in bytes: ML-KEM-768 with X25519 has 1,216. */
export const MIX_KEY_LENGTH_MAX = 2_048;
/** Longest name, address, autonomous system or family, in characters. */
export const DESCRIPTOR_TEXT_CHARS_MAX = 255;
/**
 * Longest signed descriptor, in bytes: enough for three of the longest keys as hexadecimal text,
 * and the other fields.
 */
export const DESCRIPTOR_LENGTH_MAX = 16_384;
/** Longest signed document, in bytes: enough for 4,096 nodes with hybrid keys. */
export const DOCUMENT_LENGTH_MAX = 33_554_432;
/** Largest number of random values of earlier epochs in a document. */
export const PRIOR_RANDOM_VALUES_MAX = 2;
/** Highest epoch number: no clock reaches it, and sums with it stay safe integers. */
export const EPOCH_MAX = 0xffff_ffff;
/**
 * Number of epochs from the first listing of a VRF key to the first epoch in which the key counts
 * (docs/spec/mixnet.md, Delays by VRF).
 */
export const VRF_KEY_DELAY_EPOCHS = 2;

/** Default length of an epoch, ms: 20 minutes, as in Katzenpost (core/epochtime). */
export const EPOCH_LENGTH_MS_DEFAULT = 1_200_000;
/** Start of epoch 0, 2017-06-01T00:00:00Z, s since 1970, as in Katzenpost (core/epochtime). */
export const EPOCH_ZERO_UNIX_SECONDS = 1_496_275_200;
/**
 * Deadlines for the steps that prepare the next document, in eighths of an epoch after the start of
 * the present epoch (docs/spec/mixnet.md, Directory).
 */
export const STEP_DEADLINE_EPOCH_EIGHTHS = {
  descriptors: 1,
  vote: 2,
  reveal: 3,
  certificates: 4,
  consensus: 5,
} as const;
