/**
 * The shape of `report.json`, version 1. Every emitter reads only this document, so that a report
 * rendered from the file equals the report rendered after the run. The JSON Schema in
 * `schemas/report.schema.json` is generated from here. Names of times contain their unit; a `null`
 * number means that it was not measured.
 *
 * @module
 */
import { z } from 'zod';
import { METRIC_UNIT_NAMES } from '../engine/pure/metric-units.ts';
import { predictionComparisonSchema } from './against-schema.ts';
import { intervalSchema } from './interval-schema.ts';
import { privacyBudgetSchema, privacySchema } from './privacy-schema.ts';
import { twinSchema } from './twin-schema.ts';

/** Version of the document; increased when a meaning changes. */
export const REPORT_SCHEMA_VERSION = 1;

const text = z.string();
const number = z.number();
const count = z.number().int();
const clock = z
  .enum(['virtual', 'wall'])
  .describe('`virtual`: simulated time; `wall`: time of this machine');
const unit = z.string().describe(`base unit: ${METRIC_UNIT_NAMES.join(', ')}`);
const perSeedValue = z.strictObject({
  seed: count,
  value: number.nullable(),
  n: number.describe('samples, events or trials behind the value'),
});

const kpi = z.strictObject({
  metric: text,
  aggregation: text,
  value: number.nullable(),
  unit,
  clock,
  comparison: z.enum(['<=', '>=', '==', '<', '>']),
  limit: number,
  limitText: text.describe('as written in the scenario file'),
  judgedBy: z.enum(['point', 'inside']),
  status: z
    .enum(['pass', 'fail', 'not-applicable', 'inconclusive'])
    .describe(
      'inconclusive, which is not met: the run ended early, or the clocks of its machines are too uncertain for this limit',
    ),
  pass: z.boolean().describe('true when the status is `pass` or `not-applicable`'),
  code: z.exactOptional(text.describe('E109, E125, E128: why it cannot be judged')),
  reason: z.exactOptional(text.describe('one sentence for people; there unless it passes')),
  clockUncertaintyNs: z.exactOptional(
    number.describe(
      'how far the clocks of two machines may differ; only for latencies between machines',
    ),
  ),
  margin: number.nullable().describe('distance to the limit, negative if missed'),
  marginUnit: z
    .enum(['relative', 'points'])
    .describe('relative to the limit, or percentage points / 100 for ratios'),
  n: number.describe('samples, events or trials behind the value, all seeds'),
  ci95: intervalSchema,
  perSeed: z.array(perSeedValue),
  worstSeed: z.exactOptional(count),
  seedsMissed: count.describe('seeds whose own value misses the limit'),
  definition: text,
  estimator: text,
});

const quantilePoint = z.strictObject({
  p: number,
  value: number,
  low: z.exactOptional(number.describe('lowest over seeds')),
  high: z.exactOptional(number.describe('highest over seeds')),
});

const metric = z.strictObject({
  kind: z.enum(['counter', 'gauge', 'histogram', 'samples', 'ratio']),
  unit,
  clock,
  help: text,
  count: number.describe('samples, events or trials'),
  value: number.nullable().describe('sum (counter), mean over seeds (gauge), ratio; else null'),
  notApplicable: z.exactOptional(text.describe('why a run of this length cannot measure it')),
  sum: z.exactOptional(number),
  mean: z.exactOptional(number),
  min: z.exactOptional(number),
  max: z.exactOptional(number),
  quantiles: z.exactOptional(z.array(quantilePoint)),
  modes: z.exactOptional(
    z
      .array(
        z.strictObject({
          share: number.describe('of all samples, 0..1'),
          value: number.describe('median of the mode'),
          low: number,
          high: number,
          path: z.exactOptional(text.describe('which nine in ten of its packets took, or more')),
        }),
      )
      .describe('values around which nearly all samples gather; absent where they spread'),
  ),
  samples: z.exactOptional(
    z.array(z.strictObject({ seed: count, value: number })).describe('at most 2,000'),
  ),
});

