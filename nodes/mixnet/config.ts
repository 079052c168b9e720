/**
 * Mixnet: the options of a node in a topology or scenario file, with their defaults. One schema for
 * all roles, so that a scenario can set an option for the whole network; a role ignores options of
 * other roles.
 *
 * @module
 */
import { z } from 'zod';
import { byteSizeSchema, durationNsSchema } from '../_kit/options.ts';
import { KEY_EXCHANGE_NAMES, PACKET_FORMAT_NAMES } from '../sphinx/index.ts';
import { CANDIDATES_MAX, NEIGHBOURS_PER_AS_MAX_DEFAULT } from '../vrf/index.ts';
import { clientConfig, meanIntervalNsSchema } from './client/index.ts';
import {
  AUDIT_LATENESS_MAX_NS,
  AUDIT_TOLERANCE_NS_DEFAULT,
  BUFFER_POOL_SIZE,
  CLIENT_BURST_PACKETS_DEFAULT,
  CLIENT_RATE_SLACK_FACTOR,
  DIRECTORY_PORT,
  DROP_COVER_INTERVAL_NS_DEFAULT,
  EPOCH_LENGTH_NS_DEFAULT,
  HOP_DELAY_MEAN_NS_DEFAULT,
  LAYERS_DEFAULT,
  LINK_TRANSIT_NS_DEFAULT,
  LOOP_INTERVAL_NS_DEFAULT,
  MIX_LOOP_INTERVAL_NS_DEFAULT,
  MIX_QUEUE_PACKETS_MAX_DEFAULT,
  PACKET_PORT,
  PAYLOAD_INTERVAL_NS_DEFAULT,
  RETRIEVE_BATCH_DEFAULT,
  SPOOL_CLIENT_MESSAGES_DEFAULT,
  SPOOL_TOTAL_MESSAGES_DEFAULT,
  USER_DATA_BYTES_DEFAULT,
} from './geometry.ts';
import { nodeRateLimitConfig } from './limit.ts';
import { mixingConfig } from './mixing/index.ts';
import { replayConfig } from './replay/index.ts';

const NS_PER_MS = 1_000_000;
const SECOND = 1_000_000_000;
const port = (standard: number): z.ZodDefault<z.ZodInt> =>
  z.int().min(1).max(65_535).default(standard);

/** Names of the defective variants for tests; see the option `double`. */
const DOUBLES = [
  ...['forgetful', 'lossy', 'swallowing', 'eager', 'hasty', 'late', 'silent', 'unpadded'],
  ...['partisan', 'credulous'],
] as const;

const sphinx = z.strictObject({
  /**
   * How packets are encrypted hop by hop: `x25519` blinds one group element from hop to hop; the
   * other exchanges use one encapsulation per hop.
   */
  exchange: z.enum(KEY_EXCHANGE_NAMES).default('x25519'),
  /**
   * Packet format. `outfox-like-research` is for comparison only: no interoperability vectors exist
   * for it.
   */
  format: z.enum(PACKET_FORMAT_NAMES).default('katzenpost'),
  /** Length of the user data in a packet, in bytes. */
  payload: byteSizeSchema()
    .refine((bytes) => bytes >= 64 && bytes <= 60_000, { message: 'is not within 64B and 60000B' })
    .default(USER_DATA_BYTES_DEFAULT),
});

/**
 * The rates that the authority writes into the document, as mean intervals; `0/s` switches a
 * process off.
 */
const rates = z.strictObject({
  /** Mean delay at each hop. */
  delay: meanIntervalNsSchema()
    .refine((ns) => ns > 0, { message: 'is not a delay: a mix without delay hides nothing' })
    .default(HOP_DELAY_MEAN_NS_DEFAULT),
  /** Rate at which each client sends a message or, if no message waits, a drop packet. */
  payload: meanIntervalNsSchema().default(PAYLOAD_INTERVAL_NS_DEFAULT),
  /** Rate at which each client sends loops: packets that return to it. */
  loop: meanIntervalNsSchema().default(LOOP_INTERVAL_NS_DEFAULT),
  /** Rate at which each client sends additional drop packets, which a random provider discards. */
  drop: meanIntervalNsSchema().default(DROP_COVER_INTERVAL_NS_DEFAULT),
  /** Rate at which each mix sends loops. */
  mixLoop: meanIntervalNsSchema().default(MIX_LOOP_INTERVAL_NS_DEFAULT),
  /** Rate at which each provider sends loops. */
  providerLoop: meanIntervalNsSchema().default(0),
});

