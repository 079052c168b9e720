/**
 * A fault in words: the title of its picture, the caption, the summary for screen readers.
 *
 * @module
 */
import { limitQuantity, plural, quantity } from '../../../../reports/format.ts';
import {
  intervalText,
  kpiMark,
  kpiName,
  limitText,
  measuredText,
} from '../../../../reports/kpi-text.ts';
import type { Report } from '../../../../reports/report-schema.ts';
import { instantText } from '../../kernel/duration.ts';
import { delayOf, type FaultCase, FIRST_PACKET, gapKpi, spreadOf } from './story.ts';

/** A fault with what is known around it. */
export interface Told {
  readonly report: Report;
  readonly shown: FaultCase;
  readonly same: readonly FaultCase[];
  readonly position: number;
  readonly count: number;
}

/** `core-110 ↔ core-310 down: traffic was back after 80.6 ms, within the limit of 250 ms`. */
export function titleOf({ report, shown }: Told): string {
  const what = shown.text.replace(/(\S+)--(\S+)/g, '$1 ↔ $2');
  const back = delayOf(shown, FIRST_PACKET);
  const limit = gapKpi(report)?.limit;
  if (back === undefined) {
    const last = shown.effects.at(-1);
    const effect =
      last === undefined
        ? 'no effect was measured'
        : `${last.name} after ${quantity(last.afterNs, 'ns')}`;
    return `${what}: ${effect}`;
  }
  const against =
    limit === undefined
      ? ''
      : `, ${back <= limit ? 'within' : 'beyond'} the limit of ${limitQuantity(limit, 'ns')}`;
  return `${what}: traffic was back after ${quantity(back, 'ns')}${against}`;
}

/** Which fault of which seed, over which interval, and what the KPI says. */
export function captionOf({ report, shown, position, count }: Told): string {
  const at = instantText(shown.beginNs, 10e9);
  const clock = report.clock === 'virtual' ? 'virtual time' : 'wall time';
  const kpi = gapKpi(report);
  const verdict =
    kpi === undefined
      ? ''
      : ` ${kpiMark(kpi)} ${kpiName(kpi)} ${measuredText(kpi)} ${intervalText(kpi)}, limit ${limitText(kpi)}.`;
  const others =
    report.seeds.length < 2 ? '' : ' Faint: the other seeds; bold: the median; band: 10 to 90 %.';
  return `Fault ${position} of ${count}, seed ${shown.seed}, at ${at} of ${clock}.${verdict}${others}`;
}

/** The title with every effect, and how the seeds spread. */
export function summaryOf(told: Told): string {
  const effects = told.shown.effects.map(
    ({ name, afterNs }) => `${name} after ${quantity(afterNs, 'ns')}`,
  );
  const spread = spreadOf(told.same, FIRST_PACKET);
  const seeds =
    spread === undefined || spread.n < 2
      ? ''
      : ` Over ${plural(spread.n, 'seed')} the first packet came after a median of ${quantity(spread.median, 'ns')}.`;
  const own = effects.length === 0 ? '' : ` In seed ${told.shown.seed}: ${effects.join(', ')}.`;
  return `${titleOf(told)}.${own}${seeds}`;
}
