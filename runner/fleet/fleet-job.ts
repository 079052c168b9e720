/**
 * The request for a run to a fleet, and its answer: plain data that both sides check. No code is sent;
 * files are named, with their hashes.
 *
 * @module
 */
import { z } from 'zod';
import { OVERRIDES_LENGTH_MAX, overridesLength } from '../../topologies/files/overrides.ts';
import type { SeedAnswer } from '../run/job.ts';

/** Version of the messages between a sweep and its fleet. */
export const FLEET_VERSION = 1;

const TEXT_MAX = 4_096;
const VALUES_MAX = 1_000;
const text = z.string().max(TEXT_MAX);
const texts = z
  .record(text, text)
  .refine((values) => Object.keys(values).length <= VALUES_MAX, 'too many values');

const jobSchema = z.strictObject({
  version: z.literal(FLEET_VERSION),
  id: z.string().regex(/^run-[0-9a-f]{32}$/),
  commit: text,
  /** Name of a shipped scenario, or a path below the folder of the worker. */
  file: text,
  files: texts,
  // The loader has the same limit; here it is checked before anything reads the values.
  parameters: texts.refine((values) => overridesLength(values) <= OVERRIDES_LENGTH_MAX, 'too long'),
  seed: z.int().min(0),
  /** True to return the whole result; false for only the part that KPIs need. */
  isKept: z.boolean(),
  /**
   * For an attempt of a hunt: the metrics whose limits hold at every instant. Absent for an ordinary
   * run.
   */
  hunted: z.array(text).max(VALUES_MAX).optional(),
});

/** The limits of a job, as text for messages. */
export const JOB_LIMITS_TEXT = `at most ${VALUES_MAX} values of ${TEXT_MAX} characters, and ${OVERRIDES_LENGTH_MAX} together`;

/** A run that a worker of the fleet is to make. */
export type FleetJob = z.output<typeof jobSchema>;

/** Reads a job from the data of a queue; undefined unless it is a job of this version. */
export function readJob(data: unknown): FleetJob | undefined {
  return jobSchema.safeParse(data).data;
}

/** Longest text in an answer, characters: the stack of a crash, the lines around it. */
const LONG_MAX = 1_048_576;
const EVENTS_MAX = 1_000;
const long = z.string().max(LONG_MAX);

const placeSchema = z.strictObject({
  ...{ file: long, line: z.int(), column: z.int(), firstLine: z.int() },
  lines: z.array(long).max(EVENTS_MAX),
  within: long.optional(),
});

const crashSchema = z.strictObject({
  by: z.enum(['protocol', 'orrery']),
  protocol: long,
  node: long.optional(),
  how: z.enum(['threw', 'held', 'still']),
  ...{ seed: z.int(), atNs: z.number(), error: long, stack: long },
  place: placeSchema.optional(),
  events: z.array(z.strictObject({ atNs: z.number(), text: long })).max(EVENTS_MAX),
});

/**
 * Why a run has no result. Interruption is not such a reason: a worker gives an interrupted run
 * back to the queue.
 */
const failureSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('scenario-error'),
    ...{ file: long, line: z.int(), column: z.int(), message: long },
  }),
  z.strictObject({ kind: z.literal('refused'), message: long }),
  z.strictObject({
    kind: z.literal('broken'),
    ...{ message: long, stack: long, crash: crashSchema.optional() },
  }),
  z.strictObject({
    kind: z.literal('ended'),
    ending: z.literal('time-limit'),
    ...{ seed: z.int(), message: long },
  }),
]);

const answerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('result'), fingerprint: z.string(), result: z.string() }),
  z.strictObject({ kind: z.literal('failed'), failure: failureSchema }),
  z.strictObject({ kind: z.literal('tried'), tried: long }),
]);

/** The outcome of a run: its result, or why there is none. */
export type FleetAnswer =
  | { readonly kind: 'result'; readonly fingerprint: string; readonly result: string }
  /** The outcome of an attempt of a hunt, as JSON. */
  | { readonly kind: 'tried'; readonly tried: string }
  | { readonly kind: 'failed'; readonly failure: Exclude<SeedAnswer, { kind: 'result' }> };

/** Reads an answer from the return value of a job; undefined if the value is not an answer. */
export function readAnswer(value: unknown): FleetAnswer | undefined {
  return answerSchema.safeParse(value).data as FleetAnswer | undefined;
}

/** The header: the version and commit of a sweep, which must be those of its workers. */
export interface FleetSweepHeader {
  readonly version: number;
  readonly commit: string;
}

const headSchema = z.strictObject({ version: z.int(), commit: text });

/** Reads the header from the data of a queue; undefined if the data are not a header. */
export function readFleetSweepHeader(data: unknown): FleetSweepHeader | undefined {
  return headSchema.safeParse(data).data;
}

const workerSchema = z.strictObject({
  host: text,
  pid: z.int(),
  commit: text,
  threads: z.int(),
  done: z.int(),
  /** When the worker sent this report, ms since 1970. */
  atMs: z.number(),
});

/** What a worker reports about itself every few seconds. */
export type FleetWorkerState = z.output<typeof workerSchema>;

/**
 * Reads the state of a worker from the data of a queue; undefined if the data are not such a state.
 */
export function readFleetWorkerState(data: unknown): FleetWorkerState | undefined {
  return workerSchema.safeParse(data).data;
}
