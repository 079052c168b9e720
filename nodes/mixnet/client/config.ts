/**
 * Client of a mixnet: its part of a node's options, with the defaults of project spec mixnet 3.3 and
 * 3.7. Rates that are not given here come from the directory document.
 *
 * @module
 */
import { z } from 'zod';
import { durationNs } from '../../_kit/options.ts';
import { rate } from './rates.ts';

const MS = 1_000_000;
const SECOND = 1_000_000_000;

const acknowledgements = z.strictObject({
  enabled: z.boolean().default(true),
  /** Times the round trip that the sender drew, before a fragment is sent again (Nym: 1.5). */
  factor: z.number().min(1).max(100).default(1.5),
  /** Added to it (Nym: 1.5 s), beside four mean waits for a poll and for a turn of process P. */
  slop: durationNs().default(1500 * MS),
  /** Transmissions of a fragment at most. */
  tries: z.int().min(1).max(100).default(10),
});

const reassembly = z.strictObject({
  /** How long a message may wait for its next fragment. */
  timeout: durationNs().default(120 * SECOND),
  /** Messages waiting for fragments at most. */
  messages: z.int().min(1).max(65_536).default(256),
  /** Fragments of a message at most. */
  fragments: z.int().min(1).max(65_535).default(512),
  /** How long a message is remembered to tell duplicates; more than a sender keeps trying. */
  remember: durationNs().default(3600 * SECOND),
  /** Messages remembered at most; more are refused rather than one delivered twice. */
  remembered: z.int().min(1).max(1_000_000).default(65_536),
});

const loopAlarm = z.strictObject({
  /** Added to the quantile of the delays' law: polls and links. */
  slack: durationNs().default(5 * SECOND),
  /** Loops whose deadlines lie this long back count as one sample. */
  window: durationNs().default(60 * SECOND),
  /** Share of packets that the network loses by itself. */
  loss: z.number().min(0).max(0.5).default(0),
  /** False alarms per hour that are accepted. */
  falseAlarms: z.number().min(1e-9).max(100).default(0.001),
});

/** Schema of the options. */
export const clientConfig = z.strictObject({
  /** Overrides of the document's rates; `0/s` switches a process off. */
  payload: rate().optional(),
  loop: rate().optional(),
  drop: rate().optional(),
  /** Mean delay at each hop as a rate: `0.005/ms` or `mean: 200ms`. */
  delay: rate().optional(),
  /** False: no loops, no drops, and nothing is sent when there is nothing to say. */
  cover: z.boolean().default(true),
  /** Time between two retrievals from the provider; does not depend on what is there. */
  retrieve: z
    .strictObject({
      interval: durationNs()
        .refine((ns) => ns >= MS, { message: 'is below 1ms' })
        .default(500 * MS),
      law: z.enum(['poisson', 'fixed']).default('fixed'),
    })
    .prefault({}),
  /** Fragments and acknowledgements waiting or unacknowledged at most. */
  queue: z.int().min(1).max(1_000_000).default(1024),
  acknowledgements: acknowledgements.prefault({}),
  reassembly: reassembly.prefault({}),
  loopAlarm: loopAlarm.prefault({}),
  /**
   * Test doubles, never for traffic. `chatty` sends what it has to say at once, beside its process.
   * `wayward` sends packets over mixes that are no neighbours. `forgetful` restarts without knowing
   * what it delivered.
   */
  double: z.enum(['chatty', 'wayward', 'forgetful']).optional(),
});

/** Checked options. */
export type ClientOptions = z.infer<typeof clientConfig>;
