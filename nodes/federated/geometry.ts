/**
 * Federated learning: constants of the protocol, limits and defaults. Sessions are those of secure aggregation
 * (Bonawitz et al. 2017, section 4); the other values are our choice.
 *
 * @module
 */

/** Channel byte of this protocol's messages in a carrier. */
export const FEDERATED_CHANNEL = 3;

/** Length of a session id, which is a digest, in bytes. */
export const FEDERATED_SESSION_ID_BYTES = 32;
/** Length of the seed from which all nodes draw their data, bytes. */
export const DATA_SEED_BYTES = 32;

/** Number of rounds of a run by default. */
export const DEFAULT_ROUNDS = 100;
/** Largest number of rounds of a run. */
export const RUN_ROUNDS_MAX = 1_000_000;
/** Fewest clients with which a round begins, by default. */
export const DEFAULT_ROUND_CLIENTS_MIN = 3;
/** Largest ratio of the number of clients that a round invites to the number that it wants. */
export const INVITED_PER_WANTED_MAX = 10;
/** Default of the longest wait for the answers of a phase, ns: 30 s. */
export const DEFAULT_PHASE_TIMEOUT_NS = 30_000_000_000;

/** Number of passes of a client over its examples in a round, by default. */
export const DEFAULT_EPOCHS = 5;
/** Number of examples in a batch of training, by default. */
export const DEFAULT_BATCH_SIZE = 32;
/** Learning rate of a client's training, by default. */
export const DEFAULT_LEARNING_RATE = 0.01;

/**
 * Number of steps per unit of an update, by default: with coordinates of at most 1, the sum of 100 clients fits into 24
 * bits.
 */
export const DEFAULT_STEPS_PER_UNIT = 65_536;
/** Largest coordinate of an update, by default. */
export const DEFAULT_COORDINATE_CLIP = 1;
/** Bits of an element of a sum, by default. */
export const DEFAULT_RING_BITS = 32;

/** Delta by default: the probability with which the epsilon of a privacy guarantee need not hold. */
export const DEFAULT_DELTA = 1e-5;
/** Share of the test set that a model must classify rightly (`federated.rounds_to`), by default. */
export const DEFAULT_ACCURACY_TARGET = 0.9;
/** A client gives a session up after this many times the time-out of a phase. */
export const PHASE_TIMEOUTS_PER_SESSION = 6;
/** Wait before a message that the carrier did not take, or a failed write, is repeated, ns: 1 s. */
export const CARRIER_RETRY_NS = 1_000_000_000;
/** Largest number of warnings in the log about rounds with too few clients, between two starts of the aggregator. */
export const FEW_CLIENTS_WARNINGS_MAX = 10;
/** Largest number of clients that a warning about too few clients names. */
export const CLIENTS_PER_WARNING_MAX = 5;
