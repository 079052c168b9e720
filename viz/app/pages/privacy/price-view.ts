/**
 * Draws the gain of privacy beside its price: the entropy of the targets; the latency of a payload,
 * and the bytes sent for it.
 *
 * @module
 */
import { countWithNoun, quantityText, significantDigitsText } from '../../../../reports/format.ts';
import { sortedAscending } from '../../../../reports/statistics/quantile.ts';
import {
  computePlotGeometry,
  elementRedrawnOnResize,
  type PlotGeometry,
  plotSvg,
} from '../../chart/plot.ts';
import { withPointReadout } from '../../chart/readings.ts';
import { svgElement } from '../../kernel/element.ts';
import { entropyQuantiles } from './bits.ts';
import { bitsText, makePrivacyChartFrame, type PrivacyChartContext, percent } from './frame.ts';

const ROW = 40;
const BAR = 10;

/** A row of the chart: a gain or a price. */
interface PriceRow {
  readonly side: 'gain' | 'price';
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly text: string;
  /** Length of the bar, 0 to 1; absent if the quantity has no bound. */
  readonly share?: number;
  /** The quantity that a bar of full length represents. */
  readonly whole?: string;
}

/** Makes the chart that shows the gained privacy beside its price in latency and bytes. */
export function privacyPriceChart(parts: PrivacyChartContext): HTMLElement {
  const frame = makePrivacyChartFrame('privacy-price', parts, 'shown');
  const { privacy } = parts;
  const rows = [...gainRows(parts), ...costRows(parts)];
  const { targets, latencyMsP50 } = privacy;
  const gain = targets.length === 0 ? 'No bits' : bitsText(entropyQuantiles(targets).p50);
  const latency =
    latencyMsP50 === null ? 'unknown latency' : quantityText(latencyMsP50 * 1e6, 'ns');
  const size = bytesText(parts);
  const title = `${gain} for ${latency} and ${size} on links, per payload`;
  frame.show({
    title,
    caption: `Gain: ${privacy.estimator}, ${countWithNoun(targets.length, 'target')}, all seeds; adversary: ${privacy.adversary}. Price: by ground truth, delivered payloads of seed ${parts.context.report.shownSeed}; bytes are packets times their mean size.`,
    table: () => ({
      columns: ['side', 'quantity', 'value', 'unit'],
      rows: rows.map(({ side, name, value, unit }) => [side, name, value, unit]),
    }),
  });
  frame.body.append(elementRedrawnOnResize(parts.signal, (width) => drawing(rows, width, title)));
  return frame.root;
}

function bytesText({
  privacy: { bytesPerPayload, packetsPerPayload },
}: PrivacyChartContext): string {
  if (bytesPerPayload !== undefined) return quantityText(bytesPerPayload, 'bytes');
  if (packetsPerPayload !== null) return `${significantDigitsText(packetsPerPayload, 3)} packets`;
  return 'unknown traffic';
}

function gainRows({ privacy: { targets } }: PrivacyChartContext): readonly PriceRow[] {
  if (targets.length === 0) return [];
  const { p50, ceiling } = entropyQuantiles(targets);
  const worst = sortedAscending(targets.map(({ entropy }) => entropy))[0] ?? 0;
  const guess = sortedAscending(targets.map(({ minEntropy }) => minEntropy))[0] ?? 0;
  const row = (name: string, bits: number): PriceRow => ({
    ...{ side: 'gain', name, value: bits, unit: 'bits', text: bitsText(bits) },
    ...{ share: bits / Math.max(ceiling, bits, 1e-9), whole: `ceiling ${bitsText(ceiling)}` },
  });
  return [
    row('median target', p50),
    row('worst target', worst),
    row('best single guess, worst target', guess),
  ];
}

function costRows({ privacy, context }: PrivacyChartContext): readonly PriceRow[] {
  const { latencyMsP50, latencyMsP95, packetsPerPayload, bytesPerPayload } = privacy;
  const cover = context.report.metrics['privacy.cover_ratio']?.value;
  const latency = (name: string, ms: number | null): readonly PriceRow[] => {
    if (ms === null || latencyMsP95 === null) return [];
    const text = quantityText(ms * 1e6, 'ns');
    return [{ side: 'price', name, value: ms, unit: 'ms', text, share: ms / latencyMsP95 }];
  };
  const plain = (name: string, value: number, unit: string, text: string): PriceRow => ({
    ...{ side: 'price', name, value, unit, text },
  });
  return [
    ...latency('median latency of a payload', latencyMsP50),
    ...latency('95th percentile of the latency of a payload', latencyMsP95),
    ...(typeof cover === 'number'
      ? [
          {
            ...plain('share of cover in what clients send', cover, 'share', percent(cover)),
            share: cover,
          },
        ]
      : []),
    ...(packetsPerPayload === null
      ? []
      : [
          plain(
            'packets on links per payload',
            packetsPerPayload,
            'packets',
            significantDigitsText(packetsPerPayload, 3),
          ),
        ]),
    ...(bytesPerPayload === undefined
      ? []
      : [
          plain(
            'bytes on links per payload',
            bytesPerPayload,
            'bytes',
            quantityText(bytesPerPayload, 'bytes'),
          ),
        ]),
  ];
}

function drawing(rows: readonly PriceRow[], width: number, words: string): HTMLElement {
  const plot: PlotGeometry = computePlotGeometry(width, ROW * rows.length + 12, 0);
  const right = plot.width - 2;
  const places = rows.map((row, i) => ({ row, y: ROW * i + 16 }));
  const drawn = plotSvg(
    plot,
    words,
    places.map(({ row, y }) =>
      svgElement(
        'g',
        { class: row.side },
        svgElement('text', { x: 0, y }, row.name),
        svgElement('text', { class: 'end strong', x: right, y }, row.text),
        row.share !== undefined &&
          svgElement('rect', { class: 'trough', x: 0, y: y + 6, width: right, height: BAR }),
        row.share !== undefined &&
          svgElement('rect', {
            ...{ class: 'fill', x: 0, y: y + 6, width: right * row.share, height: BAR },
          }),
      ),
    ),
  );
  const readings = places.map(({ row, y }) => ({
    ...{ x: right * (row.share ?? 0), y: y + 6 + BAR / 2 },
    text: `${row.side}, ${row.name}: ${row.text}${row.whole === undefined ? '' : ` of ${row.whole}`}`,
  }));
  return withPointReadout(drawn, readings);
}
