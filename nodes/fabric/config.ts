/**
 * Fabric: the options of a node in a topology or scenario file.
 *
 * @module
 */
import { z } from 'zod';
import { byteSizeSchema, durationNsSchema, perSecondSchema } from '../_kit/options.ts';
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

/** Calls that a node makes by itself. */
const loadConfig = z.strictObject({
  /** Names of the nodes that are called, in turn. */
  to: z.array(z.string().min(1)).min(1),
  /** Calls per second, at random instants; absent: a call begins when another one is over. */
  rate: perSecondSchema().optional(),
  /** Largest number of calls that are open at once; a call beyond that is not made. */
  concurrent: z.int().min(1).max(PEER_OPEN_MESSAGES_MAX).default(1),
  /** Sizes of payloads; one of them is drawn for each call. */
  sizes: z.array(byteSizeSchema()).min(1).default([1_000]),
  /** Number of calls in all; absent: until the end. */
  count: z.int().min(1).optional(),
  /** When the first call may be made, from the start of the run. */
  start: durationNsSchema().default(0),
  /** When no call is made any more, from the start of the run; absent: until the end. */
  stop: durationNsSchema().optional(),
  /** Time from a call to its deadline; absent: the option `deadline` of the node. */
  deadline: durationNsSchema().optional(),
  /** 0 (bulk) to 3 (urgent). */
  priority: z
    .int()
    .min(0)
    .max(PRIORITY_COUNT - 1)
    .default(PRIORITY_DEFAULT),
});

/** Checked options of {@link loadConfig}. */
export type LoadGeneratorOptions = z.output<typeof loadConfig>;

/** A group that a node founds by itself, and how it votes. */
const groupConfig = z.strictObject({
  /** Nodes with which it founds a group; `all`: all that the carriers reach. Absent: no group. */
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
  /** Yes votes that a proposal needs: of more than half of the members, of two thirds, or of all. */
  rule: z.enum(VOTE_RULES).default('majority'),
  /** How this node votes, each time. */
  ballot: z.enum(['yes', 'no', 'none']).default('yes'),
  /** Longest time before it votes; the time is uniformly distributed. */
  think: durationNsSchema().default(10_000_000_000),
});

/** Checked options of {@link groupConfig}. */
export type GroupOptions = z.output<typeof groupConfig>;

/** Schema of the options of `fabric` nodes. */
export const fabricConfig = z.strictObject({
  /** Carriers, in the order of preference; absent: the protocol below. */
  ways: z.array(z.string().min(1)).min(1).max(8).optional(),
  /** Time from a message to its deadline, if its sender names none. */
  deadline: durationNsSchema().default(MESSAGE_LIFETIME_DEFAULT_NS),
  /** Largest number of open messages for one peer; beyond it, those of the lowest priority are refused. */
  queue: z.int().min(1).max(PEER_OPEN_MESSAGES_MAX).default(PEER_OPEN_MESSAGES_MAX),
  /**
   * `durable`: an accepted message survives a crash of this node. `memory`: it does not. Which messages of peers were
   * handled is on the disk in both cases.
   */
  outbox: z.enum(['durable', 'memory']).default('durable'),
  /**
   * `arrival`: messages of a peer are handed over as they become whole. `sent`: in the order in which
   * they were sent, so that a missing message holds back later ones until its deadline.
   */
  order: z.enum(['arrival', 'sent']).default('arrival'),
  /** Largest packet over a carrier that may lose packets, bytes. */
  packet: byteSizeSchema()
    .pipe(z.int().min(CARRIER_MESSAGE_BYTES_MIN).max(PAYLOAD_BYTES_MAX))
    .default(PACKET_BYTES_DEFAULT),
  /**
   * Who answers calls: with `echo` this node, with a checksum; with `subscriber` an application of the
   * process, which also takes the messages; with `none` nobody: calls are refused.
   */
  handler: z.enum(['echo', 'subscriber', 'none']).default('echo'),
  /** Bytes of the answers of `echo`. */
  reply: byteSizeSchema().pipe(z.int().min(8).max(PAYLOAD_BYTES_MAX)).default(8),
  /** Calls that this node makes by itself. */
  load: loadConfig.optional(),
  /** Group that this node founds, and its votes, without an application. */
  group: groupConfig.optional(),
  /**
   * Defects for tests, never for real traffic: `by-millisecond` takes messages of one peer in one
   * millisecond for the same, `forgetful` forgets on restart what it handled, `silent-fallback`
   * only seems to send over another way than the first, `fixed-window` sends as much whatever is
   * lost, `resend-all` sends messages from their beginning when a part is lost, `own-tally` believes
   * in one yes more than the owner of a group has counted.
   */
  double: z
    .enum([
      'by-millisecond',
      'forgetful',
      'silent-fallback',
      'fixed-window',
      'resend-all',
      'own-tally',
    ])
    .optional(),
});

/** The checked options of a `fabric` node. */
export type FabricOptions = z.output<typeof fabricConfig>;
