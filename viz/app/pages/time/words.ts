/**
 * Makes the titles, captions and tables of the charts of the time page.
 *
 * @module
 */
import {
  countWithNoun,
  quantityText,
  significantDigitsText,
  wholeNumberText,
} from '../../../../reports/format.ts';
import type { ChartContent } from '../../chart/chart-frame.ts';
import type { TraceInfo } from '../../data/trace-answers.ts';
import { instantText } from '../../kernel/duration.ts';
import { delayPartLabel } from './draw-waterfall.ts';
import { type Arrow, delaySumsByPart, type WaterfallPart } from './sequence.ts';
import type { FilledTrack } from './tracks.ts';

const WHOLE =
  'Time on a link is serialisation and propagation together, because the trace contains only departure and arrival.';
const SPLIT =
  'Serialisation and propagation follow from the rate and delay of a link; jitter is the remainder, and shortens propagation if negative.';

/** The tracks, and what their texts need to know about them. */
export interface TracksFacts {
  readonly tracks: readonly FilledTrack[];
  readonly fromNs: number;
  readonly toNs: number;
  /** Width of a bar, ns. */
  readonly barNs: number;
  /**
   * True if single packets were counted; false if the bars come from the bins of the trace's
   * pyramid.
   */
  readonly isExact: boolean;
  /** False if the trace has no packets on links, at no instant of the run. */
  readonly hasHops: boolean;
}

/**
 * Makes the title, caption, summary and table of the chart of tracks: packets, procedures and marks
 * of each node over time.
 */
export function tracksChartContent(facts: TracksFacts): ChartContent {
  const { tracks, fromNs, toNs, barNs, isExact } = facts;
  if (!facts.hasHops) return marksContent(facts);
  const sum = (of: (track: FilledTrack) => number): number =>
    tracks.reduce((all, track) => all + of(track), 0);
  const [came, lost] = [sum(({ count }) => count), sum(({ drops }) => drops)];
  const spans = sum((track) => track.spans.length);
  const busiest = [...tracks].sort((a, b) => b.count - a.count)[0];
  const lasted = quantityText(toNs - fromNs, 'ns');
  const most =
    busiest === undefined || busiest.count === 0
      ? ''
      : `, the most to ${busiest.label}: ${wholeNumberText(busiest.count)}`;
  const rate = `${significantDigitsText((came * 1e9) / (toNs - fromNs), 3)} a second`;
  const folded = tracks.some(({ isGroup }) => isGroup) ? '; a folded track has its own scale' : '';
  const source = isExact ? 'single packets' : 'the index of the trace';
  return {
    title: `${countWithNoun(came, 'packet')} arrived at a node within ${lasted}${most}`,
    caption: `${instantText(fromNs, toNs - fromNs)} to ${instantText(toNs, toNs - fromNs)}: ${rate}, ${wholeNumberText(lost)} lost on the way (below the line), ${countWithNoun(spans, 'procedure')}. Bars of ${quantityText(barNs, 'ns')} from ${source}${folded}.`,
    summary: `${countWithNoun(came, 'packet')} arrived at a node between ${instantText(fromNs, toNs - fromNs)} and ${instantText(toNs, toNs - fromNs)}${most}; ${wholeNumberText(lost)} were lost on the way.`,
    table: () => ({
      columns: ['node', 'from ns', 'to ns', 'packets', 'lost'],
      rows: tracks.flatMap(({ label, bars }) =>
        bars.map((bar) => [
          ...[label, Math.round(bar.fromNs), Math.round(bar.toNs)],
          ...[bar.count, bar.drops],
        ]),
      ),
    }),
  };
}

/** Makes the title, the caption and the table for a trace that has only marks and procedures. */
function marksContent({ tracks, fromNs, toNs }: TracksFacts): ChartContent {
  const spans = tracks.flatMap((track) => track.spans);
  const marks = tracks.flatMap((track) => track.marks.map((mark) => ({ ...mark, track })));
  return {
    title: `${countWithNoun(marks.length, 'mark')} and ${countWithNoun(spans.length, 'procedure')} of ${countWithNoun(tracks.length, 'track')} within ${quantityText(toNs - fromNs, 'ns')}`,
    caption: `${instantText(fromNs, toNs - fromNs)} to ${instantText(toNs, toNs - fromNs)}; lines: begin of a fault, dashed: its end.`,
    table: () => ({
      columns: ['node', 'at ns', 'what'],
      rows: marks.map(({ track, timeNs, text }) => [track.label, timeNs, text]),
    }),
  };
}

/** Makes the title, the caption and the table of the sequence chart. */
export function sequenceChartContent(
  info: TraceInfo,
  of: {
    readonly packet: number;
    readonly arrows: readonly Arrow[];
    readonly oneIn: number;
    readonly nodes: number;
  },
): ChartContent {
  const { packet, arrows, oneIn, nodes } = of;
  const own = arrows.filter((arrow) => arrow.packet === packet);
  const packets = new Set(arrows.map((arrow) => arrow.packet)).size;
  const shown = oneIn === 1 ? 'all packets' : `1 of ${oneIn} packets`;
  const nameOf = (node: number): string => info.nodes[node]?.name ?? '';
  return {
    title:
      own.length === 0
        ? `Packet ${packet} passes between no two of ${countWithNoun(nodes, 'chosen node')}`
        : `Packet ${packet} goes ${countWithNoun(own.length, 'link')} between ${countWithNoun(nodes, 'chosen node')}`,
    caption: `Time downwards; ${shown} between these nodes at that time, ${countWithNoun(packets, 'packet')}. A cross: lost on the way. Click a packet, or press Enter on it, to follow it.`,
    table: () => ({
      columns: ['packet', 'class', 'from', 'to', 'depart ns', 'arrive ns', 'bytes'],
      rows: arrows.map((arrow) => [
        ...[arrow.packet, arrow.class, nameOf(arrow.from), nameOf(arrow.to)],
        ...[arrow.departNs, arrow.arriveNs ?? null, arrow.bytes],
      ]),
    }),
  };
}

/**
 * Makes the title, the caption and the table of the waterfall, which shows the delays of one
 * packet.
 */
export function waterfallChartContent(
  packet: number,
  parts: readonly WaterfallPart[],
  loss: string | undefined,
): ChartContent {
  const sums = [...delaySumsByPart(parts)].filter(([, ns]) => ns > 0);
  const times = sums
    .map(([kind, ns]) => `${quantityText(ns, 'ns')} ${kind === 'link' ? 'on links' : kind}`)
    .join(', ');
  const took = quantityText(
    sums.reduce((all, [, ns]) => all + ns, 0),
    'ns',
  );
  const isSplit = parts.some(({ kind }) => kind === 'propagation');
  return {
    title:
      loss !== undefined
        ? `Packet ${packet} was lost after ${took}, ${loss}`
        : `Packet ${packet} took ${took}: ${times}`,
    caption: `${loss === undefined || times === '' ? '' : `${times}. `}To scale. ${isSplit ? SPLIT : WHOLE}`,
    table: () => ({
      columns: ['packet', 'part', 'where', 'from ns', 'to ns', 'took ns'],
      rows: parts.map(({ kind, where, fromNs, toNs, isLost: isGone }) => [
        ...[packet, delayPartLabel(kind), where, fromNs],
        ...[isGone ? null : toNs, isGone ? null : toNs - fromNs],
      ]),
    }),
  };
}
