/**
 * Shapes of all messages between coordinator and agents: {@link readReport} and {@link readCommand}
 * are the only ways in which a message from a channel becomes a typed one.
 *
 * What a message says about the run – which hosts, flows and links exist – is checked by
 * `report-guard.ts`.
 *
 * @module
 */
import {
  HANDOVER_ROWS_MAX,
  SAMPLE_ROW_NUMBERS,
} from '../../../engine/live/handover/handover-samples.ts';
import type { MetricValue } from '../../../engine/measure/counters.ts';
import type { JitterSpec, LossSpec } from '../../../engine/net/link-spec.ts';
import type { AskAnswer } from '../../../reports/model.ts';
import { ANSWER_BYTES_MAX, ANSWER_PARTS_MAX } from '../../asks/ask.ts';
import type { Crash, CrashEvent, CrashPlace } from '../../crash/crash.ts';
import {
  type AgentCommand,
  type AgentTally,
  ARRIVED_ROW_WIDTH,
  type Report,
  SENT_ROW_WIDTH,
} from './messages.ts';
import { askShape, floodOrderShape, orderShape, replayAttackShape } from './order-shape.ts';
import { HISTOGRAM_BYTES_MAX, type PackedHistogram, wrongHistogram } from './packed-histogram.ts';
import {
  bigInteger,
  bytes,
  flag,
  integerWithin,
  list,
  type Members,
  nullable,
  number,
  numberRows,
  object,
  oneOf,
  optional,
  record,
  type Shape,
  taggedUnion,
  text,
  textLike,
} from './shape.ts';
import { SUM_CHECKS_BYTES } from './telling-witness.ts';

/** A message of the right shape, or what is wrong with it. */
export type ReadMessageResult<T> = { readonly message: T } | { readonly wrong: string };

/** Instants of a run, ns before or after its start: thirteen days. */
const INSTANT_MAX = 2 ** 50;
const NAME_MAX = 256;
/** Longest text of a log line, a reason or a stack. */
export const REPORT_TEXT_MAX = 16_384;
/** Longest line of a crash, characters, and the most lines, or events, that a crash shows. */
export const CRASH_LINE_MAX = 1_024;
const CRASH_LINES_MAX = 16;
/** Names of one kind that one process may report: hosts, metrics, reasons. */
const NAMES_MAX = 10_000;
/** Rows of measured packets per message: some seconds of everything that one process can carry. */
const PACKETS_MAX = 200_000;
const SAMPLES_MAX = 100_000;
/** Parts of one sum. */
const PARTS_MAX = 65_536;
const PORT_MAX = 65_535;
const FORWARD_MAX = Number.POSITIVE_INFINITY;

const name = text(NAME_MAX);
const names = list(name, NAMES_MAX);
const instant = number(-INSTANT_MAX, INSTANT_MAX);
const count = integerWithin(0);
const level = oneOf('debug', 'info', 'warn');
const counts = record(count, NAMES_MAX);

const histogram: Shape = (value, place) =>
  packed(value, place) ?? wrongHistogram(value as PackedHistogram, place);
const packed = object<PackedHistogram>({
  counts: bytes(0, HISTOGRAM_BYTES_MAX),
  count,
  min: number(0, Number.POSITIVE_INFINITY),
  max: number(Number.NEGATIVE_INFINITY, Number.MAX_SAFE_INTEGER),
  sumHigh: count,
  sumLow: count,
});

