/**
 * Checks limits on labelled series, such as `gateway.fault_switches{cause="report-loss"}`
 * (docs/spec/scenario-files.md#kpis): a limit names every label of its metric, in the order of its
 * definition. Reports E108 (docs/spec/error-messages.md).
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';
import { metricOfSeries, readSeriesName, seriesName } from '../../engine/pure/series-name.ts';
import { suggestNearestWord } from '../../topologies/files/suggest.ts';
import { DROP_LABEL, NODE_DROPS_METRIC } from '../metrics/run-metrics.ts';
import type { ScenarioContext } from './context.ts';

/** Checks that the labels fit the metric; returns false after reporting that they do not. */
export function checkLabels(
  context: ScenarioContext,
  name: string,
  { name: metric, labels = [] }: MetricDefinition,
): boolean {
  if (metricOfSeries(name) === name) return true;
  const refuse = (message: string, hint: string): false => {
    context.refuseKey('E108', ['kpis', name], message, hint);
    return false;
  };
  if (labels.length === 0) return refuse(`"${metric}" has no labels`, `write ${metric}`);
  const form = (values: readonly string[]): string =>
    seriesName(metric, labels, values).replaceAll('=""', '="…"');
  const series = readSeriesName(name);
  if (series === undefined)
    return refuse(`"${name}" is not the name of a series`, `write ${form([])}`);
  const values = labels.map((label) => series.labels[label] ?? '');
  const unknown = Object.keys(series.labels).find((label) => !labels.includes(label));
  if (unknown !== undefined) {
    const near = suggestNearestWord(unknown, labels);
    const hint = near === undefined ? `write ${form(values)}` : `did you mean ${near}?`;
    return refuse(`"${unknown}" is not a label of ${metric}, which has ${labels.join(', ')}`, hint);
  }
  const missing = labels.find((label) => series.labels[label] === undefined);
  if (missing !== undefined) {
    return refuse(`label "${missing}" of ${metric} is missing`, `write ${form(values)}`);
  }
  const proper = seriesName(metric, labels, values);
  if (proper === name) return true;
  return refuse(`"${name}" is not written as reports write it`, `write ${proper}`);
}

/**
 * Checks that some node of the network can drop for the reason that a limit names; reports a mistake and returns
 * false if none can.
 */
export function checkDrop(
  context: ScenarioContext,
  name: string,
  known: ReadonlySet<string>,
): boolean {
  if (metricOfSeries(name) !== NODE_DROPS_METRIC) return true;
  const drop = readSeriesName(name)?.labels[DROP_LABEL];
  if (drop === undefined || known.has(drop)) return true;
  const near = suggestNearestWord(drop, known);
  const hint =
    near === undefined ? 'the README of a protocol lists its drops' : `did you mean ${near}?`;
  context.refuseKey('E108', ['kpis', name], `no node of this network drops as "${drop}"`, hint);
  return false;
}
