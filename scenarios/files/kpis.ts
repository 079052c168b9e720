/**
 * Resolves the `kpis` map: checks that metrics exist, aggregations fit them, and limits are in
 * their unit (docs/spec/scenario-files.md#kpis).
 *
 * Reports E102, E103, E108, E109, E110 and E128 (docs/spec/error-messages.md). The message for a run
 * that ended without samples (E125) is also here, beside the other messages about KPIs.
 *
 * @module
 */
import type { MetricDefinition, MetricKind, MetricUnit } from '../../engine/host/measure.ts';
import { NO_UPPER_LAYER } from '../../engine/net/host-stack.ts';
import { NOT_PRIVATE } from '../../engine/net/private-wish.ts';
import { OVERLOAD_REASON } from '../../engine/net/sim-host.ts';
import { METRIC_UNITS, type MetricUnitFacts } from '../../engine/pure/metric-units.ts';
import { readNumber } from '../../engine/pure/read-number.ts';
import { metricOfSeries } from '../../engine/pure/series-name.ts';
import { findAggregatedUnit } from '../../reports/estimate.ts';
import type { Aggregation, ComparisonOperator, KpiSpec } from '../../reports/model.ts';
import { protocolNamesOfHost } from '../../topologies/assemble/stack.ts';
import type { ConfigIssue } from '../../topologies/files/config-error.ts';
import { type LeafResult, leafMistakeResult } from '../../topologies/files/leaf.ts';
import type { ValuePath } from '../../topologies/files/locate.ts';
import { readQuantityAs } from '../../topologies/files/quantity.ts';
import { suggestNearestWord } from '../../topologies/files/suggest.ts';
import { readQuantity } from '../../topologies/files/units.ts';
import type { SourcePosition } from '../../topologies/model.ts';
import { commandText } from '../command-text.ts';
import { notApplicableReason } from '../series-bins.ts';
import type { ScenarioContext } from './context.ts';
import { checkDrop, checkLabels } from './kpi-labels.ts';
import type { ScenarioInput } from './schema.ts';

type Kpi = KpiSpec & { readonly position: SourcePosition };
type KpiInput = NonNullable<ScenarioInput['kpis']>[string];

const AGGREGATIONS = [
  'p50',
  'p90',
  'p95',
  'p99',
  'p99.9',
  'mean',
  'min',
  'max',
  'rate',
  'ratio',
  'count',
  'value',
] as const satisfies readonly Aggregation[];

const DISTRIBUTION: readonly Aggregation[] = [
  ...AGGREGATIONS.filter((one) => one !== 'rate' && one !== 'ratio' && one !== 'value'),
];

/** The aggregations that fit each kind of metric. */
const FITTING: Readonly<Record<MetricKind, readonly Aggregation[]>> = {
  counter: ['count', 'rate'],
  gauge: ['value'],
  ratio: ['value', 'ratio'],
  histogram: DISTRIBUTION,
  samples: DISTRIBUTION,
};

const KIND_WORDS: Readonly<Record<MetricKind, string>> = {
  counter: 'a counter',
  gauge: 'a gauge',
  ratio: 'a ratio',
  histogram: 'a histogram',
  samples: 'samples',
};

const LIST_HINT = `list: ${commandText(['scenario'], ['--list-metrics'])}`;

/** The limits of a file: on metrics of a run, and on differences between a run and its twin. */
export interface ResolvedKpis {
  readonly kpis: readonly Kpi[];
  readonly differences: readonly Kpi[];
}

/** The key, in the entry of a metric, below which limits apply to the difference to the twin. */
const DIFFERENCE = 'difference';

/** Resolves all limits; limits with mistakes are reported and left out. */
export function resolveKpis(
  context: ScenarioContext,
  inputs: Readonly<Record<string, KpiInput>>,
  hasTwin: boolean,
): ResolvedKpis {
  const metrics = metricsOf(context);
  const differences: Kpi[] = [];
  const kpis = Object.entries(inputs).flatMap(([name, input]) => {
    const path = ['kpis', name];
    const metric = metricAt(context, metrics, name);
    if (metric === undefined) return [];
    checkLength(context, name, input);
    const { virtual, difference, ...plain } = input;
    const below = (key: string, limits: KpiInput): readonly Kpi[] => {
      const { allowEmpty, ci } = input;
      return limitsOf(context, metric, { ...limits, allowEmpty, ci }, [...path, key]);
    };
    if (difference !== undefined) {
      if (!hasTwin) refuseLone(context, path);
      for (const kpi of below(DIFFERENCE, difference)) differences.push(kpi);
    }
    return [
      ...(isToRead(input) ? limitsOf(context, metric, plain, path) : []),
      ...(virtual === undefined ? [] : below('virtual', virtual)).map((kpi) => ({
        ...kpi,
        onlyVirtual: true,
      })),
    ];
  });
  return { kpis, differences };
}

/**
 * True if the limits written directly below a metric must be read. If there are no limits at all,
 * reading reports this mistake.
 */