const real = number(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
const finite = number(-Number.MAX_VALUE, Number.MAX_VALUE);
const metric = taggedUnion<MetricValue['kind']>('kind', {
  counter: object({ kind: text(NAME_MAX), value: finite }),
  gauge: object({ kind: text(NAME_MAX), value: real }),
  ratio: object({ kind: text(NAME_MAX), numerator: finite, denominator: finite }),
  samples: object({ kind: text(NAME_MAX), values: list(real, SAMPLES_MAX) }),
  histogram: object({ kind: text(NAME_MAX), data: histogram }),
});

const line = text(CRASH_LINE_MAX);
const crash = object<Crash>({
  by: oneOf('protocol', 'orrery'),
  protocol: name,
  node: optional(name),
  how: oneOf('threw', 'held', 'still'),
  seed: count,
  atNs: instant,
  error: text(REPORT_TEXT_MAX),
  place: optional(
    object<CrashPlace>({
      file: line,
      line: count,
      column: count,
      firstLine: count,
      lines: list(line, CRASH_LINES_MAX),
      within: optional(line),
    }),
  ),
  events: list(object<CrashEvent>({ atNs: instant, text: line }), CRASH_LINES_MAX),
  stack: text(REPORT_TEXT_MAX),
});

const tally = object<AgentTally>({
  metrics: record(record(metric, NAMES_MAX), NAMES_MAX),
  nodeDrops: counts,
  packets: object<AgentTally['packets']>({
    sent: count,
    duplicated: count,
    injected: count,
    delivered: count,
    inFlight: integerWithin(-Number.MAX_SAFE_INTEGER),
    drops: counts,
  }),
  written: count,
  received: count,
  unsent: count,
  foreign: count,
  lateness: optional(histogram),
  cpuUs: count,
  wallUs: count,
  memoryBytes: count,
  receiveBufferBytes: count,
  events: count,
  streamPackets: count,
  directStreams: count,
  storeFailures: count,
  stallNs: number(0, Number.MAX_SAFE_INTEGER),
  damaged: count,
  refused: list(count, NAMES_MAX),
  refusals: record(count, NAMES_MAX),
  filesSent: list(count, NAMES_MAX),
});

type Of<T extends { readonly type: string }, Name extends T['type']> = Extract<
  T,
  { readonly type: Name }
>;
type Shapes<T extends { readonly type: string }> = {
  readonly [Name in T['type']]: { readonly members: Members<Of<T, Name>> };
};

const type = text(NAME_MAX);
const checks = bytes(SUM_CHECKS_BYTES, SUM_CHECKS_BYTES);

const REPORTS: Shapes<Report> = {
  hello: {
    members: {
      type,
      hosts: list(name, NAMES_MAX, 1),
      pid: integerWithin(1, 2 ** 32),
      topologySha256: optional(textLike(/^[0-9a-f]{64}$/, 'SHA-256')),
      operatorPort: optional(integerWithin(1, PORT_MAX)),
    },
  },
  loaded: { members: { type } },
  ready: { members: { type } },
  waiting: { members: { type, nodes: names } },
  measured: {
    members: {
      type,
      untilNs: instant,
      sent: numberRows(SENT_ROW_WIDTH, PACKETS_MAX, INSTANT_MAX),
      arrived: numberRows(ARRIVED_ROW_WIDTH, PACKETS_MAX, INSTANT_MAX),
    },
  },
  state: { members: { type, atNs: instant, node: name, machine: name, state: name } },
  span: { members: { type, node: name, name, beginNs: instant, endNs: instant } },
  finished: { members: { type, atNs: instant, node: name, protocol: name } },
  mark: { members: { type, atNs: instant, node: name, name } },
  path: { members: { type, from: name, to: name, links: optional(names) } },
  log: { members: { type, node: name, level, message: text(REPORT_TEXT_MAX) } },
  addend: { members: { type, space: name, part: count, checks } },
  sum: {
    members: {
      type,
      space: name,
      parts: list(count, PARTS_MAX),
      bits: integerWithin(1, 32),
      metric: name,
      checks,
    },
  },
  tally: { members: { type, tally } },
  handovers: {
    members: {
      type,
      batch: object({
        rows: numberRows(SAMPLE_ROW_NUMBERS, HANDOVER_ROWS_MAX, Number.MAX_SAFE_INTEGER),
        untold: count,
      }),
    },
  },
  result: { members: { type, tally } },
  part: { members: { type, number: count, body: bytes(0, ANSWER_BYTES_MAX) } },
  answer: {
    members: {
      type,
      number: count,
      answer: object<AskAnswer>({
        outcome: name,
        tookNs: instant,
        parts: integerWithin(0, ANSWER_PARTS_MAX),
        bytes: integerWithin(0, ANSWER_BYTES_MAX),
      }),
    },
  },
  broken: {
    members: {
      type,
      kind: oneOf('invariant', 'exception', 'refused'),
      message: text(REPORT_TEXT_MAX),
      stack: text(REPORT_TEXT_MAX),
      crash: optional(crash),
    },
  },
};

const effect = integerWithin(1);
const side = oneOf('both', 'forward', 'backward');
const share = number(0, 1);
const duration = integerWithin(0, INSTANT_MAX);

const loss = taggedUnion<LossSpec['kind']>('kind', {
  bernoulli: object({ kind: type, probability: share }),
  burst: object({ kind: type, probability: share, meanBurst: number(1, INSTANT_MAX) }),
  'gilbert-elliott': object({ kind: type, p: share, r: share, lossGood: share, lossBad: share }),
  'gilbert-elliott-time': object({
    kind: type,
    meanGoodNs: number(0, INSTANT_MAX),
    meanBadNs: number(0, INSTANT_MAX),
    lossGood: share,
    lossBad: share,
  }),
  trace: object({
    kind: type,
    lost: list(count, SAMPLES_MAX),
    length: count,
    atEnd: oneOf('repeat', 'end'),
  }),
});

const jitter = taggedUnion<JitterSpec['kind']>('kind', {
  none: object({ kind: type }),
  uniform: object({ kind: type, halfWidthNs: duration }),
  normal: object({
    kind: type,
    sigmaNs: number(0, INSTANT_MAX),
    boundSigmas: optional(number(0, NAME_MAX)),
  }),
  pareto: object({
    kind: type,
    scaleNs: number(0, INSTANT_MAX),
    shape: optional(number(0, INSTANT_MAX)),
    capNs: duration,
  }),
  table: object({ kind: type, quantilesNs: list(finite, SAMPLES_MAX, 2) }),
});

const reorder: Shape = (value, place) =>
  typeof value === 'boolean'
    ? undefined
    : object({ probability: share, gap: integerWithin(1, NAMES_MAX) })(value, place);

const change = object<Of<AgentCommand, 'change'>['change']>({
  up: optional(flag),
  rateBps: optional(number(1, FORWARD_MAX)),
  delayNs: optional(duration),
  mtu: optional(integerWithin(1, PORT_MAX)),
  loss: optional(nullable(loss)),
  corrupt: optional(nullable(object({ probability: share, bits: optional(integerWithin(1, 64)) }))),
  duplicate: optional(share),
  jitter: optional(nullable(jitter)),
  reorder: optional(reorder),
  tokenBucket: optional(
    nullable(
      object({
        rateBytesPerSecond: number(Number.MIN_VALUE, FORWARD_MAX),
        burstBytes: count,
        mode: oneOf('shape', 'police'),
      }),
    ),
  ),
  inFlight: optional(oneOf('lost', 'delivered')),
  limitPackets: optional(number(0, FORWARD_MAX)),
  inSerialisation: optional(oneOf('finish', 'rescale')),
});

const COMMANDS: Shapes<AgentCommand> = {
  load: { members: { type, order: orderShape } },
  refused: { members: { type, reason: text(REPORT_TEXT_MAX) } },
  start: { members: { type, zeroNs: bigInteger } },
  change: { members: { type, effect, link: name, side, change } },
  hold: { members: { type, effect, link: name, side } },
  attack: { members: { type, effect, link: name, attack: replayAttackShape } },
  flood: { members: { type, effect, order: floodOrderShape } },
  undo: { members: { type, effect } },
  ask: { members: { type, number: effect, ask: askShape } },
  unask: { members: { type, number: effect } },
  clock: { members: { type, node: name, stepNs: finite, ppm: finite } },
  crash: { members: { type, node: name, store: oneOf('synced', 'prefix', 'torn') } },
  restart: { members: { type, node: name } },
  reset: { members: { type } },
  mute: { members: { type } },
  die: { members: { type } },
  stop: { members: { type } },
};

const reportShape = taggedUnion('type', shapesOf(REPORTS));
const commandShape = taggedUnion('type', shapesOf(COMMANDS));

/** Reads a message from an agent. */
export function readReport(message: unknown): ReadMessageResult<Report> {
  return read<Report>(message, reportShape);
}

/** Reads a message from a coordinator. */
export function readCommand(message: unknown): ReadMessageResult<AgentCommand> {
  return read<AgentCommand>(message, commandShape);
}

function read<T>(message: unknown, shape: Shape): ReadMessageResult<T> {
  const wrong = shape(message, typeOf(message));
  return wrong === undefined ? { message: message as T } : { wrong };
}

/** The name of a message in diagnostics. */
function typeOf(message: unknown): string {
  if (typeof message !== 'object' || message === null || !('type' in message)) return 'message';
  const { type: own } = message;
  return typeof own === 'string' && /^[a-z]{1,12}$/.test(own) ? own : 'message';
}

function shapesOf(
  all: Readonly<Record<string, { readonly members: Readonly<Record<string, Shape>> }>>,
): Readonly<Record<string, Shape>> {
  return Object.fromEntries(
    Object.entries(all).map(([key, { members }]) => [key, object(members)]),
  );
}
