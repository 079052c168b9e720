/**
 * Gateway: the options of a node in a topology or scenario file, with their defaults;
 * nodes/gateway/README.md lists the options that scenarios change. A name after "published as" is that
 * of the same option in the configuration of the published gateway that docs/FIGURES.md compares ours with.
 *
 * @module
 */
import { z } from 'zod';
import { byteSizeSchema, durationNsSchema, shareSchema } from '../_kit/options.ts';
import { WINDOW_BITS_MAX, WINDOW_BITS_MIN } from '../_kit/replay-window.ts';
import {
  CLOCK_TOLERANCE_US_DEFAULT,
  FRAME_AGE_US_MAX_DEFAULT,
  FRAME_BURST_DEFAULT,
  FRAMES_PER_SECOND_DEFAULT,
  PEERS_MAX_DEFAULT,
  REKEY_AGE_NS_DEFAULT,
  REKEY_BYTES_DEFAULT,
  SILENT_PEER_TTL_NS_DEFAULT,
  WINDOW_BITS_DEFAULT,
} from './geometry.ts';
import { STRATEGY_KINDS } from './multipath/strategy.ts';
import { pathPolicySchema } from './policy-options.ts';
import { routingPolicySchema } from './routing/policy-option.ts';
import { trafficClassesSchema } from './routing/traffic-class.ts';

const MS = 1_000_000;
const SECOND = 1_000_000_000;
const NS_PER_US = 1_000;
/** A random draw is below 2^32. */
const QUEUE_WAIT_NS_MAX = 4 * SECOND;

/** A pause between repeated actions: zero would keep the node busy for ever. */
const pauseNs = (): ReturnType<typeof durationNsSchema> =>
  durationNsSchema().refine((ns) => ns >= MS, { message: 'is below 1ms' });

const preferences = z.strictObject({
  /** Paths with a longer round trip are used only when there is no other path. */
  maxRtt: durationNsSchema().optional(),
  /** Smallest announced bandwidth of a path, bit/s. */
  minBandwidth: z.int().min(0).optional(),
  /** Largest number of interfaces on a path. */
  maxHops: z.int().min(1).optional(),
  /** Autonomous systems that a path must not cross, as `1-ff00:0:110`. */
  avoidAs: z.array(z.string()).max(64).optional(),
  /** Autonomous systems that add to the score of each path that crosses them. */
  preferAs: z.array(z.string()).max(64).optional(),
  /** The property that counts most in the choice of a path; absent: round trip and delivery count alike. */
  favour: z.enum(['latency', 'bandwidth', 'stability']).optional(),
});

const multipathOptions = z.strictObject({
  /** `reference` runs the rules of the reference gateway, for comparison. */
  mode: z.enum(['orrery', 'reference']).default('orrery'),
  /**
   * Which paths a packet takes: `failover` the one in use; `best` the one that delivers soonest now; `weighted` one of all in
   * turn, by their announced bandwidths; `race` the one in use and the standby, a copy on each; `striping` as `weighted`, and
   * the receiver puts packets in order.
   */
  strategy: z.enum(STRATEGY_KINDS).default('failover'),
  /**
   * With `authenticated`, paths over an interface are left at once if the interface's AS reports it down in a message
   * signed with DRKey; needs control services. `trusting` is a test double that believes forged messages, never for
   * traffic.
   */
  scmp: z.enum(['checked', 'authenticated', 'trusting']).default('checked'),
  /** Whether frames leave on EPIC-HP paths, where control services announce what that needs (option `epic`). */
  epic: z.boolean().default(false),
  /** Time between probes of paths that are in use, ready as standby, or being judged. */
  probeInterval: pauseNs().default(50 * MS),
  /** Time between probes of warm paths. */
  warmInterval: pauseNs().default(500 * MS),
  /** Time between probes of cold paths. */
  coldInterval: pauseNs().default(5 * SECOND),
  /** Number of consecutive unanswered probes after which a path is dead. */
  misses: z.int().min(1).max(6).default(3),
  /** Time added to the expected round trip before a probe counts as unanswered. */
  timeoutMargin: durationNsSchema().default(5 * MS),
  /** Shortest time after which a probe counts as unanswered. */
  timeoutFloor: durationNsSchema().default(1 * MS),
  /** Whether the receiver reports what arrives while data flows. */
  reports: z.boolean().default(true),
  /** Time between two reports. */
  reportInterval: pauseNs().default(25 * MS),
  /** Number of missing reports after which a path is suspected. */
  reportMisses: z.int().min(1).max(20).default(3),
  /** Published as `failover_rtt_threshold`: multiple of the path's own baseline round trip. */
  rttThreshold: z.number().min(1.1).max(100).default(2),
  /** Published as `failover_loss_threshold`: share of the last 100 probes that may be lost. */
  lossThreshold: shareSchema().default(0.1),
  /** Queueing delay above which a path in use is left while its queue still grows; absent: queues count only by `rttThreshold`. */
  queueDelay: pauseNs().optional(),
  /** A path is left for its queue after a random time of at most this, so that not all gateways that share it leave at once. */
  queueWait: durationNsSchema()
    .refine((ns) => ns <= QUEUE_WAIT_NS_MAX, { message: 'is above 4s' })
    .default(1_500 * MS),
  /** With fewer live paths than this, paths are looked up every second instead of every refresh interval. */
  minPaths: z.int().min(1).max(64).default(1),
  /** Paths beyond this number are neither probed nor used. */
  maxPaths: z.int().min(1).max(64).default(10),
  /** Published as `exploration_probability`: probability that a refresh also probes a path that is not in use. */
  exploration: shareSchema().default(0.1),
  /** Published as `quality_smoothing`: weight of a new round trip in the moving average. */
  smoothing: z.number().min(0.001).max(1).default(0.125),
  /** Published as `path_refresh_interval`: time between look-ups of paths. */
  refreshInterval: pauseNs().default(5 * SECOND),
  /** H0: how long a path must be better before a planned return to it; grows with each fault. */
  hold: durationNsSchema().default(10 * SECOND),
  preferences: preferences.prefault({}),
});

