/**
 * SCION control service: the options of a node in a topology or scenario file.
 *
 * @module
 */
import { z } from 'zod';
import { durationNsSchema } from '../_kit/options.ts';
import { plugInSchema } from '../_kit/plug-in-schema.ts';
import { DISPATCHED_PORTS, type IsdAs, parseIsdAs, portRangeSchema } from '../scion/index.ts';
import { attackConfig } from './attack/attack-config.ts';
import { SELECTION_MODULE } from './beacons/chosen-selection.ts';
import { BEACON_SELECTIONS } from './beacons/selections/index.ts';
import { BEST_SET_SIZE, CANDIDATES_MAX, HOPS_MAX, ROUND_INTERVAL_NS } from './geometry.ts';

/** Lifetime of hop fields, 6 h, in units of 337.5 s minus one (reference control/beacon/policy.go). */
const EXPIRY = 63;
/** Shortest time between two rounds, ns. */
const ROUND_NS_MIN = 500_000_000;

/** Shortest lifetime of a certificate, ns: the shortest hop fields still fit into its last third. */
const CERTIFICATE_NS_MIN = 1_800_000_000_000;
/** Longest lifetime of a certificate, ns (draft-dekater-scion-pki, "Certification Path"). */
const CERTIFICATE_NS_MAX = 259_200_000_000_000;

/** Default period of grace of a TRC, ns. */
const GRACE_NS = 3_600_000_000_000;

const WATCHED_MAX = 10_000;
const WATCH_NS_MIN = 10_000_000;
const WATCH_INTERVAL_NS = 500_000_000;

const isdAs = z.string().transform((text, context): IsdAs => {
  const read = parseIsdAs(text);
  if (read.kind === 'isd-as') return read.isdAs;
  context.issues.push({ code: 'custom', input: text, message: read.reason });
  return z.NEVER;
});

const interval = durationNsSchema().refine((ns) => ns >= ROUND_NS_MIN, {
  message: 'is less than 500ms',
});

/** Schema of the options of `control-service` nodes. */
export const controlConfig = z.strictObject({
  /** Time between two rounds in which a core AS originates beacons: on all its interfaces, or by kind of neighbour. */
  origination: z
    .union([
      interval,
      z.strictObject({
        /** Between rounds on interfaces to core ASes. */
        core: interval,
        /** Between rounds on interfaces to child ASes. */
        child: interval,
      }),
    ])
    .default(ROUND_INTERVAL_NS),
  /** Time between two rounds in which beacons are passed on. */
  propagation: interval.default(ROUND_INTERVAL_NS),
  /** Time between two rounds in which segments are registered. */
  registration: interval.default(ROUND_INTERVAL_NS),
  /** Whether interfaces on which nothing has succeeded for an interval are tried again between rounds. */
  fastRecovery: z.boolean().default(true),
  /** Number of beacons that are passed on and registered; in a core AS, for each origin. */
  bestSet: z.int().min(1).max(CANDIDATES_MAX).default(BEST_SET_SIZE),
  /** Number of beacons that are kept of each origin; the best ones are chosen among them. */
  candidates: z.int().min(1).max(CANDIDATES_MAX).default(CANDIDATES_MAX),
  /** The rule that chooses the best beacons (beacons/selections/). */
  selection: plugInSchema(Object.keys(BEACON_SELECTIONS), SELECTION_MODULE).default('reference'),
  /** Largest number of ASes of a segment. */
  maxHops: z.int().min(2).max(64).default(HOPS_MAX),
  /** Lifetime of hop fields, `(1 + expiry) * 337.5 s`. */
  expiry: z.int().min(0).max(255).default(EXPIRY),
  /** Whether entries also have the part of the MACs that hosts need for EPIC-HP paths; the reference's option `epic`. */
  epic: z.boolean().default(false),
  /**
   * Keys that sign and verify entries: `modelled` keys are provisioned to all nodes before the run; `real` keys have
   * certificates, which are fetched and verified.
   */
  signatures: z.enum(['modelled', 'real']).default('modelled'),
  /**
   * Time after the start from which on no new certificate is requested, as in a neglected AS. With `real` signatures.
   */
  renewalEnds: durationNsSchema().optional(),
  /** The next TRC of the ISD, which this AS proposes. With `real` signatures, and only in a core AS. */
  trcUpdate: z
    .strictObject({
      /** Time after the start from which on it proposes the next TRC, repeatedly until there is one. */
      at: durationNsSchema(),
      /** How long the previous TRC stays in use. */
      grace: durationNsSchema().default(GRACE_NS),
    })
    .optional(),
  /** Lifetime of requested certificates, at most 3 days; the next one is requested when a third of it is left. */
  certificateLifetime: durationNsSchema()
    .refine((ns) => ns >= CERTIFICATE_NS_MIN, { message: 'is less than 30m' })
    .refine((ns) => ns <= CERTIFICATE_NS_MAX, { message: 'is more than 3 days' })
    .default(CERTIFICATE_NS_MAX),
  /** ASes to which paths are looked up from the start, as hosts would do; `control.discovery` is how long that took. */
  watch: z.array(isdAs).max(WATCHED_MAX).default([]),
  /** Time between two lookups of paths to the ASes of `watch`. */
  watchInterval: durationNsSchema()
    .refine((ns) => ns >= WATCH_NS_MIN, { message: 'is less than 10ms' })
    .default(WATCH_INTERVAL_NS),
  /** Host ports to which the AS's routers deliver directly, `first-last`; told to programs that ask. */
  dispatchedPorts: portRangeSchema.default(DISPATCHED_PORTS),
  /** Makes the AS an attacker: what its control service also sends to neighbours (attack/). */
  attack: attackConfig.optional(),
  /** DEFECTIVE DOUBLE, never for traffic (doubles/index.ts). */
  double: z.enum(['amnesiac', 'trusting', 'unheeding', 'careless', 'stubborn']).optional(),
});

/** The checked options of a `control-service` node. */
export type ControlOptions = z.output<typeof controlConfig>;
