/**
 * Fabric: the options of a node in a topology or scenario file.
 *
 * @module
 */
import { z } from 'zod';
import { byteSizeSchema, durationNsSchema, perSecondSchema } from '../_kit/options.ts';
import { WAY_CHOICE_OPTIONS } from '../navigator/index.ts';
import {
  CARRIER_MESSAGE_BYTES_MIN,
  MESSAGE_LIFETIME_DEFAULT_NS,
  PACKET_BYTES_DEFAULT,
  PAYLOAD_BYTES_MAX,
  PEER_OPEN_MESSAGES_MAX,
  PRIORITY_COUNT,
  PRIORITY_DEFAULT,
} from './geometry.ts';
import {
  GROUP_MEMBERS_MAX,
  VOTE_LIFETIME_DEFAULT_MS,
  VOTE_LIFETIME_MS_MAX,
  VOTE_LIFETIME_MS_MIN,
} from './groups/geometry.ts';
import { VOTE_RULES } from './groups/tally.ts';

/** Options of the load generator: the calls that a node makes without an application. */
const loadConfig = z.strictObject({
  /** Names of the nodes that are called, in turn. */
  to: z.array(z.string().min(1)).min(1),
  /** Mean number of calls per second, at random instants; absent: each call begins when an earlier one has ended. */
  rate: perSecondSchema().optional(),
  /** Largest number of calls without an answer at once; a call that would exceed it is skipped. */
  concurrent: z.int().min(1).max(PEER_OPEN_MESSAGES_MAX).default(1),
  /** Sizes of payloads, bytes; one of the sizes is drawn at random for each call. */
  sizes: z.array(byteSizeSchema()).min(1).default([1_000]),
  /** Total number of calls of this node; absent: calls until the end of the run. */
  count: z.int().min(1).optional(),
  /** When the first call may be made, from the start of the run. */
  start: durationNsSchema().default(0),
  /** When the last call may be made, from the start of the run; absent: until its end. */
  stop: durationNsSchema().optional(),
  /** Time from a call to its deadline; absent: the option `deadline` of the node. */
  deadline: durationNsSchema().optional(),
  /** 0 (bulk) to 3 (urgent). */
  priority: z
    .int()
    .min(0)
    .max(PRIORITY_COUNT - 1)
    .default(PRIORITY_DEFAULT),
  /** Whether calls leave over ways only that hide who writes to whom; without such a way they are refused. */
  private: z.boolean().default(false),
});

/** Checked options of {@link loadConfig}. */
export type LoadGeneratorOptions = z.output<typeof loadConfig>;

/** A group that a node founds without an application, and how this node votes in any group. */
const groupConfig = z.strictObject({
  /**
   * Other members of the group that this node founds; `all`: all nodes that its carriers reach. Absent: it founds
   * none.
   */
  members: z
    .union([z.literal('all'), z.array(z.string().min(1)).max(GROUP_MEMBERS_MAX - 1)])
    .optional(),
  /** Votes that the founder opens, one after the other. */
  votes: z.int().min(0).default(0),
  /** When the group is founded, from the start of the run; the first vote opens `every` later. */
  start: durationNsSchema().default(0),
  /** Time from one vote to the next. */
  every: durationNsSchema().default(600_000_000_000),
  /** Time from the opening of a vote to its deadline. */
  lifetime: durationNsSchema()
    .pipe(
      z
        .number()
        .min(VOTE_LIFETIME_MS_MIN * 1e6)
        .max(VOTE_LIFETIME_MS_MAX * 1e6),
    )
    .default(VOTE_LIFETIME_DEFAULT_MS * 1e6),
  /** Share of the members whose yes a proposal needs: more than half, two thirds, or all. */
  rule: z.enum(VOTE_RULES).default('majority'),
  /** How this node votes in every vote; `none`: it casts no ballot. */
  ballot: z.enum(['yes', 'no', 'none']).default('yes'),
  /** Longest time between learning of a vote and voting; the time is drawn uniformly from 0 to this. */
  think: durationNsSchema().default(10_000_000_000),
});

