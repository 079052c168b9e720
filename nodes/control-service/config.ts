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

/** Shortest lifetime of a certificate, ns: in the last third of it the shortest hop fields still fit. */
const CERTIFICATE_NS_MIN = 1_800_000_000_000;
/** Longest, ns (draft-dekater-scion-pki, "Certification Path"). */
const CERTIFICATE_NS_MAX = 259_200_000_000_000;

/** Period of grace of a TRC, ns. */
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
  /** Try again between rounds where nothing has succeeded for an interval. */
  fastRecovery: z.boolean().default(true),
  /** Beacons that are passed on and registered; of a core AS, for each origin. */
  bestSet: z.int().min(1).max(CANDIDATES_MAX).default(BEST_SET_SIZE),
  /** Beacons that are kept of each origin, among which these are chosen. */
  candidates: z.int().min(1).max(CANDIDATES_MAX).default(CANDIDATES_MAX),
  /** Which of these are chosen (beacons/selections/). */
  selection: plugInSchema(Object.keys(BEACON_SELECTIONS), SELECTION_MODULE).default('reference'),
  /** Most ASes of a segment. */
  maxHops: z.int().min(2).max(64).default(HOPS_MAX),
  /** Lifetime of hop fields, `(1 + expiry) * 337.5 s`. */
  expiry: z.int().min(0).max(255).default(EXPIRY),
  /** Whether entries have the rest of the MACs, with which hosts send on EPIC-HP paths; the reference's option `epic`. */
  epic: z.boolean().default(false),
  /**
   * Whose keys entries are signed with: `modelled` ones everybody has beforehand, or `real` ones of certificates, which are
   * fetched and verified.
   */
  signatures: z.enum(['modelled', 'real']).default('modelled'),
  /** Time after the start from which on no certificate is asked for, as in an AS that has forgotten it. With `real` signatures. */
  renewalEnds: durationNsSchema().optional(),
  /** The next TRC of the ISD, which this AS proposes. With `real` signatures, of a core AS. */
  trcUpdate: z
    .strictObject({
      /** Time after the start at which it proposes the next TRC, and again until there is one. */
      at: durationNsSchema(),
      /** How long the TRC before stays in use. */
      grace: durationNsSchema().default(GRACE_NS),
    })
    .optional(),
  /** How long a certificate is asked for; the next one is asked for when a third of that is left. At most 3 days. */
  certificateLifetime: durationNsSchema()
    .refine((ns) => ns >= CERTIFICATE_NS_MIN, { message: 'is less than 30m' })
    .refine((ns) => ns <= CERTIFICATE_NS_MAX, { message: 'is more than 3 days' })
    .default(CERTIFICATE_NS_MAX),
  /** ASes to which paths are looked for from the start, as hosts would: `control.discovery` says how long it took. */
  watch: z.array(isdAs).max(WATCHED_MAX).default([]),
  /** Time between two looks for paths to them. */
  watchInterval: durationNsSchema()
    .refine((ns) => ns >= WATCH_NS_MIN, { message: 'is less than 10ms' })
    .default(WATCH_INTERVAL_NS),
  /** Host ports that routers deliver to directly, `first-last`, for programs that ask: as the routers of the AS have it. */
  dispatchedPorts: portRangeSchema.default(DISPATCHED_PORTS),
  /** An attacker: what the control service sends to neighbours besides its own work (attack/). */
  attack: attackConfig.optional(),
  /** DEFECTIVE DOUBLE, never for traffic (doubles/index.ts). */
  double: z.enum(['amnesiac', 'trusting', 'unheeding', 'silent', 'stubborn']).optional(),
});

/** The checked options of a `control-service` node. */
export type ControlOptions = z.output<typeof controlConfig>;
