/**
 * Shapes of all messages between coordinator and agents. A message from a channel becomes a typed
 * message only through {@link readReport} or {@link readCommand}.
 *
 * `report-guard.ts` checks the content against the run: whether hosts, flows and links exist.
 *
 * @module
 */
import {
  HANDOVER_ROWS_MAX,
  SAMPLE_ROW_LENGTH,
} from '../../../engine/live/handover/handover-samples.ts';
import type { MetricValue } from '../../../engine/measure/counters.ts';
import type { JitterSpec, LossSpec } from '../../../engine/net/link-spec.ts';
import type { AskAnswer } from '../../../reports/model.ts';
import { ANSWER_BYTES_MAX, ANSWER_PARTS_MAX } from '../../asks/ask.ts';
import type { Crash, CrashEvent, CrashLocation } from '../../crash/crash.ts';
import {
  agentAssignmentShape,
  askSpecShape,
  floodCommandShape,
  replayAttackShape,
} from './assignment-shape.ts';
import {
  type AgentCommand,
  type AgentReport,
  type AgentTally,
  ARRIVED_ROW_WIDTH,
  SENT_ROW_WIDTH,
} from './messages.ts';
import {
  HISTOGRAM_BYTES_MAX,
  type PackedHistogram,
  packedHistogramProblem,
} from './packed-histogram.ts';
import { SUM_CHECKS_BYTES } from './reporting-witness.ts';
import {
  bigIntShape,
  booleanShape,
  boundedTextShape,
  bytesShape,
  integerShape,
  listShape,
  type MemberShapes,
  nullableShape,
  numberRowsShape,
  numberShape,
  objectShape,
  oneOfShape,
  optionalShape,
  patternTextShape,
  recordShape,
  type ShapeCheck,
  taggedUnionShape,
} from './shape.ts';

/** A message of the right shape, or a text on what is wrong with it. */
export type ReadMessageResult<T> = { readonly message: T } | { readonly wrong: string };

/** Largest instant of a run, ns before or after its start: thirteen days. */
const INSTANT_MAX = 2 ** 50;
const NAME_MAX = 256;
/** Longest text of a log line, a reason or a stack, characters. */
export const REPORT_TEXT_MAX = 16_384;
/** Longest line in the report of a crash, characters. */
export const CRASH_LINE_MAX = 1_024;
/** Largest number of lines in the report of a crash; also the largest number of its events. */
const CRASH_LINES_MAX = 16;
/** Largest number of names of one kind that a process may report: hosts, metrics, reasons. */
const NAMES_MAX = 10_000;
/**
 * Largest number of rows of measured packets in a message: some seconds of all that a process can
 * carry.
 */
const PACKETS_MAX = 200_000;
const SAMPLES_MAX = 100_000;
/** Largest number of nodes that put vectors into one sum. */
const PARTS_MAX = 65_536;
const PORT_MAX = 65_535;
const FORWARD_MAX = Number.POSITIVE_INFINITY;

const name = boundedTextShape(NAME_MAX);
const names = listShape(name, NAMES_MAX);
const instant = numberShape(-INSTANT_MAX, INSTANT_MAX);
const count = integerShape(0);
const level = oneOfShape('debug', 'info', 'warn');
const counts = recordShape(count, NAMES_MAX);

const histogram: ShapeCheck = (value, place) =>
  packed(value, place) ?? packedHistogramProblem(value as PackedHistogram, place);
const packed = objectShape<PackedHistogram>({
  counts: bytesShape(0, HISTOGRAM_BYTES_MAX),
  count,
  min: numberShape(0, Number.POSITIVE_INFINITY),
  max: numberShape(Number.NEGATIVE_INFINITY, Number.MAX_SAFE_INTEGER),
  sumHigh: count,
  sumLow: count,
});