/** Checked options of {@link groupConfig}. */
export type GroupOptions = z.output<typeof groupConfig>;

const { weighting, budget, costs } = WAY_CHOICE_OPTIONS;

/** How a navigator judges the ways to each peer. */
const navigatorConfig = z.strictObject({
  /**
   * What counts. Absent: privacy for messages whose senders wish them to be private; of the others latency for those of
   * priority 2 and 3, all alike for those of priority 0, and else energy.
   */
  weighting,
  /** Privacy that the messages to one peer may cost together, epsilon; ways that would exceed it are not used. */
  budget,
  /** What each way costs, by the name of its carrier. */
  costs,
});

/** Schema of the options of `fabric` nodes. */
export const fabricConfig = z.strictObject({
  /**
   * Names of the protocols that carry the packets, the most preferred first; absent: the protocol below this one.
   */
  ways: z.array(z.string().min(1)).min(1).max(8).optional(),
  /**
   * Chooses among the ways by what they cost, instead of by their order alone; costs count where nothing was measured
   * in the last 30 s.
   */
  navigator: navigatorConfig.optional(),
  /** Time from the acceptance of a message to its deadline, if the application names none. */
  deadline: durationNsSchema().default(MESSAGE_LIFETIME_DEFAULT_NS),
  /** Largest number of open messages for one peer; beyond it, those of the lowest priority are refused. */
  queue: z.int().min(1).max(PEER_OPEN_MESSAGES_MAX).default(PEER_OPEN_MESSAGES_MAX),
  /**
   * `durable`: an accepted message survives a crash of this node. `memory`: it does not. In both cases the disk
   * records which messages of peers were handled.
   */
  outbox: z.enum(['durable', 'memory']).default('durable'),
  /**
   * `arrival`: a message of a peer is handed to its handler as soon as all its bytes have come. `sent`: in the order
   * in which they were sent, so that a missing message holds back later ones until its deadline.
   */
  order: z.enum(['arrival', 'sent']).default('arrival'),
  /** Largest packet over a carrier that may lose packets, bytes. */
  packet: byteSizeSchema()
    .pipe(z.int().min(CARRIER_MESSAGE_BYTES_MIN).max(PAYLOAD_BYTES_MAX))
    .default(PACKET_BYTES_DEFAULT),
  /**
   * Who answers calls. `echo`: this node, with a checksum of the payload. `subscriber`: an application in this
   * process, which also receives the messages. `none`: nobody; calls are refused.
   */
  handler: z.enum(['echo', 'subscriber', 'none']).default('echo'),
  /** Length of each answer that `handler: echo` sends, bytes. */
  reply: byteSizeSchema().pipe(z.int().min(8).max(PAYLOAD_BYTES_MAX)).default(8),
  /** Calls that this node makes without an application. */
  load: loadConfig.optional(),
  /** Group that this node founds without an application, and how it votes. */
  group: groupConfig.optional(),
  /**
   * Defects for tests, never for real traffic: `by-millisecond` takes messages of one peer in one
   * millisecond for the same, `forgetful` forgets on restart what it handled, `silent-fallback`
   * only seems to send over another way than the first, `fixed-window` sends as much whatever is
   * lost, `resend-all` sends messages from their beginning when a part is lost, `own-tally` believes
   * in one yes more than the owner of a group has counted, `careless` takes every way for one that hides,
   * `mixed-units` adds milliseconds to probabilities when it scores ways, and `patient` gives a way up after five
   * time-outs only, whatever its carrier says.
   */
  double: z
    .enum([
      'by-millisecond',
      'forgetful',
      'silent-fallback',
      'fixed-window',
      'resend-all',
      'own-tally',
      'careless',
      'mixed-units',
      'patient',
    ])
    .optional(),
});

/** The checked options of a `fabric` node. */
export type FabricOptions = z.output<typeof fabricConfig>;