const fault = z.strictObject({
  seed: count,
  id: text,
  kind: text,
  text,
  targets: z.array(text),
  beginNs: number,
  endNs: z.exactOptional(number),
  effects: z.record(text, number).describe('consequence to instant in ns of the run'),
  gaps: z.exactOptional(
    z
      .array(
        z.strictObject({
          flow: text.describe('`a -> b`'),
          gapNs: number.describe('between arrivals, less the nominal spacing'),
          lost: count.describe('packets of the gap that were never delivered'),
          isRecovered: z.boolean().describe('false: the gap lasts to the end of the run'),
        }),
      )
      .describe('its cost to the flows that it hit, as `<protocol>.failover` samples it'),
  ),
  gapsLeftOut: z.exactOptional(count.describe('of further flows, all shorter, to bound the size')),
  answer: z.exactOptional(
    z
      .strictObject({
        outcome: text.describe('`ok`, or why there is no answer'),
        tookNs: number,
        parts: count.describe('before the end of the answer'),
        bytes: count.describe('of the whole answer'),
      })
      .describe('to a question; absent if it was open at the end of the run'),
  ),
});

const bins = z.array(number.nullable());
const faultWindow = z.strictObject({
  seed: count,
  fault: text.describe('id of the fault'),
  flow: text.describe('`a -> b`'),
  binNs: number,
  firstNs: number.describe('begin of the first bin after the fault; negative'),
  delivered: bins.describe('packets that arrived in the bin'),
  lost: bins.describe('packets that were sent in the bin and never delivered'),
  latencyP95: bins.describe('of the packets that arrived in the bin, ns'),
});

const series = z.strictObject({
  name: text,
  unit,
  binNs: number.describe('width of the bins that were measured'),
  stepNs: number.describe('width of the steps below; a step averages whole bins'),
  mean: z.array(number.nullable()).describe('mean of the seeds'),
  low: z.array(number.nullable()).describe('lowest bin of any seed in the step'),
  high: z.array(number.nullable()).describe('highest bin of any seed in the step'),
  shownSeed: z.array(number.nullable()).describe('the seed that the charts show in full'),
});

const packets = z.strictObject({
  sent: count,
  duplicated: count,
  injected: count,
  delivered: count,
  inFlight: count,
  drops: z.record(text, count),
});

const messages = z
  .strictObject({
    submitted: count,
    delivered: count,
    refused: z.record(text, count).describe('by the reason of the sending node'),
    givenUp: count.describe('not acknowledged after the last try'),
    lost: z.record(text, count).describe('by reason, such as node-crashed'),
    open: count.describe('in flight, or held by a node'),
  })
  .describe('messages of applications; absent where they are not tracked');