function isToRead(input: KpiInput): boolean {
  const isPlain = AGGREGATIONS.some((one) => input[one] !== undefined);
  return isPlain || (input.virtual === undefined && input.difference === undefined);
}

/** Finds the metric of a limit; undefined after reporting that nothing measures it. */
function metricAt(
  context: ScenarioContext,
  metrics: ReadonlyMap<string, MetricDefinition>,
  name: string,
): MetricDefinition | undefined {
  const path = ['kpis', name];
  const metric = metrics.get(metricOfSeries(name));
  const absent = absentProtocol(context, name);
  if (absent !== undefined) {
    const hint = `protocols of this network: ${[...protocolsOf(context)].join(', ')}`;
    const message = `no node runs ${absent}, so nothing measures "${name}"`;
    context.refuseKey('E108', path, message, hint);
    return undefined;
  }
  if (metric === undefined) {
    const near = suggestNearestWord(metricOfSeries(name), metrics.keys());
    const hint = near === undefined ? LIST_HINT : `did you mean ${near}? ${LIST_HINT}`;
    context.refuseKey('E108', path, `metric "${name}" does not exist`, hint);
    return undefined;
  }
  const isRight = checkLabels(context, name, metric) && checkDrop(context, name, dropsOf(context));
  return isRight ? { ...metric, name } : undefined;
}

/** Reports a limit on a difference in a file without a twin. */
function refuseLone(context: ScenarioContext, path: ValuePath): void {
  const message = 'a difference is that of a twin, and this file has none';
  const hint = 'write twin: { set: { options.gateway.window: 64 } }';
  context.refuseKey('E109', [...path, DIFFERENCE], message, hint);
}

/**
 * Reports a limit on a metric that a run of this length cannot measure, unless the file allows that it
 * is empty.
 */
function checkLength(context: ScenarioContext, name: string, input: KpiInput): void {
  const reason = notApplicableReason(name, context.durationNs);
  if (reason === undefined || input.allowEmpty === true) return;
  const hint = 'shorten duration, remove the limit, or write allowEmpty: true';
  context.refuseKey('E128', ['kpis', name], `not applicable: ${reason}`, hint);
}

type Network = Pick<ScenarioContext, 'registry' | 'topology'>;

/** Names of the protocols that nodes of the network run. */
function protocolsOf({ registry, topology }: Network): ReadonlySet<string> {
  const names = topology.hosts.flatMap((host) => protocolNamesOfHost(host));
  return new Set(names.map((name) => registry.protocols(name)?.name ?? name));
}

/**
 * Name of the protocol that defines the metric, if no node runs that protocol, nor another one that has the metric from
 * it; else undefined.
 */
function absentProtocol(context: Network, metric: string): string | undefined {
  const [prefix = ''] = metric.split('.');
  if (!context.registry.names.includes(prefix) || protocolsOf(context).has(prefix))
    return undefined;
  const name = metricOfSeries(metric);
  return ownMetricsOf(context).some((one) => one.name === name) ? undefined : prefix;
}

/** The names of all drops of the protocols of the network. */
function dropsOf(context: Network): ReadonlySet<string> {
  const names = new Set(context.topology.hosts.flatMap((host) => protocolNamesOfHost(host)));
  const own = [...names].flatMap((name) =>
    Object.keys(context.registry.protocols(name)?.drops ?? {}),
  );
  return new Set([...own, NO_UPPER_LAYER, NOT_PRIVATE, OVERLOAD_REASON]);
}

/** Metrics that a run on this topology measures: those of the runner, and those of its protocols. */
function metricsOf(context: Network): ReadonlyMap<string, MetricDefinition> {
  const all = [...context.registry.metrics, ...ownMetricsOf(context)];
  return new Map(all.map((metric) => [metric.name, metric]));
}

/** The metrics that protocols of the network define. */
function ownMetricsOf({ registry, topology }: Network): readonly MetricDefinition[] {
  const names = new Set(topology.hosts.flatMap((host) => protocolNamesOfHost(host)));
  return [...names].flatMap((name) => registry.protocols(name)?.metrics ?? []);
}

function limitsOf(
  context: ScenarioContext,
  metric: MetricDefinition,
  input: KpiInput,
  path: ValuePath,
): readonly Kpi[] {
  const given = AGGREGATIONS.filter((one) => input[one] !== undefined);
  if (given.length === 0) {
    const hint = `write ${metric.name}: { ${FITTING[metric.kind][0]}: "<= …" }`;
    context.refuse('E121', path, 'no limit, expected an aggregation and a limit', hint);
  }
  if (input.over === 'total' && !given.includes('count')) {
    const message = `over: total says how counts of seeds combine, and there is no count`;
    context.refuse('E109', [...path, 'over'], message);
  }
  return given.flatMap((aggregation) => {
    const at = [...path, aggregation];
    const allowed = FITTING[metric.kind];
    if (!allowed.includes(aggregation)) {
      const message = `${aggregation} of ${KIND_WORDS[metric.kind]}, allowed: ${allowed.join(', ')}`;
      context.refuseKey('E109', at, message);
      return [];
    }
    const texts = input[aggregation] ?? [];
    const interval = input.ci ?? 'point';
    const { allowEmpty = false, over = 'seed' } = input;
    const common = { metric: metric.name, aggregation, allowEmpty, over };
    return texts.flatMap((limitText, index) => {
      const place = texts.length > 1 ? [...at, index] : at;
      const limit = readLimit(limitText, metric, aggregation, path.at(-1) === DIFFERENCE);
      if ('mistake' in limit) {
        const { code, message, hint } = limit.mistake;
        context.refuse(code, place, message, hint);
        return [];
      }
      return [
        { ...common, ...limit.value, limitText, interval, position: context.position(place) },
      ];
    });
  });
}