const spool = z.strictObject({
  /** Largest number of spooled messages of one client. */
  perClient: z.int().min(1).max(1_000_000).default(SPOOL_CLIENT_MESSAGES_DEFAULT),
  /** Largest number of spooled messages of all clients of a provider together. */
  total: z.int().min(1).max(10_000_000).default(SPOOL_TOTAL_MESSAGES_DEFAULT),
  /**
   * Number of frames in the answer to each retrieval: messages, then empty frames up to this
   * number.
   */
  batch: z.int().min(1).max(50).default(RETRIEVE_BATCH_DEFAULT),
});

/** Limit on the packets that a provider accepts from each of its clients (a token bucket). */
const rateLimit = z.strictObject({
  /** Whether packets of clients are limited. */
  enabled: z.boolean().default(true),
  /** The bucket refills at this multiple of the packet rate that the document allows a client. */
  slack: z.number().min(1).max(1_000).default(CLIENT_RATE_SLACK_FACTOR),
  /** Largest number of packets that a client may send at once. */
  burst: z.int().min(1).max(9_000_000).default(CLIENT_BURST_PACKETS_DEFAULT),
});

/** With mixing strategy `vrf-exp`: how mixes and providers audit the loops that they send. */
const vrfAudit = z.strictObject({
  /**
   * Whether nodes audit loops; on by default with `vrf-exp`. Other strategies cannot be audited.
   */
  enabled: z.boolean().optional(),
  /** Time that a packet takes on a link from one node to the next, without the delay at a mix. */
  transit: durationNsSchema().default(LINK_TRANSIT_NS_DEFAULT),
  /**
   * How far a loop's time may deviate from the sum of its delays because of jitter; lateness that
   * nodes admit comes on top.
   */
  tolerance: durationNsSchema().default(AUDIT_TOLERANCE_NS_DEFAULT),
  /**
   * Longest lateness of a node that an auditor accepts as an explanation when a loop took longer.
   */
  lateness: durationNsSchema().default(AUDIT_LATENESS_MAX_NS),
});

/**
 * Settings of the draw by which each mix chooses its neighbours, mixes of the next layer, in each
 * epoch.
 */
const neighbours = z.strictObject({
  /** Number of neighbours that each mix draws. */
  count: z.int().min(1).max(CANDIDATES_MAX),
  /**
   * Largest number of neighbours in one autonomous system (option `asn`), as long as there are
   * enough candidates in other systems.
   */
  maxPerAs: z.int().min(1).max(CANDIDATES_MAX).default(NEIGHBOURS_PER_AS_MAX_DEFAULT),
});