const real = numberShape(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
const finite = numberShape(-Number.MAX_VALUE, Number.MAX_VALUE);
const metric = taggedUnionShape<MetricValue['kind']>('kind', {
  counter: objectShape({ kind: boundedTextShape(NAME_MAX), value: finite }),
  gauge: objectShape({ kind: boundedTextShape(NAME_MAX), value: real }),
  ratio: objectShape({ kind: boundedTextShape(NAME_MAX), numerator: finite, denominator: finite }),
  samples: objectShape({ kind: boundedTextShape(NAME_MAX), values: listShape(real, SAMPLES_MAX) }),
  histogram: objectShape({ kind: boundedTextShape(NAME_MAX), data: histogram }),
});

const line = boundedTextShape(CRASH_LINE_MAX);
const crash = objectShape<Crash>({
  by: oneOfShape('protocol', 'orrery'),
  protocol: name,
  node: optionalShape(name),
  how: oneOfShape('threw', 'held', 'still'),
  seed: count,
  atNs: instant,
  error: boundedTextShape(REPORT_TEXT_MAX),
  place: optionalShape(
    objectShape<CrashLocation>({
      file: line,
      line: count,
      column: count,
      firstLine: count,
      lines: listShape(line, CRASH_LINES_MAX),
      within: optionalShape(line),
    }),
  ),
  events: listShape(objectShape<CrashEvent>({ atNs: instant, text: line }), CRASH_LINES_MAX),
  stack: boundedTextShape(REPORT_TEXT_MAX),
});

const tally = objectShape<AgentTally>({
  metrics: recordShape(recordShape(metric, NAMES_MAX), NAMES_MAX),
  nodeDrops: counts,
  packets: objectShape<AgentTally['packets']>({
    sent: count,
    duplicated: count,
    injected: count,
    delivered: count,
    inFlight: integerShape(-Number.MAX_SAFE_INTEGER),
    drops: counts,
  }),
  written: count,
  received: count,
  unsent: count,
  foreign: count,
  lateness: optionalShape(histogram),
  cpuUs: count,
  wallUs: count,
  memoryBytes: count,
  receiveBufferBytes: count,
  events: count,
  streamPackets: count,
  directStreams: count,
  storeFailures: count,
  stallNs: numberShape(0, Number.MAX_SAFE_INTEGER),
  damaged: count,
  refused: listShape(count, NAMES_MAX),
  refusals: recordShape(count, NAMES_MAX),
  filesSent: listShape(count, NAMES_MAX),
});

type Of<T extends { readonly type: string }, Name extends T['type']> = Extract<
  T,
  { readonly type: Name }
>;
type Shapes<T extends { readonly type: string }> = {
  readonly [Name in T['type']]: { readonly members: MemberShapes<Of<T, Name>> };
};

const type = boundedTextShape(NAME_MAX);
const checks = bytesShape(SUM_CHECKS_BYTES, SUM_CHECKS_BYTES);

const REPORTS: Shapes<AgentReport> = {
  hello: {
    members: {
      type,
      hosts: listShape(name, NAMES_MAX, 1),
      pid: integerShape(1, 2 ** 32),
      topologySha256: optionalShape(patternTextShape(/^[0-9a-f]{64}$/, 'SHA-256')),
      operatorPort: optionalShape(integerShape(1, PORT_MAX)),
    },
  },
  loaded: { members: { type } },
  ready: { members: { type } },
  waiting: { members: { type, nodes: names } },
  measured: {
    members: {
      type,
      untilNs: instant,
      sent: numberRowsShape(SENT_ROW_WIDTH, PACKETS_MAX, INSTANT_MAX),
      arrived: numberRowsShape(ARRIVED_ROW_WIDTH, PACKETS_MAX, INSTANT_MAX),
    },
  },
  state: { members: { type, atNs: instant, node: name, machine: name, state: name } },
  span: { members: { type, node: name, name, beginNs: instant, endNs: instant } },
  finished: { members: { type, atNs: instant, node: name, protocol: name } },
  mark: { members: { type, atNs: instant, node: name, name } },
  path: { members: { type, from: name, to: name, links: optionalShape(names) } },
  log: { members: { type, node: name, level, message: boundedTextShape(REPORT_TEXT_MAX) } },
  addend: { members: { type, space: name, part: count, checks } },
  sum: {
    members: {
      type,
      space: name,
      parts: listShape(count, PARTS_MAX),
      bits: integerShape(1, 32),
      metric: name,
      checks,
    },
  },
  tally: { members: { type, tally } },
  handovers: {
    members: {
      type,
      batch: objectShape({
        rows: numberRowsShape(SAMPLE_ROW_LENGTH, HANDOVER_ROWS_MAX, Number.MAX_SAFE_INTEGER),
        untold: count,
      }),
    },
  },
  result: { members: { type, tally } },
  part: { members: { type, number: count, body: bytesShape(0, ANSWER_BYTES_MAX) } },
  answer: {
    members: {
      type,
      number: count,
      answer: objectShape<AskAnswer>({
        outcome: name,
        tookNs: instant,
        parts: integerShape(0, ANSWER_PARTS_MAX),
        bytes: integerShape(0, ANSWER_BYTES_MAX),
      }),
    },
  },
  broken: {
    members: {
      type,
      kind: oneOfShape('invariant', 'exception', 'refused'),
      message: boundedTextShape(REPORT_TEXT_MAX),
      stack: boundedTextShape(REPORT_TEXT_MAX),
      crash: optionalShape(crash),
    },
  },
};

const effect = integerShape(1);
const side = oneOfShape('both', 'forward', 'backward');
const share = numberShape(0, 1);
const duration = integerShape(0, INSTANT_MAX);

const loss = taggedUnionShape<LossSpec['kind']>('kind', {
  bernoulli: objectShape({ kind: type, probability: share }),
  burst: objectShape({ kind: type, probability: share, meanBurst: numberShape(1, INSTANT_MAX) }),
  'gilbert-elliott': objectShape({
    kind: type,
    p: share,
    r: share,
    lossGood: share,
    lossBad: share,
  }),
  'gilbert-elliott-time': objectShape({
    kind: type,
    meanGoodNs: numberShape(0, INSTANT_MAX),
    meanBadNs: numberShape(0, INSTANT_MAX),
    lossGood: share,
    lossBad: share,
  }),
  trace: objectShape({
    kind: type,
    lost: listShape(count, SAMPLES_MAX),
    length: count,
    atEnd: oneOfShape('repeat', 'end'),
  }),
});

const jitter = taggedUnionShape<JitterSpec['kind']>('kind', {
  none: objectShape({ kind: type }),
  uniform: objectShape({ kind: type, halfWidthNs: duration }),
  normal: objectShape({
    kind: type,
    sigmaNs: numberShape(0, INSTANT_MAX),
    boundSigmas: optionalShape(numberShape(0, NAME_MAX)),
  }),
  pareto: objectShape({
    kind: type,
    scaleNs: numberShape(0, INSTANT_MAX),
    shape: optionalShape(numberShape(0, INSTANT_MAX)),
    capNs: duration,
  }),
  table: objectShape({ kind: type, quantilesNs: listShape(finite, SAMPLES_MAX, 2) }),
});

const reorder: ShapeCheck = (value, place) =>
  typeof value === 'boolean'
    ? undefined
    : objectShape({ probability: share, gap: integerShape(1, NAMES_MAX) })(value, place);

const change = objectShape<Of<AgentCommand, 'change'>['change']>({
  up: optionalShape(booleanShape),
  rateBps: optionalShape(numberShape(1, FORWARD_MAX)),
  delayNs: optionalShape(duration),
  mtu: optionalShape(integerShape(1, PORT_MAX)),
  loss: optionalShape(nullableShape(loss)),
  corrupt: optionalShape(
    nullableShape(objectShape({ probability: share, bits: optionalShape(integerShape(1, 64)) })),
  ),
  duplicate: optionalShape(share),
  jitter: optionalShape(nullableShape(jitter)),
  reorder: optionalShape(reorder),
  tokenBucket: optionalShape(
    nullableShape(
      objectShape({
        rateBytesPerSecond: numberShape(Number.MIN_VALUE, FORWARD_MAX),
        burstBytes: count,
        mode: oneOfShape('shape', 'police'),
      }),
    ),
  ),
  inFlight: optionalShape(oneOfShape('lost', 'delivered')),
  limitPackets: optionalShape(numberShape(0, FORWARD_MAX)),
  inSerialisation: optionalShape(oneOfShape('finish', 'rescale')),
});

const COMMANDS: Shapes<AgentCommand> = {
  load: { members: { type, order: agentAssignmentShape } },
  refused: { members: { type, reason: boundedTextShape(REPORT_TEXT_MAX) } },
  start: { members: { type, zeroNs: bigIntShape } },
  change: { members: { type, effect, link: name, side, change } },
  hold: { members: { type, effect, link: name, side } },
  attack: { members: { type, effect, link: name, attack: replayAttackShape } },
  flood: { members: { type, effect, order: floodCommandShape } },
  undo: { members: { type, effect } },
  ask: { members: { type, number: effect, ask: askSpecShape } },
  unask: { members: { type, number: effect } },
  clock: { members: { type, node: name, stepNs: finite, ppm: finite } },
  crash: { members: { type, node: name, store: oneOfShape('synced', 'prefix', 'torn') } },
  restart: { members: { type, node: name } },
  mute: { members: { type } },
  die: { members: { type } },
  stop: { members: { type } },
};

const reportShape = taggedUnionShape('type', shapesOf(REPORTS));
const commandShape = taggedUnionShape('type', shapesOf(COMMANDS));

/** Checks that a message from an agent has the shape of a report. */
export function readReport(message: unknown): ReadMessageResult<AgentReport> {
  return read<AgentReport>(message, reportShape);
}

/** Checks that a message from a coordinator has the shape of a command. */
export function readCommand(message: unknown): ReadMessageResult<AgentCommand> {
  return read<AgentCommand>(message, commandShape);
}

function read<T>(message: unknown, shape: ShapeCheck): ReadMessageResult<T> {
  const wrong = shape(message, typeOf(message));
  return wrong === undefined ? { message: message as T } : { wrong };
}

/** The type of a message, as its name in error messages. */
function typeOf(message: unknown): string {
  if (typeof message !== 'object' || message === null || !('type' in message)) return 'message';
  const { type: own } = message;
  return typeof own === 'string' && /^[a-z]{1,12}$/.test(own) ? own : 'message';
}

function shapesOf(
  all: Readonly<Record<string, { readonly members: Readonly<Record<string, ShapeCheck>> }>>,
): Readonly<Record<string, ShapeCheck>> {
  return Object.fromEntries(
    Object.entries(all).map(([key, { members }]) => [key, objectShape(members)]),
  );
}
