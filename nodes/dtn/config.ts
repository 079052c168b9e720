/**
 * Delay-tolerant networking: the options of a node in a topology or scenario file.
 *
 * @module
 */
import { z } from 'zod';
import { PATTERN_LENGTH_MAX } from '../../engine/pure/name-pattern.ts';
import { byteSizeSchema, durationNsSchema, shareSchema } from '../_kit/options.ts';
import { EVICTION_POLICIES } from './agent/store-policy.ts';
import {
  BUNDLE_BYTES_MAX,
  CARRIER_RETRY_NS,
  DEFAULT_HOP_LIMIT,
  DEFAULT_LIFETIME_NS,
  DEFAULT_PROPHET_INTERVAL_NS,
  DEFAULT_PROPHET_TIME_UNIT_NS,
  DEFAULT_SPRAY_COPIES,
  DEFAULT_STORE_BUNDLES,
  DEFAULT_STORE_BYTES,
  DEFAULT_STORE_SHARE_PER_SOURCE,
  LTP_ANSWER_MARGIN_NS,
  LTP_RETRANSMISSIONS_MAX,
  LTP_SESSIONS_MAX,
  REASSEMBLIES_MAX,
  SPRAY_COPIES_MAX,
  TCPCL_KEEP_ALIVE_S,
} from './geometry.ts';
import { TLS_POLICIES } from './layer/tcpcl-interface.ts';
import { securityConfig } from './security/options.ts';

/** The store of a node: its kind, its size, and what it does when it is full. */
const storeConfig = z.strictObject({
  /**
   * `memory` loses everything in a crash. `durable` answers an application or a neighbour when the
   * bundle is on disk, and finds it there after a restart.
   */
  kind: z.enum(['memory', 'durable']).default('memory'),
  /** Bytes of bundles. */
  bytes: byteSizeSchema().default(DEFAULT_STORE_BYTES),
  /** Number of bundles. */
  bundles: z.int().min(1).max(1_000_000).default(DEFAULT_STORE_BUNDLES),
  /**
   * What a full store does with a bundle: `reject-new` refuses it, so that applications and
   * neighbours keep it; the other policies drop bundles that are stored, but never those of the
   * node's own applications.
   */
  policy: z.enum(EVICTION_POLICIES).default('reject-new'),
  /** Share of the store that bundles of one other node may take. */
  perSource: shareSchema().default(DEFAULT_STORE_SHARE_PER_SOURCE),
});

/** The Licklider Transmission Protocol (RFC 5326). */
const ltpConfig = z.strictObject({
  /** Whether bundles are acknowledged (`red`), or sent once (`green`). */
  part: z.enum(['red', 'green']).default('red'),
  /** What each end needs to answer, beside the light time of the link. */
  margin: durationNsSchema().default(LTP_ANSWER_MARGIN_NS),
  /** Repetitions of one segment before its bundle is given up. */
  retries: z.int().min(0).max(1_000).default(LTP_RETRANSMISSIONS_MAX),
  /** Bundles under way to a neighbour at once, and from it. */
  sessions: z.int().min(1).max(4_096).default(LTP_SESSIONS_MAX),
});

/** Names of routers. */
const ROUTERS = [
  'contact-graph',
  'direct',
  'static',
  'first-contact',
  'backpressure',
  'epidemic',
  'two-hop',
  'spray-source',
  'spray-binary',
  'prophet',
] as const;

/** Events of a bundle of which status reports tell (RFC 9171 section 6.1.1). */
export const REPORT_KINDS = ['received', 'forwarded', 'delivered', 'deleted'] as const;

/** Durations for the router `prophet` (RFC 6693 section 3.3 leaves both to the network). */
const prophetConfig = z.strictObject({
  /** Usual time between two encounters of the same two nodes. */
  usual: durationNsSchema().default(DEFAULT_PROPHET_INTERVAL_NS),
  /** Time unit of aging: the predictability of an encounter decays once for each unit. */
  unit: durationNsSchema().default(DEFAULT_PROPHET_TIME_UNIT_NS),
});

/** The TCP convergence layer (RFC 9174). */
const tcpclConfig = z.strictObject({
  /** Interval of keep-alives that this node wishes for, s; 0 for none. */
  keepAlive: z.int().min(0).max(65_535).default(TCPCL_KEEP_ALIVE_S),
  /**
   * TLS 1.3 with a key of each pair of neighbours: `prefer` uses it if the neighbour does too,
   * `require` refuses sessions without it. An attacker on the path can make `prefer` do without it.
   */
  tls: z.enum(TLS_POLICIES).default('off'),
});

/** The radio mesh: rules that are not given are those of the profile. */
const meshConfig = z.strictObject({
  /** The set of defaults for the other options: ours (`document`), or that of the program bitchat. */
  profile: z.enum(['document', 'bitchat']).default('document'),
  /** Probability that a node relays a frame. */
  relay: shareSchema().optional(),
  /** Repairs as a share of the fragments of a block. */
  repair: shareSchema().optional(),
});

