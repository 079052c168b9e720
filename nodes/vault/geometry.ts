/**
 * Vault: lengths, numbers and defaults, each with unit and reason.
 *
 * @module
 */

/** Version of the formats of operations and snapshots: their first item. */
export const VAULT_FORMAT_VERSION = 1;

/** Longest name of a vault or an actor, bytes of UTF-8: that of a DNS name (RFC 1035 section 2.3.4). */
export const NAME_BYTES_MAX = 255;
/** Longest key, field of a map or element of a set, bytes of UTF-8. */
export const KEY_BYTES_MAX = 1_024;
/** Longest value, bytes: one operation has to fit into a message of any carrier with pieces. */
export const VALUE_BYTES_MAX = 1_048_576;
/** Largest number of replicas of a vault: each operation on a set can name each of them. */
export const ACTORS_MAX = 64;
/** Largest total of one actor in one counter, so that {@link ACTORS_MAX} of them add up to a safe integer. */
export const COUNTER_TOTAL_MAX = 2 ** 46;
/**
 * Largest number of dots that one operation on a set covers. An element has at most one dot of each correct actor;
 * further dots are left to the next removal.
 */
export const COVERED_MAX = 4 * ACTORS_MAX;
/** Longest operation, bytes: a value, {@link COVERED_MAX} dots of the longest names, and the rest. */
export const OPERATION_BYTES_MAX = 1_179_648;

/** Default for the largest number of operations in the log: about 30 MB of small ones. */
export const LOG_MAX_DEFAULT = 100_000;
/** Largest length of all operations in the log together, bytes: that of the largest snapshot, which replaces them. */
export const LOG_BYTES_MAX = 67_108_864;
/** Longest snapshot, bytes: what `fabric` carries in one message. */
export const SNAPSHOT_BYTES_MAX = 67_108_864;
/**
 * Largest number of keys, fields, elements and dots of a vault together. {@link STATE_BYTES_MAX} is reached first,
 * unless most of them are marks of removed elements.
 */
export const STATE_MAX = 500_000;
/**
 * Largest state, bytes of its snapshot: 45 values of 1 MiB, or 160,000 registers of 32 bytes. The rest of
 * {@link SNAPSHOT_BYTES_MAX} is a reserve for joining snapshots, and for removals and erasures.
 */
export const STATE_BYTES_MAX = 50_331_648;
/** Largest state after joining a snapshot, entries: the replica that sent it may have used half of its reserve. */
export const JOINED_STATE_MAX = 750_000;
/** Largest state after joining a snapshot, bytes. */
export const JOINED_BYTES_MAX = 58_720_256;
/** Largest state after removals and erasures, bytes: a snapshot without its heads. */
export const FREEING_BYTES_MAX = SNAPSHOT_BYTES_MAX - 1_024;
/** Most bytes that signing adds to the payload of an operation: headers, CBOR heads and a signature. */
export const COSE_BYTES_MAX = 128;
/** Most bytes that a snapshot adds to an operation: CBOR heads and a wrapped key. */
export const ITEM_OVERHEAD_BYTES_MAX = 64;
/** Largest number of receipts that are kept: about 4 MB. */
export const RECEIPTS_MAX = 10_000;

/** Bytes of the id of an entry. */
export const ENTRY_ID_BYTES = 16;
/** Bytes of the tag of a ciphertext. */
export const TAG_BYTES = 16;
/** Shortest sealed value, bytes: heads of an array and two strings, an id and a tag. */
export const SEALED_BYTES_MIN = 3 + ENTRY_ID_BYTES + TAG_BYTES;
/** Longest sealed value, bytes. */
export const SEALED_BYTES_MAX = 7 + ENTRY_ID_BYTES + VALUE_BYTES_MAX + TAG_BYTES;
/** Bytes of a data key. */
export const DATA_KEY_BYTES = 32;
/** Bytes of a wrapped data key: the key and a tag. */
export const WRAPPED_KEY_BYTES = 48;

/**
 * How far a stamp may be ahead of the local clock, ms. A write with a later one would win until all clocks have reached
 * it.
 */
export const STAMP_AHEAD_MS_MAX = 60_000;
/** Largest logical part of a stamp; beyond it, the physical part is incremented. */
export const LOGICAL_MAX = 2 ** 32 - 1;
/** Bytes of a hash, SHA-256. */
export const HASH_BYTES = 32;
/** Longest receipt, bytes: the longest texts, and 256 for everything else. */
export const RECEIPT_BYTES_MAX = KEY_BYTES_MAX + 2 * NAME_BYTES_MAX + 256;
