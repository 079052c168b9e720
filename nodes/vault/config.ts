/**
 * Vault: the options of a replica in a topology or scenario file.
 *
 * @module
 */
import { z } from 'zod';
import { byteSizeSchema, durationNsSchema, perSecondSchema } from '../_kit/options.ts';
import { LOG_MAX_DEFAULT, NAME_BYTES_MAX, VALUE_BYTES_MAX } from './geometry.ts';
import {
  CONSENT_TIMEOUT_DEFAULT_NS,
  LIFETIME_DEFAULT_NS,
  ROUND_DEFAULT_NS,
} from './sync/geometry.ts';

const nodeNames = z.array(z.string().min(1)).max(256);

/** Which nodes may exchange operations with this replica. */
const consentConfig = z.strictObject({
  /** Names of the nodes that may take part without a question; `all`: all that the vault has keys of. */
  trusted: z.union([z.literal('all'), nodeNames]).default([]),
  /** Names of nodes that may never take part, whatever `trusted` says. */
  blocked: nodeNames.default([]),
  /** A question to the owner that is open for so long counts as denied. */
  timeout: durationNsSchema().default(CONSENT_TIMEOUT_DEFAULT_NS),
});

/** Operations that a replica makes without an application. */
const loadConfig = z.strictObject({
  /** Mean number of operations per second, at random instants. */
  rate: perSecondSchema(),
  /** When the first may be made, from the start of the run. */
  start: durationNsSchema().default(0),
  /** When the last may be made, from the start of the run; absent: until its end. */
  stop: durationNsSchema().optional(),
  /** Number of keys of each kind that are written. */
  keys: z.int().min(1).max(10_000).default(10),
  /** Length of a value, bytes. */
  size: byteSizeSchema().pipe(z.int().min(1).max(VALUE_BYTES_MAX)).default(32),
  /** Kinds of operations, made in turn. */
  kinds: z
    .array(z.enum(['put', 'increment', 'add', 'remove', 'put-field', 'remove-field', 'erase']))
    .min(1)
    .max(64)
    .default(['put', 'increment', 'add', 'remove', 'put-field']),
});

/** Checked options of the load that a replica makes. */
export type VaultLoadOptions = z.output<typeof loadConfig>;

/** Schema of the options of `vault` nodes. */
export const vaultConfig = z.strictObject({
  /** Name of the vault, the same for all replicas: messages of another are dropped. */
  vault: z.string().min(1).max(NAME_BYTES_MAX).default('vault'),
  /** Names of the replicas with which this one exchanges clocks; absent: all that its carrier reaches. */
  peers: nodeNames.optional(),
  /** Mean time between two clocks to a peer; each is drawn within 20 % of it. */
  every: durationNsSchema().pipe(z.number().min(1_000_000)).default(ROUND_DEFAULT_NS),
  /**
   * How long the carrier may keep a message that it cannot pass on. Carriers that compare calendar times need more than
   * clocks of nodes differ by.
   */
  lifetime: durationNsSchema().pipe(z.number().min(1_000_000)).default(LIFETIME_DEFAULT_NS),
  /** Operations that the log keeps; a peer that is further behind gets a snapshot. */
  log: z.int().min(10).max(LOG_MAX_DEFAULT).default(LOG_MAX_DEFAULT),
  /** Who may take part. */
  consent: consentConfig.default({ trusted: [], blocked: [], timeout: CONSENT_TIMEOUT_DEFAULT_NS }),
  /** Operations that this replica makes without an application. */
  load: loadConfig.optional(),
  /**
   * An attack: the share of the operations of others that this replica passes on changed, in turn by one bit, and
   * signed anew with its own key, which it encloses.
   */
  tampers: z.number().min(0).max(1).default(0),
  /**
   * Defects for tests, never for real data: `carried-key` verifies an operation with the key that it carries,
   * `one-nonce` seals all values with one key and nonce, `by-millisecond` skips operations of one actor in one
   * millisecond, `own-clock` stamps by its own clock, however wrong, `keeps-keys` deletes no key of an erased value.
   */
  double: z
    .enum(['carried-key', 'one-nonce', 'by-millisecond', 'own-clock', 'keeps-keys'])
    .optional(),
});

/** Checked options of a replica. */
export type VaultOptions = z.output<typeof vaultConfig>;