/** Schema of the options of `dtn` nodes. */
export const dtnConfig = z.strictObject({
  /** Scheme of the identifiers of nodes: `ipn:3.1`, or `dtn://bob/app`. The same on all nodes. */
  eids: z.enum(['ipn', 'dtn']).default('ipn'),
  /**
   * Decides where bundles go. One copy of each: `contact-graph` computes routes from the planned
   * contacts, `direct` waits for the destination itself, `static` follows `routes`, `first-contact`
   * gives a bundle to the first neighbour it meets, `backpressure` to one that holds fewer bundles for
   * the same destination. Several copies:
   * `epidemic`, `two-hop`, `spray-source`, `spray-binary`, `prophet`.
   */
  router: z.enum(ROUTERS).default('contact-graph'),
  /** Table of the router `static`: the first row counts whose `to` fits the name of the destination. */
  routes: z
    .array(
      z.strictObject({
        /** Name of a host; `*` stands for any letters. */
        to: z.string().min(1).max(PATTERN_LENGTH_MAX),
        /** Name of the neighbour to which such bundles go. */
        via: z.string().min(1),
      }),
    )
    .max(10_000)
    .default([]),
  /**
   * Which bundles of this node are critical: with `expedited` those of that priority. The contact
   * graph sends a copy of a critical bundle on every route with another first hop.
   */
  critical: z.enum(['none', 'expedited']).default('none'),
  /** Copies of each bundle with the routers `spray-source` and `spray-binary`. */
  copies: z.int().min(1).max(SPRAY_COPIES_MAX).default(DEFAULT_SPRAY_COPIES),
  prophet: prophetConfig.prefault({}),
  /** The convergence layer on links; the same at both ends. */
  layer: z.enum(['udpcl', 'tcpcl', 'ltp', 'mesh']).default('udpcl'),
  ltp: ltpConfig.prefault({}),
  tcpcl: tcpclConfig.prefault({}),
  mesh: meshConfig.prefault({}),
  /** Lifetime of bundles whose sender does not wish for another. */
  lifetime: durationNsSchema().default(DEFAULT_LIFETIME_NS),
  /** Largest number of hops that a bundle from this node may make. */
  hopLimit: z.int().min(1).max(255).default(DEFAULT_HOP_LIMIT),
  /** CRC of the primary and the payload block. */
  crc: z.enum(['none', '16', '32c']).default('32c'),
  /** CRC type of the payload block, if not `crc`: some agents refuse payload blocks that have a CRC. */
  payloadCrc: z.enum(['none', '16', '32c']).optional(),
  /** Refuses bundles whose primary block has no CRC (RFC 9171 section 4.3.1). */
  requirePrimaryCrc: z.boolean().default(true),
  /** Above a carrier: wait for a receipt before a bundle is repeated; further waits double. */
  retry: durationNsSchema().default(CARRIER_RETRY_NS),
  /**
   * `none` for a node that does not know the time: its bundles say how old they are instead of when
   * they were created, and it believes what others say of their age.
   */
  clock: z.enum(['host', 'none']).default('host'),
  /**
   * `proactive` splits a bundle that is too long for its way, or for what is left of a contact, into
   * fragments; `off` lets it wait for another way or contact.
   */
  fragmentation: z.enum(['off', 'proactive']).default('off'),
  /**
   * Status reports that the node sends if a bundle asks for them (RFC 9171 section 5.1 has them off
   * by default), how many of them each second, and which reports its own bundles ask for.
   */
  reports: z
    .strictObject({
      /** Whether it reports that a bundle was received. */
      received: z.boolean().default(false),
      /** Whether it reports that a bundle was forwarded. */
      forwarded: z.boolean().default(false),
      /** Whether it reports that a bundle was delivered. */
      delivered: z.boolean().default(false),
      /** Whether it reports that a bundle was deleted. */
      deleted: z.boolean().default(false),
      /** Reports a second, at most. */
      rate: z.int().min(1).max(1_000).default(1),
      /** Events about which bundles of this node ask other nodes to send it reports. */
      ask: z.array(z.enum(REPORT_KINDS)).max(REPORT_KINDS.length).default([]),
      /** Whether bundles of this node ask for the time of the event in reports (RFC 9171 section 4.2.3). */
      time: z.boolean().default(false),
    })
    .prefault({}),
  /** Limits of the bundles that a node is putting together from fragments. */
  reassembly: z
    .strictObject({
      /** Number of bundles at a time. */
      open: z.int().min(1).max(65_536).default(REASSEMBLIES_MAX),
      /** Bytes that their payloads will have when whole, for each source. */
      bytes: byteSizeSchema().default(BUNDLE_BYTES_MAX),
    })
    .prefault({}),
  store: storeConfig.prefault({}),
  /** Keys and rules for integrity and confidentiality (RFC 9172). */
  security: securityConfig.prefault({}),
  /** An attacker: `flip-bits` flips a bit in the payload of every tenth bundle of others. */
  hostile: z.enum(['none', 'flip-bits']).default('none'),
  /**
   * Defects for tests, never for real traffic: `dropping` drops every second bundle of others,
   * `swallowing` does so without counting a drop, `roundabout` takes the worst route that it knows,
   * `early-receipt` answers before bundles are on disk, `blind-receipt` acknowledges every bundle that
   * it has handed on before, `forgetting` forgets what it delivered, `ageless` never increases the age
   * of bundles, `overbooking` gives contacts more than they can carry.
   */
  double: z
    .enum([
      'dropping',
      'swallowing',
      'roundabout',
      'early-receipt',
      'blind-receipt',
      'forgetting',
      'ageless',
      'overbooking',
    ])
    .optional(),
});

/** The checked options of a `dtn` node. */
export type DtnOptions = z.output<typeof dtnConfig>;