/** The schema of `report.json`: the report of one scenario with all its seeds. */
export const reportSchema = z
  .strictObject({
    schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
    pass: z.boolean(),
    ending: z
      .enum(['complete', 'interrupted', 'time-limit', 'aborted'])
      .describe('aborted: a limit could not be met any more (--abort-on fail)'),
    scenario: z.strictObject({
      name: text,
      file: text,
      sha256: text,
      question: text,
      topologyFile: text,
      topologySha256: text,
      data: z.exactOptional(
        z.array(text).describe('SHA-256 of traces, imported networks and files that options name'),
      ),
      durationNs: number,
      warmupNs: number,
    }),
    mode: z.enum(['sim', 'emulate', 'live']),
    layout: z.exactOptional(text.describe('on what a live run was spread, e.g. `17 processes`')),
    clock,
    crypto: text,
    remarks: z.exactOptional(z.array(text).describe('what protocols want every verdict to say')),
    cpu: text.describe('`not modelled`, `calibrated (file, processor, date)`'),
    cpuProfileSha256: z.exactOptional(text),
    seeds: z.array(count),
    fingerprint: text.describe('of the seed, or SHA-256 over the fingerprints of all seeds'),
    perSeed: z.array(
      z.strictObject({
        seed: count,
        network: z.exactOptional(count.describe('the generated network that the seed ran on')),
        fingerprint: text,
        virtualSeconds: number,
        measuredSeconds: number,
        wallSeconds: number,
        events: count,
        ending: text,
        done: z.exactOptional(
          z
            .union([
              z.strictObject({ by: z.literal('done'), atNs: number }),
              z.strictObject({ by: z.literal('duration'), unfinished: z.array(text) }),
            ])
            .describe('with `until: done`: what ended the run, and who had not finished'),
        ),
        checkpoints: z.exactOptional(
          z
            .strictObject({
              everyNs: number,
              digests: text.describe('8 hex digits for each interval, the first one first'),
            })
            .describe('fingerprint of all events up to each multiple of an interval'),
        ),
      }),
    ),
    virtualSeconds: number,
    measuredSeconds: number,
    wallSeconds: number,
    events: count,
    eventsPerWallSecond: number,
    timing: z.exactOptional(
      z
        .strictObject({
          runningSeconds: number.describe(
            'wall time from the first event of a seed to the last of all',
          ),
          engineSeconds: number.describe('wall time of the events themselves, all seeds added up'),
          eventsPerSecond: number.describe('of the engine, in one thread'),
        })
        .describe('without loading and writing; absent where the wall clock sets the pace'),
    ),
    memory: z.exactOptional(
      z
        .strictObject({
          nodes: count.describe('hosts with their links and protocols'),
          nodeBytes: number.describe(
            'what a node took once all were made, with its links; 0 where all took less than 32 MB',
          ),
          packets: count.describe('most packets under way at one instant'),
          packetBytes: number.describe('what one took with its buffer; 0 below 1,000 packets'),
        })
        .describe('of the seed that took most; absent where nodes are in other processes'),
    ),
    environment: z.strictObject({ node: text, os: text, cpu: text, commit: text }),
    kpis: z.array(kpi),
    invariants: z.array(z.strictObject({ name: text, pass: z.boolean(), detail: text })),
    metrics: z.record(text, metric),
    faults: z.array(fault),
    faultWindows: z.exactOptional(
      z
        .strictObject({
          windows: z.array(faultWindow),
          leftOut: count.describe('of further faults, to bound the size'),
        })
        .describe('every seed around its faults; the edge of a bin lies at the fault'),
    ),
    packets,
    messages: z.exactOptional(messages),
    messagesUntracked: z.exactOptional(text).describe('why messages are not accounted for'),
    refusals: z
      .exactOptional(z.record(text, count))
      .describe('packets of applications that nodes refused after the warm-up, by reason'),
    nodeDrops: z.record(text, count),
    series: z.array(series),
    flowsLeftOut: z
      .exactOptional(count)
      .describe(
        'flows without series here: shown are those that delivered least, and some that delivered most; flows.csv has all',
      ),
    shownSeed: count.describe('the seed that the charts show: the worst, or the first'),
    warnings: z.array(z.strictObject({ text, seeds: z.array(count) })),
    privacy: z.exactOptional(privacySchema),
    privacyBudget: z.exactOptional(privacyBudgetSchema),
    against: z.exactOptional(predictionComparisonSchema),
    networks: z.exactOptional(
      z.array(count).describe('the generated networks that ran; intervals are over them'),
    ),
    twin: z.exactOptional(twinSchema),
    carried: z.exactOptional(
      z
        .strictObject({
          offeredPerSecond: z.number(),
          acceptedPerSecond: z.number(),
          carriedPerSecond: z.number(),
          fullLink: z.exactOptional(text).describe('a link that was sending nearly all the time'),
          shed: count.describe('dropped as overload, at sources and on the way, warm-up included'),
        })
        .describe('packets of applications, where some were turned away as overload'),
    ),
    interactive: z
      .exactOptional(z.strictObject({ faults: count, file: text }))
      .describe(
        'faults were injected during the run and recorded in this file, so scenario.file ' +
          'alone does not describe the run',
      ),
    reproduce: text,
    overrides: z.record(text, text),
  })
  .describe('Orrery report: the verdict of one scenario over all seeds');

/** A type with all its properties read-only, at every level. */
type DeepReadonly<T> = T extends (infer U)[]
  ? readonly DeepReadonly<U>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** A report, as written to `report.json`. */
export type Report = DeepReadonly<z.infer<typeof reportSchema>>;
/** The comparison of a live run with its prediction, as contained in the report. */
export type PredictionComparison = NonNullable<Report['against']>;
/** One judged KPI. */
export type KpiResult = Report['kpis'][number];
/** The interval of a KPI. */
export type KpiInterval = KpiResult['ci95'];
/** One metric over all seeds. */
export type MetricSummary = Report['metrics'][string];
/** One quantity over time. */
export type SeriesSummary = Report['series'][number];
/** One fault of one seed. */
export type ReportFault = Report['faults'][number];
/** What one flow of one seed measured around one fault. */
export type ReportFaultWindow = NonNullable<Report['faultWindows']>['windows'][number];
/** The clock from which a duration was read: `virtual` or `wall`. */
export type ClockKind = Report['clock'];

/** The JSON Schema of `report.json` (draft 2020-12). */
export function reportJsonSchema(): Readonly<Record<string, unknown>> {
  return { $id: 'report.schema.json', title: 'Orrery report', ...z.toJSONSchema(reportSchema) };
}