/** Longest text of a limit (a comparison, a number, a unit), characters. */
const LIMIT_MAX = 100;
/** Comparisons, the longer ones first, because `<=` begins with `<`. */
const COMPARISONS: readonly ComparisonOperator[] = ['<=', '>=', '==', '<', '>'];

interface Limit {
  readonly comparison: ComparisonOperator;
  readonly limit: number;
}

function readLimit(
  text: string,
  metric: MetricDefinition,
  aggregation: Aggregation,
  isSigned: boolean,
): LeafResult<Limit> {
  const trimmed = text.trim();
  if (text.length > LIMIT_MAX) {
    return leafMistakeResult(
      'E110',
      `a limit of ${text.length} characters`,
      'write e.g. "<= 250ms"',
    );
  }
  const comparison = COMPARISONS.find((sign) => trimmed.startsWith(sign));
  if (comparison === undefined) {
    // A mistyped comparison such as `=<` or `≤` is not part of the value.
    const value = text.replace(/^[\s<>=!≤≥]+/, '').trim();
    return leafMistakeResult(
      'E110',
      `"${text}" has no comparison`,
      `write "${meantBy(trimmed)} ${value}"`,
    );
  }
  const value = trimmed.slice(comparison.length).trim();
  // Only a limit on a difference may be below zero.
  const isNegative = isSigned && value.startsWith('-');
  const limit = readValue(
    isNegative ? value.slice(1) : value,
    findAggregatedUnit(metric, aggregation),
  );
  if ('mistake' in limit) return limit;
  return { value: { comparison, limit: isNegative ? -limit.value : limit.value } };
}

/**
 * The comparison that a mistyped operator was meant to be. A lower limit must never become an upper
 * limit.
 */
function meantBy(text: string): ComparisonOperator {
  const [sign = ''] = /^[\s<>=!≤≥]*/.exec(text) ?? [];
  return /[>≥]/.test(sign) ? '>=' : '<=';
}

const NO_UNIT: Readonly<Record<string, string>> = {
  count: 'a number such as 0',
  packets: 'a number of packets such as 1000',
  bits: 'a number of bits such as 3.2',
};

function readValue(text: string, unit: MetricUnit): LeafResult<number> {
  if (text === '')
    return leafMistakeResult('E110', 'the comparison has no value', 'write e.g. "<= 250ms"');
  const { quantity: kind }: MetricUnitFacts = METRIC_UNITS[unit];
  if (kind === 'ratio') return readRatio(text);
  if (kind !== undefined) {
    const result = readQuantityAs(text, kind, {});
    // Packet rates are per second internally, but this metric counts per minute.
    return 'value' in result && unit === '1/min' ? { value: perMinute(result.value) } : result;
  }
  return readBare(text, NO_UNIT[unit] ?? NO_UNIT['count'] ?? '', unit);
}

/** Reads a ratio. Ratios such as switches per fault may exceed 1, but 99 was most likely meant as 99 %. */
function readRatio(text: string): LeafResult<number> {
  const bare = readNumber(text);
  const looksLikePercent = bare !== undefined && bare >= 2 && bare <= 100;
  return readQuantityAs(text, 'ratio', looksLikePercent ? { max: 1 } : {});
}

function perMinute(perSecond: number): number {
  return Number((perSecond * 60).toPrecision(12));
}

function readBare(text: string, expects: string, unit: MetricUnit): LeafResult<number> {
  const bare = readNumber(text.replace(/\s*bits?$/, ''));
  if (bare !== undefined) return { value: bare };
  const found = readQuantity(text);
  if (found?.kind === 'packets' && unit === 'packets') return { value: found.value };
  if (found === undefined) return leafMistakeResult('E110', `"${text}" is not ${expects}`);
  return leafMistakeResult('E103', `${text} has a unit, expected ${expects}`);
}

/**
 * The message about a KPI whose metric has no samples at the end of a run (in k6, such a limit passes:
 * grafana/k6#4283).
 */
export function emptyKpiIssue(
  kpi: Pick<Kpi, 'metric' | 'aggregation' | 'position'>,
  warmupText: string,
): ConfigIssue {
  const { file, line, column } = kpi.position;
  return {
    file,
    line,
    column,
    endColumn: column,
    path: `kpis.${kpi.metric}`,
    code: 'E125',
    message: `${kpi.metric} has 0 samples, so ${kpi.aggregation} cannot be judged`,
    hint: `is there a fault after warmup (${warmupText})?`,
  };
}
