/**
 * Describes a fault in text: the title of its chart, the caption, and the summary for screen
 * readers.
 *
 * @module
 */
import { countWithNoun, limitQuantityText, quantityText } from '../../../../reports/format.ts';
import {
  intervalText,
  kpiMark,
  kpiName,
  limitText,
  measuredText,
} from '../../../../reports/kpi-text.ts';
import type { KpiResult, Report } from '../../../../reports/report-schema.ts';
import { instantText } from '../../kernel/duration.ts';
import {
  effectDelayNs,
  effectDelaySpread,
  type FaultCase,
  FIRST_PACKET_EFFECT,
  findGap,
  gapKpi,
} from './story.ts';

/** A fault with the data around it. */
export interface FaultFacts {
  readonly report: Report;
  readonly shown: FaultCase;
  readonly same: readonly FaultCase[];
  /** Position of the fault among the faults of the report, counted from 1; see `count`. */
  readonly position: number;
  /** Number of faults of the report; the same fault in several seeds counts once. */
  readonly count: number;
  /** The name of the flow, `a -> b`; empty if the run has only one flow. */
  readonly flow: string;
}

/**
 * A title such as `core-110 ↔ core-310 down: traffic was back after a gap of 87.5 ms, within the
 * limit of 250 ms`.
 * A limit is named only for the quantity that its KPI measures.
 */
export function faultTitle(facts: FaultFacts): string {
  const { report, shown, flow } = facts;
  const what = shown.text.replace(/(\S+)--(\S+)/g, '$1 ↔ $2');
  const gap = findGap(shown, flow);
  const limit = gapKpi(report)?.metric.endsWith('.failover') ? gapKpi(report)?.limit : undefined;
  if (gap === undefined) return `${what}: ${effectWords(shown)}`;
  const size = `a gap of ${quantityText(gap.gapNs, 'ns')}`;
  const against =
    limit === undefined
      ? ''
      : `, ${gap.gapNs <= limit ? 'within' : 'beyond'} the limit of ${limitQuantityText(limit, 'ns')}`;
  return gap.isRecovered
    ? `${what}: traffic was back after ${size}${against}`
    : `${what}: traffic did not come back, ${size} to the end${against}`;
}

/** Describes the effects of a fault whose gap is not known. KPIs set no limit on effects. */
function effectWords(shown: FaultCase): string {
  const back = effectDelayNs(shown, FIRST_PACKET_EFFECT);
  if (back !== undefined)
    return `the first packet came ${quantityText(back, 'ns')} after the fault`;
  const last = shown.effects.at(-1);
  if (last === undefined) return 'no effect was measured';
  return `${last.name} after ${quantityText(last.afterNs, 'ns')}`;
}

/** Formats the confidence interval of a KPI; empty for a single sample, which has no interval. */
function intervalWords(kpi: KpiResult): string {
  return kpi.ci95.kind === 'none' ? '' : ` ${intervalText(kpi)}`;
}

/** Makes the caption: which fault in which seed, over which interval, and the result of the KPI. */
export function faultCaption({ report, shown, position, count, flow }: FaultFacts): string {
  const at = instantText(shown.beginNs, 10e9);
  const clock = report.clock === 'virtual' ? 'virtual time' : 'wall time';
  const kpi = gapKpi(report);
  const verdict =
    kpi === undefined
      ? ''
      : ` ${kpiMark(kpi)} ${kpiName(kpi)} ${measuredText(kpi)}${intervalWords(kpi)}, limit ${limitText(kpi)}.`;
  const others =
    report.seeds.length < 2
      ? ''
      : ` Faint: all seeds, seed ${shown.seed} in colour; bold: the median; band: 10 to 90 %.`;
  const meaning =
    findGap(shown, flow) === undefined
      ? ''
      : ' The gap is the time from the last arrival of a packet sent before the fault to the first arrival of one sent after it, minus the nominal spacing.';
  return `Fault ${position} of ${count}, seed ${shown.seed}, at ${at} of ${clock}.${verdict}${meaning}${others}`;
}

/** Makes the summary for screen readers: the title, every effect, and the spread over the seeds. */
export function faultSummary(facts: FaultFacts): string {
  const effects = facts.shown.effects.map(
    ({ name, afterNs }) => `${name} after ${quantityText(afterNs, 'ns')}`,
  );
  const spread = effectDelaySpread(facts.same, FIRST_PACKET_EFFECT);
  const seeds =
    spread === undefined || spread.n < 2
      ? ''
      : ` Over ${countWithNoun(spread.n, 'seed')} the first packet came after a median of ${quantityText(spread.median, 'ns')}.`;
  const own = effects.length === 0 ? '' : ` In seed ${facts.shown.seed}: ${effects.join(', ')}.`;
  return `${faultTitle(facts)}.${own}${seeds}`;
}
