/**
 * Client of a mixnet: the options `client` of a node, with their defaults (docs/spec/mixnet.md,
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
   * The sender repeats a fragment after this multiple of the round trip time that it drew (Nym:
   * 1.5).
   */
  factor: z.number().min(1).max(100).default(1.5),
  /**
   * Time added to `factor` times the round trip (Nym: 1.5 s). Four times the mean interval of
   * retrievals and of payload packets is added as well.
   */
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
   * How long a delivered message is remembered to detect duplicates; must exceed the time for which
   * a sender may repeat it.
   */
  remember: durationNsSchema().default(3600 * SECOND),
  /**
   * Largest number of delivered messages that are remembered. Beyond it, new messages are rejected,
   * so that none is delivered twice.
   */
  remembered: z.int().min(1).max(1_000_000).default(65_536),
});

const loopAlarm = z.strictObject({
  /**
   * Time added to the quantile of the loop's delay before a loop counts as missing: for retrievals
   * and links.
   */
  slack: durationNsSchema().default(5 * SECOND),
  /** Loops that returned or missed their deadlines in this past period form one sample. */
  window: durationNsSchema().default(60 * SECOND),
  /** Share of packets that are expected to be lost without an attack, 0 to 0.5. */
  loss: z.number().min(0).max(0.5).default(0),
  /** Accepted number of false alarms per hour. */
  falseAlarms: z.number().min(1e-9).max(100).default(0.001),
});

/** Schema of the options of a client. */
export const clientConfig = z.strictObject({
  /**
   * Rate of the payload process, which sends a message or a drop packet; replaces the rate in the
   * document. `0/s` switches the process off.
   */
  payload: meanIntervalNsSchema().optional(),
  /** Rate of loops; replaces the rate in the document. */
  loop: meanIntervalNsSchema().optional(),
  /** Rate of drop packets in addition to the payload process; replaces the rate in the document. */
  drop: meanIntervalNsSchema().optional(),
  /**
   * Mean delay at each hop, `mean: 200ms` or as the rate `0.005/ms`; replaces that in the document.
   */
  delay: meanIntervalNsSchema().optional(),
  /**
   * Whether the client sends cover. If false: no loops, no drop packets, and nothing is sent when
   * the queue is empty.
   */
  cover: z.boolean().default(true),
  /** When the client asks its provider for messages, whether or not messages wait there. */
  retrieve: z
    .strictObject({
      /** Mean time between two retrievals. */
      interval: durationNsSchema()
        .refine((ns) => ns >= MS, { message: 'is below 1ms' })
        .default(500 * MS),
      /**
       * Whether the times between retrievals are exponentially distributed (`poisson`) or equal
       * (`fixed`).
       */
      law: z.enum(['poisson', 'fixed']).default('fixed'),
    })
    .prefault({}),
  /**
   * Largest number of fragments and acknowledgements, counted together, that wait to be sent or
   * acknowledged.
   */
  queue: z.int().min(1).max(1_000_000).default(1024),
  acknowledgements: acknowledgements.prefault({}),
  reassembly: reassembly.prefault({}),
  loopAlarm: loopAlarm.prefault({}),
  /**
   * Defective clients for tests, never for real traffic. `chatty` sends messages immediately,
   * without waiting for its payload process. `wayward` sends packets over mixes that are not
   * neighbours. `forgetful` does not remember after a restart which messages it delivered.
   */
  double: z.enum(['chatty', 'wayward', 'forgetful']).optional(),
});

/** The checked options of a client. */
export type ClientOptions = z.infer<typeof clientConfig>;
