/**
 * Shows what became of the packets: the packet balance of the run, and the drops on links and in
 * nodes by reason.
 *
 * @module
 */
import { scaleLinear } from 'd3-scale';
import { significantDigitsText, wholeNumberText } from '../../../../reports/format.ts';
import type { Report } from '../../../../reports/report-schema.ts';
import { ChartFrame } from '../../chart/chart-frame.ts';
import { withNonBreakingSpaces } from '../../chart/hard-spaces.ts';
import { computePlotGeometry, elementRedrawnOnResize, plotSvg } from '../../chart/plot.ts';
import { element, svgElement } from '../../kernel/element.ts';
import type { ReportPageContext } from '../../kernel/page.ts';

const ROW = 26;
const ROWS_MAX = 14;

/** The number of drops for one reason. */
export interface DropReasonCount {
  readonly reason: string;
  readonly by: 'link' | 'node';
  readonly count: number;
}

/** Counts all drops by reason, the most frequent reason first. */
export function dropReasonCounts({ packets, nodeDrops }: Report): readonly DropReasonCount[] {
  const listed = (
    drops: Readonly<Record<string, number>>,
    by: DropReasonCount['by'],
  ): readonly DropReasonCount[] =>
    Object.entries(drops).map(([reason, count]) => ({ reason, by, count }));
  return [...listed(packets.drops, 'link'), ...listed(nodeDrops, 'node')]
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}

/**
 * Formats the packet balance: `On links: 17 sent = 15 delivered + 1 dropped + 1 in flight`. A
 * packet is counted once for each link of its route.
 */
export function balanceText({ packets }: Report): string {
  const { sent, duplicated, injected, delivered, inFlight, drops } = packets;
  const dropped = Object.values(drops).reduce((sum, count) => sum + count, 0);
  const extra =
    (duplicated > 0 ? ` + ${wholeNumberText(duplicated)} duplicated` : '') +
    (injected > 0 ? ` + ${wholeNumberText(injected)} injected` : '');
  return `On links: ${wholeNumberText(sent)} sent${extra} = ${wholeNumberText(delivered)} delivered + ${wholeNumberText(dropped)} dropped + ${wholeNumberText(inFlight)} in flight`;
}

/** Makes the chart of dropped packets by reason. */
export function dropsChart({ report, run, signal }: ReportPageContext): HTMLElement {
  const drops = dropReasonCounts(report);
  const seed = report.seeds.length === 1 ? String(report.seeds[0] ?? '') : '';
  const frame = new ChartFrame({ name: 'report-drops', origin: { run: run.id, seed } });
  const title = withNonBreakingSpaces(balanceText(report));
  const hidden = drops.length - ROWS_MAX;
  const more = hidden > 0 ? ` ${hidden} smaller reasons are in the table.` : '';
  frame.show({
    title,
    caption: `A packet of a flow is sent once on every link of its path, so these numbers are higher than those of the KPIs. All seeds, every packet accounted for. Bars: drops by reason; drops by nodes are packets that nodes refused and are not part of this sum.${more}`,
    table: {
      columns: ['reason', 'dropped by', 'packets'],
      rows: drops.map(({ reason, by, count }) => [reason, by, count]),
    },
  });
  frame.body.append(
    drops.length === 0
      ? element('p', { class: 'muted' }, 'No packet was dropped.')
      : elementRedrawnOnResize(signal, (width) => drawing(drops.slice(0, ROWS_MAX), width, report)),
  );
  return frame.root;
}

function drawing(drops: readonly DropReasonCount[], width: number, report: Report): Node {
  const isSlim = width < 560;
  const pitch = isSlim ? ROW + 14 : ROW;
  const left = isSlim ? 0 : 220;
  const plot = computePlotGeometry(width, 40 + pitch * drops.length, left);
  const x = scaleLinear([0, drops[0]?.count ?? 1], [left, plot.right - 150]);
  const rows = drops.flatMap(({ reason, by, count }, at) => {
    const top = pitch * at + (isSlim ? 16 : 4);
    const share = `${significantDigitsText((100 * count) / Math.max(1, report.packets.sent), 2)} %`;
    return [
      isSlim
        ? svgElement('text', { class: 'start', x: 0, y: top - 4 }, reason)
        : svgElement('text', { class: 'end', x: left - 8, y: top + 14 }, reason),
      svgElement('rect', {
        ...{ x: left, y: top, width: Math.max(1.5, x(count) - left), height: 18 },
        fill: by === 'link' ? 'var(--c1)' : 'var(--c2)',
      }),
      svgElement(
        'text',
        { class: 'start strong', x: Math.max(left + 1.5, x(count)) + 8, y: top + 14 },
        by === 'link'
          ? `${wholeNumberText(count)}, ${share} of those sent on links`
          : `${wholeNumberText(count)}, by nodes`,
      ),
    ];
  });
  const height = pitch * drops.length + 8;
  return plotSvg({ ...plot, height }, balanceText(report), rows);
}
