/**
 * The kinds of requests of applications to a gateway beyond `send` and `packets`, and the contents
 * of their bodies.
 *
 * @module
 */
import { z } from 'zod';
import { KPI_SECONDS_MAX } from '../operator/last-minute.ts';

/** The kinds of requests whose body is text, each with its meaning; a body in JSON has the fields of the schema. */
export const APPLICATION_QUESTIONS = {
  'query-paths': 'the paths to an AS with what is measured of them, the best first, as JSON',
  'register-path': 'registers preferences for the paths to an AS for a time, as JSON',
  sequence: 'checks a sequence number of an application in the window of its name, as JSON',
  metrics: 'what is measured, under the published names, as JSON',
  stats: 'counts of packets, paths and refused sequence numbers, as JSON',
  status: 'peers, their sessions and paths, and what is wrong, as JSON',
  explain:
    'why packets to an AS, a peer or an IP address take the path that they take, and no other one, as JSON',
  tunnels: 'the sessions with other gateways, as JSON',
  'open-tunnel': 'begins a session with the gateway of an AS or of a name',
  'close-tunnel': 'ends it, with its keys',
} as const;

/** Largest length of a name that an application chooses. */
const NAME_LENGTH_MAX = 255;
/** Largest number of ASes in a list. */
const ASES_MAX = 64;
const TTL_S_MAX = 86_400;

const count = z.int().min(0);
const ases = z.array(z.string()).max(ASES_MAX).default([]);

/** Preferences for paths; 0 means that there is no limit. */
export const preferencesSchema = z.strictObject({
  favour: z.enum(['latency', 'bandwidth', 'stability']).optional(),
  avoidAses: ases,
  preferAses: ases,
  maxRttMs: z.number().min(0).default(0),
  minBandwidthMbps: z.number().min(0).default(0),
  /** Interfaces. */
  maxHops: count.default(0),
});
/** Preferences for paths. */
export type RequestedPreferences = z.output<typeof preferencesSchema>;

/** The body of `metrics`: how many seconds the KPI gauges cover. */
export const metricsSchema = z.strictObject({
  seconds: z.number().min(1).max(KPI_SECONDS_MAX).optional(),
});
/** The body of `query-paths`. */
export const querySchema = z.strictObject({
  destination: z.string(),
  preferences: preferencesSchema.optional(),
});
/** The body of `register-path`. */
export const registerSchema = z.strictObject({
  destination: z.string(),
  seconds: z.int().min(1).max(TTL_S_MAX),
  preferences: preferencesSchema.optional(),
});
const sequence = {
  /** A number in decimal digits, because it may be above 2^53. */
  sequence: z.string().regex(/^\d{1,20}$/),
  timestampUs: count.optional(),
};
/** The body of `sequence`. */
export const sequenceSchema = z.strictObject({
  name: z.string().max(NAME_LENGTH_MAX),
  ...sequence,
  updates: z.boolean().default(false),
});
/** The head of the body of `send-now`. */
export const sendSchema = z.strictObject({
  ...sequence,
  sequence: sequence.sequence.optional(),
  /** The interface through which the packet must leave this AS. */
  interfaceId: count.optional(),
  /** The fingerprint of the path that the packet must take. */
  path: z.string().optional(),
  preferences: preferencesSchema.optional(),
});