const multipath = multipathOptions
  .refine(({ minPaths, maxPaths }) => minPaths <= maxPaths, {
    message: 'minPaths is above maxPaths: there can never be that many',
    path: ['minPaths'],
  })
  .refine(({ mode, strategy }) => mode === 'orrery' || strategy === 'failover', {
    message: 'the rules of the reference gateway keep no standby: they allow failover alone',
    path: ['strategy'],
  });

const antiReplay = z
  .strictObject({
    /** Size of the replay window, bits; published as `window_size`. */
    windowSize: z
      .int()
      .min(WINDOW_BITS_MIN)
      .max(WINDOW_BITS_MAX)
      .refine((bits) => bits % WINDOW_BITS_MIN === 0, { message: 'is not a multiple of 64' })
      .default(WINDOW_BITS_DEFAULT),
    /** `go` and `rust` are test doubles with the defects of published windows, never for traffic. */
    window: z.enum(['correct', 'go', 'rust']).default('correct'),
    /** Frames with an older time stamp are refused; published as `max_sequence_age`. */
    maxSequenceAge: durationNsSchema().default(FRAME_AGE_US_MAX_DEFAULT * NS_PER_US),
    /** Frames whose time stamp is at most this far in the future are accepted. */
    clockTolerance: durationNsSchema().default(CLOCK_TOLERANCE_US_DEFAULT * NS_PER_US),
    /** A peer's windows are removed when no frame has come from it for this long. */
    cleanupTtl: durationNsSchema().default(SILENT_PEER_TTL_NS_DEFAULT),
    /** Sequence numbers reserved per disk write: enough for a second of traffic or more. */
    reserve: z.int().min(64).max(10_000_000).default(16_384),
  })
  .refine((options) => options.cleanupTtl >= options.maxSequenceAge, {
    message:
      'cleanupTtl is shorter than maxSequenceAge, which would re-open the window for replays',
    path: ['cleanupTtl'],
  });

const gatewayOptions = z.strictObject({
  /**
   * How packets travel: each as a sealed frame, or IP packets in the frames of the reference gateway, which are neither
   * encrypted nor authenticated nor protected against replay.
   */
  encapsulation: z.enum(['sealed', 'sig']).default('sealed'),
  /** Where data frames are opened: by the thread that receives them, or by worker threads. */
  opening: z.enum(['inline', 'threads']).default('inline'),
  /** Names of the gateways to talk to; all gateways of the topology when absent. */
  peers: z.array(z.string()).max(PEERS_MAX_DEFAULT).optional(),
  multipath: multipath.prefault({}),
  /**
   * Paths that may be used, and in which order the first `maxPaths` are taken: a sequence, or a map
   * (nodes/scion/policy).
   */
  policy: pathPolicySchema.optional(),
  /**
   * The prefixes of IP addresses that are announced to peers and accepted from them, in the text format of the reference
   * (nodes/gateway/routing/policy.ts); absent: none.
   */
  routing: routingPolicySchema.optional(),
  /** Traffic classes of IP packets, each with path policies of its own; the first that fits applies (nodes/gateway/routing). */
  classes: trafficClassesSchema.optional(),
  antiReplay: antiReplay.prefault({}),
  rekey: z
    .strictObject({
      /** Published as `max_bytes_per_key`: new keys are agreed after this many bytes under one key. */
      bytes: byteSizeSchema().default(REKEY_BYTES_DEFAULT),
      /** Published as `max_time_per_key`: new keys are agreed when a key is this old. */
      age: durationNsSchema().default(REKEY_AGE_NS_DEFAULT),
    })
    .prefault({}),
  /** What is done when the path to a peer cannot transport all packets. */
  overload: z
    .strictObject({
      /** Whether packets that the path to a peer cannot transport are rejected at the source. */
      shed: z.boolean().default(true),
      /** Queueing delay above which packets are rejected. */
      delay: durationNsSchema().default(60 * MS),
    })
    .prefault({}),
  rateLimit: z
    .strictObject({
      /** Whether frames from a peer are limited. */
      enabled: z.boolean().default(false),
      /** Frames a second from one peer. */
      perSecond: z.int().min(1).default(FRAMES_PER_SECOND_DEFAULT),
      /** Largest number of frames that may come at once. */
      burst: z.int().min(1).max(9_000_000).default(FRAME_BURST_DEFAULT),
    })
    .prefault({}),
  /** `eager` is a test double that charges for frames before it checks them, never for traffic. */
  admission: z.enum(['checked', 'eager']).default('checked'),
  /**
   * Test doubles, never for traffic: `swallowing` silently loses every tenth received packet,
   * `hoarding` loses the first of the packets that waited for a session or a path.
   */
  double: z.enum(['swallowing', 'hoarding']).optional(),
});

/** Schema of the options of `gateway` nodes. */
export const gatewayConfig = gatewayOptions.refine(
  ({ encapsulation, multipath: { strategy } }) =>
    encapsulation === 'sealed' || !['race', 'striping'].includes(strategy),
  {
    message:
      'SIG frames neither race nor stripe: nothing in them tells the second copy from a new packet, or the order of several paths',
    path: ['encapsulation'],
  },
);

/** The checked options of a `gateway` node. */
export type GatewayOptions = z.output<typeof gatewayConfig>;
