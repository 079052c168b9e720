/**
 * Federated learning: numbers of the protocol, limits and defaults. Sessions are those of secure
 * aggregation (Bonawitz et al. 2017, section 4); the rest follows no specification, and says why.
 *
 * @module
 */

/** Channel byte of this protocol's messages in a carrier. */
export const FEDERATED_CHANNEL = 3;

/** Bytes of the digest that names a session. */
export const SESSION_BYTES = 32;
/** Bytes of the secret that all nodes draw their data from. */
export const DATA_SEED_BYTES = 32;

/** Rounds of a run by default. */
export const DEFAULT_ROUNDS = 100;
export const ROUNDS_MAX = 1_000_000;
/** Fewest clients with which a round begins, by default. */
export const CLIENTS_MIN = 3;
/** A round invites at most so many times the clients that it wants. */
export const INVITED_FACTOR_MAX = 10;
/** Time that the answers of a phase are waited for, by default: 30 s. */
export const PHASE_NS = 30_000_000_000;

/** What a client does with its examples in a round, by default. */
export const DEFAULT_EPOCHS = 5;
export const DEFAULT_BATCH_SIZE = 32;
export const LEARNING_RATE = 0.01;

/**
 * Steps of an update per unit, and its largest coordinate: 2^16 and 1, so that the sum of 100 clients
 * fits into 24 bits.
 */
export const DEFAULT_SCALE = 65_536;
export const DEFAULT_CLIP = 1;
/** Bits of an element of a sum, by default. */
export const MODULUS_BITS = 32;

/** Delta by default: the probability with which the epsilon of a privacy guarantee need not hold. */
export const DEFAULT_DELTA = 1e-5;
/** Share of the test set that a model must classify rightly (`federated.rounds_to`), by default. */
export const ACCURACY_TARGET = 0.9;
/** A client gives a session up after the time-outs of so many phases. */
export const PHASES_PER_SESSION = 6;
/** A message that its carrier did not take is repeated after this time: 1 s. */
export const RETRY_NS = 1_000_000_000;
/** Most warnings about rounds with too few clients, between two starts: people read the log. */
export const WARNINGS_MAX = 10;
/** Clients that such a warning names. */
export const NAMED_CLIENTS_MAX = 5;
