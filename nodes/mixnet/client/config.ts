/**
 * Client of a mixnet: its part of a node's options, with their defaults (docs/spec/mixnet.md,
 * Traffic). Rates that are not given here come from the directory document.
 *
 * @module
 */
import { z } from 'zod';
import { durationNsSchema } from '../../_kit/options.ts';
import { meanIntervalNsSchema } from './rates.ts';

const MS = 1_000_000;
const SECOND = 1_000_000_000;

const acknowledgements = z.strictObject({
  /** Whether messages are acknowledged, and repeated if no acknowledgement comes. */
  enabled: z.boolean().default(true),
  /**
   * A fragment is repeated after this multiple of the round trip that the sender drew (Nym: 1.5).
   */
  factor: z.number().min(1).max(100).default(1.5),
  /** Added to the product (Nym: 1.5 s), besides four mean waits for a poll and a payload slot. */
  slop: durationNsSchema().default(1500 * MS),
  /** Largest number of transmissions of a fragment. */
  tries: z.int().min(1).max(100).default(10),
});

const reassembly = z.strictObject({
  /** How long an incomplete message waits for its next fragment. */
  timeout: durationNsSchema().default(120 * SECOND),
  /** Largest number of messages that wait for fragments. */
  messages: z.int().min(1).max(65_536).default(256),
  /** Largest number of fragments per message. */
  fragments: z.int().min(1).max(65_535).default(512),
  /**
   * How long a delivered message is remembered to detect duplicates; longer than a sender keeps
   * trying.
   */
  remember: durationNsSchema().default(3600 * SECOND),
  /**
   * Largest number of messages remembered. Beyond it, messages are rejected, so that none is
   * delivered twice.
   */
  remembered: z.int().min(1).max(1_000_000).default(65_536),
});

const loopAlarm = z.strictObject({
  /** Added to the quantile of the loop's delay: time for polls and links. */
  slack: durationNsSchema().default(5 * SECOND),
  /** Loops with deadlines in this past period form one sample. */
  window: durationNsSchema().default(60 * SECOND),
  /** Share of packets lost without an attack. */
  loss: z.number().min(0).max(0.5).default(0),
  /** Accepted number of false alarms per hour. */
  falseAlarms: z.number().min(1e-9).max(100).default(0.001),
});

/** Schema of the options of a client. */
export const clientConfig = z.strictObject({
  /** Rate of messages, in place of the document's; `0/s` switches the process off. */
  payload: meanIntervalNsSchema().optional(),
  /** Rate of loops in place of the document's. */
  loop: meanIntervalNsSchema().optional(),
  /** Rate of drops in place of the document's. */
  drop: meanIntervalNsSchema().optional(),
  /** Mean delay at each hop as a rate: `0.005/ms` or `mean: 200ms`. */
  delay: meanIntervalNsSchema().optional(),
  /** False: no loops, no drops, and nothing is sent when the queue is empty. */
  cover: z.boolean().default(true),
  /** Time between retrievals from the provider; independent of what is waiting there. */
  retrieve: z
    .strictObject({
      /** Time between two retrievals, on average. */
      interval: durationNsSchema()
        .refine((ns) => ns >= MS, { message: 'is below 1ms' })
        .default(500 * MS),
      /** Whether these times are exponential or all alike. */
      law: z.enum(['poisson', 'fixed']).default('fixed'),
    })
    .prefault({}),
  /** Largest number of fragments and acknowledgements that are queued or unacknowledged. */
  queue: z.int().min(1).max(1_000_000).default(1024),
  acknowledgements: acknowledgements.prefault({}),
  reassembly: reassembly.prefault({}),
  loopAlarm: loopAlarm.prefault({}),
  /**
   * Test doubles, never for traffic. `chatty` sends messages immediately, without waiting for its
   * payload process. `wayward` sends packets over mixes that are not neighbours. `forgetful`
   * restarts without knowing what it delivered.
   */
  double: z.enum(['chatty', 'wayward', 'forgetful']).optional(),
});

/** The checked options of a client. */
export type ClientOptions = z.infer<typeof clientConfig>;