/** Schema of the options of a mixnet node. */
export const mixnetConfig = z
  .strictObject({
    /** Role of the node. */
    role: z.enum(['mix', 'provider', 'client', 'authority']),
    /** Name of the node with the role `authority`. */
    authority: z.string().min(1).default('authority'),
    /** UDP port on which nodes receive packets; the same for all nodes of a network. */
    port: port(PACKET_PORT),
    /** Port on which the authority accepts streams; the same for all nodes of a network. */
    directoryPort: port(DIRECTORY_PORT),
    /** Number of mixes on a path; each is in a layer of its own, except in a free route. */
    layers: z.int().min(1).max(18).default(LAYERS_DEFAULT),
    /**
     * How paths cross the mixes. `stratified`: from a mix of each layer to any mix of the next.
     * `cascade`: along separate chains. `free-route`: from any mix to any other.
     */
    topology: z.enum(['stratified', 'cascade', 'free-route']).default('stratified'),
    /**
     * How mixes are assigned to layers. `beacon`: by a shared random value; every node checks the
     * assignment, and all mixes need links to each other. `fixed`: by the option `places` of the
     * authority, so that the existing links suffice.
     */
    placement: z.enum(['fixed', 'beacon']).default('fixed'),
    /** Option of the authority for `placement: fixed`: for each layer, the names of its mixes. */
    places: z.array(z.array(z.string()).min(1).max(4_096)).max(18).optional(),
    /** Length of an epoch: how long a document is valid. */
    epoch: durationNsSchema()
      .refine((ns) => ns >= SECOND && ns % NS_PER_MS === 0, {
        message: 'is below 1s, or no whole number of milliseconds',
      })
      .default(EPOCH_LENGTH_NS_DEFAULT),
    sphinx: sphinx.prefault({}),
    rates: rates.prefault({}),
    /** Mixing strategy: how a mix or provider delays packets. */
    mixing: mixingConfig.prefault({ strategy: 'poisson' }),
    /**
     * How mixes draw neighbours. If absent, every mix of a layer may follow every mix of the
     * previous layer.
     */
    neighbours: neighbours.optional(),
    /**
     * Suite of the nodes' VRF keys (RFC 9381), for `neighbours` and `mixing: { strategy: vrf-exp
     * }`.
     */
    vrfSuite: z.enum(['tai', 'ell2']).default('tai'),
    vrfAudit: vrfAudit.prefault({}),
    replay: replayConfig.prefault({}),
    /** Largest number of packets that wait in a mix or provider. */
    queue: z.int().min(1).max(10_000_000).default(MIX_QUEUE_PACKETS_MAX_DEFAULT),
    /**
     * Where mixes and providers decrypt a layer of each packet: in the node's thread (`inline`), or
     * in worker threads of the process. Threads suit a node that has its own process and more than
     * two cores.
     */
    unwrap: z.enum(['inline', 'threads']).default('inline'),
    /** Number of packet buffers that a mix or provider keeps for reuse. */
    pool: z.int().min(1).max(1_000_000).default(BUFFER_POOL_SIZE),
    spool: spool.prefault({}),
    rateLimit: rateLimit.prefault({}),
    /** Limit on all packets together that a mix or provider accepts; no limit when absent. */
    limit: nodeRateLimitConfig.optional(),
    client: clientConfig.prefault({}),
    /** Autonomous system of the node, as its descriptor states it. */
    asn: z.string().min(1).max(64).default('AS0'),
    /** Operator of the node; the name of the node if absent. */
    family: z.string().max(64).optional(),
    /** Load that the node requests, relative to the other nodes. */
    weight: z.number().gt(0).max(1e6).default(1),
    /**
     * Defective nodes for tests, never for real traffic. `forgetful`: mixes accept every packet
     * twice. `lossy`: mixes drop every tenth packet. `swallowing`: mixes lose every tenth packet
     * without counting it; providers lose every tenth message for a spool. `eager`: mixes halve the
     * delay. `hasty`: mixes shorten it by a tenth. `late`: mixes lengthen it by half. `silent`:
     * mixes and providers give no proofs of delays. `unpadded`: providers answer a retrieval
     * without empty frames. `partisan`: mixes prove neighbours drawn in another epoch. `credulous`:
     * the authority lists mixes whose proofs are wrong.
     */
    double: z.enum(DOUBLES).optional(),
  })
  .refine(({ epoch, rates, layers }) => 27.63 * rates.delay * (layers + 1) < epoch, {
    message: 'the longest delays of a path (27.63 times the mean, each hop) outlive the epoch',
    path: ['epoch'],
  })
  .refine(({ sphinx: { format, exchange } }) => format === 'katzenpost' || exchange !== 'x25519', {
    message: 'needs an exchange by encapsulation: x25519-kem, mlkem768, mlkem768-x25519',
    path: ['sphinx', 'format'],
  })
  .refine(({ sphinx: { format }, unwrap }) => format === 'katzenpost' || unwrap === 'inline', {
    message: 'knows the format katzenpost only',
    path: ['unwrap'],
  })
  .refine(({ neighbours: drawn, topology }) => drawn === undefined || topology === 'stratified', {
    message: 'needs layers of which each mix leads to several: topology: stratified',
    path: ['neighbours'],
  })
  .refine(({ limit, mixing }) => limit?.shaping !== true || 'maxDelay' in mixing, {
    message: 'needs a strategy that obeys delays: poisson, stop-and-go or vrf-exp',
    path: ['limit', 'shaping'],
  })
  .refine(
    ({ vrfAudit: audit, mixing }) => audit.enabled !== true || mixing.strategy === 'vrf-exp',
    {
      message:
        'needs mixing: { strategy: vrf-exp }, with other strategies the packet does not ' +
        'determine the delay, so nothing could be audited',
      path: ['vrfAudit', 'enabled'],
    },
  );

/** The checked options of a mixnet node. */
export type MixnetOptions = z.output<typeof mixnetConfig>;
