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
   * `memory` loses everything in a crash. `durable` acknowledges a bundle, to an application or a
   * neighbour, only when the bundle is on disk, where a restarted node finds it.
   */
  kind: z.enum(['memory', 'durable']).default('memory'),
  /** Largest total length of the stored bundles, bytes. */
  bytes: byteSizeSchema().default(DEFAULT_STORE_BYTES),
  /** Largest number of stored bundles. */
  bundles: z.int().min(1).max(1_000_000).default(DEFAULT_STORE_BUNDLES),
  /**
   * What a full store does with a bundle: `reject-new` refuses it, so that applications and
   * neighbours keep it; the other policies drop bundles that are stored, but never those of the
   * node's own applications.
   */
  policy: z.enum(EVICTION_POLICIES).default('reject-new'),
  /**
   * Share of the store, 0 to 1, that the bundles of one source may take; the node's own applications have
   * no such limit.
   */
  perSource: shareSchema().default(DEFAULT_STORE_SHARE_PER_SOURCE),
});

/** The Licklider Transmission Protocol (RFC 5326). */
const ltpConfig = z.strictObject({
  /** Whether bundles are acknowledged (`red`), or sent once (`green`). */
  part: z.enum(['red', 'green']).default('red'),
  /** Time that each end needs to answer, in addition to the light time of the link. */
  margin: durationNsSchema().default(LTP_ANSWER_MARGIN_NS),
  /** How often one segment is repeated before the transfer of its bundle is given up. */
  retries: z.int().min(0).max(1_000).default(LTP_RETRANSMISSIONS_MAX),
  /**
   * Largest number of bundles under way to a neighbour at once; the same limit applies to those from it.
   */
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
  /**
   * Interval of keep-alives that this node proposes, s; the shorter of both ends' intervals counts, and 0
   * at either end means none.
   */
  keepAlive: z.int().min(0).max(65_535).default(TCPCL_KEEP_ALIVE_S),
  /**
   * TLS 1.3 with a pre-shared key for each pair of neighbours: `prefer` uses it if the neighbour offers it
   * too, `require` refuses sessions without it. An attacker on the path can suppress TLS with `prefer`.
   */
  tls: z.enum(TLS_POLICIES).default('off'),
});

/** The radio mesh; options that are not given have the values of the profile. */
const meshConfig = z.strictObject({
  /** The set of defaults for the other options: ours (`document`), or that of the program bitchat. */
  profile: z.enum(['document', 'bitchat']).default('document'),
  /** Probability, 0 to 1, that a node relays a frame. */
  relay: shareSchema().optional(),
  /** Number of repair frames of a block divided by its number of fragments, 0 to 1. */
  repair: shareSchema().optional(),
});

/** Schema of the options of `dtn` nodes. */
export const dtnConfig = z.strictObject({
  /** Scheme of the identifiers of nodes: `ipn:3.1`, or `dtn://bob/app`. The same on all nodes. */
  eids: z.enum(['ipn', 'dtn']).default('ipn'),
  /**
   * The router, which decides where bundles go. Routers with one copy of each bundle: `contact-graph`
   * computes routes from the planned contacts, `direct` waits for the destination itself, `static` follows
   * `routes`, `first-contact` gives a bundle to the first neighbour that it meets, `backpressure` to a
   * neighbour that holds fewer bundles for the same destination. Routers with several copies: `epidemic`,
   * `two-hop`, `spray-source`, `spray-binary`, `prophet`.
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
   * Which bundles of this node are critical; `expedited`: those of the highest priority. The router
   * `contact-graph` sends a copy of a critical bundle to every neighbour with which a route begins.
   */
  critical: z.enum(['none', 'expedited']).default('none'),
  /** Largest number of copies of each bundle with the routers `spray-source` and `spray-binary`. */
  copies: z.int().min(1).max(SPRAY_COPIES_MAX).default(DEFAULT_SPRAY_COPIES),
  prophet: prophetConfig.prefault({}),
  /** The convergence layer on links; the same at both ends. */
  layer: z.enum(['udpcl', 'tcpcl', 'ltp', 'mesh']).default('udpcl'),
  ltp: ltpConfig.prefault({}),
  tcpcl: tcpclConfig.prefault({}),
  mesh: meshConfig.prefault({}),
  /** Lifetime of bundles for which the application names none. */
  lifetime: durationNsSchema().default(DEFAULT_LIFETIME_NS),
  /** Largest number of hops that a bundle from this node may make. */
  hopLimit: z.int().min(1).max(255).default(DEFAULT_HOP_LIMIT),
  /** CRC of the primary and the payload block. */
  crc: z.enum(['none', '16', '32c']).default('32c'),
  /** CRC type of the payload block, if not `crc`: some agents refuse payload blocks that have a CRC. */
  payloadCrc: z.enum(['none', '16', '32c']).optional(),
  /** Refuses bundles whose primary block has no CRC (RFC 9171 section 4.3.1). */
  requirePrimaryCrc: z.boolean().default(true),
  /**
   * Over a carrier: wait for a receipt before a bundle is repeated; each further wait is twice as long.
   */
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
   * Which status reports the node sends about bundles that ask for them (RFC 9171 section 5.1: none by
   * default) and how many per second, and which reports its own bundles ask for.
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
      /** Largest number of reports per second. */
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
      /** Largest number of unfinished bundles at a time. */
      open: z.int().min(1).max(65_536).default(REASSEMBLIES_MAX),
      /**
       * Largest total payload length that the unfinished bundles of one source will have when whole, bytes.
       */
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
