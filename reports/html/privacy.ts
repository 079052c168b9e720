/**
 * How well messages are hidden: bits of each target, sizes of anonymity sets, delays compared with
 * their distribution, and the cost beside the gain. Adversary and estimator are named under every
 * chart (docs/spec/privacy-metrics.md).
 *
 * @module
 */

import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { greatestOf, leastOf } from '../../engine/pure/extremes.ts';
import { countWithNoun, significantDigitsText, wholeNumberText } from '../format.ts';
import { shortAdversaryText } from '../privacy-part.ts';
import type { Report } from '../report-schema.ts';
import {
  emptyChart,
  figure,
  legend,
  makePlotFrame,
  type PlotFrame,
  svg,
  xAxis,
  yAxis,
} from './chart.ts';
import { coordinateText, EMPTY_MARKUP, html, type Markup } from './markup.ts';

type Privacy = NonNullable<Report['privacy']>;
type Delays = NonNullable<Privacy['delays']>;

const HEIGHT = 260;
const SET_BARS = 16;

/** The privacy section; empty markup if the run measured no privacy. */
export function privacySection(report: Report): Markup {
  const { privacy } = report;
  if (privacy === undefined) return EMPTY_MARKUP;
  const { delays, attacks = [] } = privacy;
  return html`<section><h2>How well messages hide</h2>
${priceTable(report, privacy)}${bitsFigure(privacy)}${setsFigure(privacy)}${delays === undefined ? EMPTY_MARKUP : delayFigure(delays)}${attacks.length === 0 ? EMPTY_MARKUP : attackTable(attacks)}</section>
`;
}

/** The sentences under a chart that name adversary and estimator. */
function eyesOf(privacy: Privacy): string {
  const { adversary, estimator } = privacy;
  return `In short, ${shortAdversaryText(privacy)}. Adversary: ${adversary}. Estimator: ${estimator}.`;
}

function sorted(privacy: Privacy, of: (target: Privacy['targets'][number]) => number): number[] {
  return privacy.targets.map(of).sort((a, b) => a - b);
}

function middle(values: readonly number[]): number {
  return values[Math.floor(values.length / 2)] ?? 0;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

// --- price ------------------------------------------------------------------------------------

/** A row of the price table: name and value of a gain, then name and value of a cost. */
type PriceRow = readonly [string, string, string, string];

function priceTable(report: Report, privacy: Privacy): Markup {
  const bits = sorted(privacy, ({ entropy }) => entropy);
  const guess = sorted(privacy, ({ minEntropy }) => minEntropy);
  const cover = report.metrics['privacy.cover_ratio']?.value;
  const bitsText = (value: number): string => `${value.toFixed(2)} bits`;
  const ms = (value: number | null): string =>
    value === null ? 'not measured' : `${wholeNumberText(value)} ms`;
  const perPayload = privacy.packetsPerPayload;
  const packets =
    perPayload === null
      ? 'not measured'
      : `${significantDigitsText(perPayload, 3)} packets on links`;
  const rows: readonly PriceRow[] = [
    [
      'mean over the targets',
      bitsText(mean(bits)),
      'median latency of a payload',
      ms(privacy.latencyMsP50),
    ],
    [
      'worst target',
      bitsText(bits[0] ?? 0),
      '95th percentile of the latency of a payload',
      ms(privacy.latencyMsP95),
    ],
    [
      'best single guess, worst target',
      bitsText(guess[0] ?? 0),
      'bandwidth per delivered payload',
      packets,
    ],
    [
      'messages in a mix, on average',
      significantDigitsText(privacy.poolMean, 3),
      'share of cover in what clients send',
      typeof cover === 'number' ? `${significantDigitsText(100 * cover, 3)} %` : 'not measured',
    ],
  ];
  const body = [...rows, ...corruptRow(report, privacy)].map(
    ([gain, value, cost, price]) =>
      html`<tr><td>${gain}</td><td class="number"><b>${value}</b></td><td>${cost}</td><td class="number"><b>${price}</b></td></tr>
`,
  );
  return html`<figure><table><thead><tr><th>gain</th><th class="number"></th><th>price</th><th class="number"></th></tr></thead><tbody>${body}</tbody></table>
<p><small>${eyesOf(privacy)} Price: by ground truth.</small></p></figure>
`;
}

// --- attacks ----------------------------------------------------------------------------------

function attackTable(attacks: NonNullable<Privacy['attacks']>): Markup {
  const share = (value: number): string => significantDigitsText(value, 3);
  const rows = attacks.map(
    (one) =>
      html`<tr><td>${one.attack}</td><td class="number"><b>${share(one.success)}</b></td><td class="number">${share(one.low)} to ${share(one.high)}</td><td class="number">${share(one.chance)}</td><td class="number">${wholeNumberText(one.trials)}</td><td>${one.adversary}</td><td>${one.estimator}; ${one.interval}</td></tr>
`,
  );
  const numbers = ['success', 'interval', 'by guessing', 'trials'].map(
    (name) => html`<th class="number">${name}</th>`,
  );
  return html`<figure><table><thead><tr><th>attack</th>${numbers}<th>adversary</th><th>estimator</th></tr></thead><tbody>${rows}</tbody></table></figure>
`;
}

/**
 * The row for users whose packets met no honest mix: no entropy figure shows such users
 * (docs/spec/privacy-metrics.md, Attacks: predecessor).
 */
function corruptRow(report: Report, { corrupt }: Privacy): readonly PriceRow[] {
  const share = report.metrics['privacy.compromised_paths']?.value;
  if (corrupt.length === 0 || typeof share !== 'number') return [];
  const packets = share === 0 ? undefined : Math.ceil(Math.LN2 / -Math.log1p(-share));
  return [
    [
      'paths that use only corrupt mixes',
      `${significantDigitsText(100 * share, 2)} %`,
      'half of all users have taken one after',
      packets === undefined ? 'none was taken' : countWithNoun(packets, 'packet'),
    ],
  ];
}

// --- bits -------------------------------------------------------------------------------------

function bitsFigure(privacy: Privacy): Markup {
  const entropy = sorted(privacy, (one) => one.entropy);
  const guess = sorted(privacy, (one) => one.minEntropy);
  const n = entropy.length;
  const half = middle(entropy);
  const title =
    n === 0
      ? 'No target could be followed to its end'
      : `Half of ${countWithNoun(n, 'target')} hide in ${half.toFixed(2)} bits or more; the worst in ${(entropy[0] ?? 0).toFixed(2)}`;
  const names = [
    { text: 'entropy', colour: 1 },
    { text: 'min-entropy (best single guess)', colour: 2 },
  ];
  return figure({
    title,
    caption: `Share of targets with at most this many bits. ${eyesOf(privacy)}`,
    legend: legend(names, 'always'),
    draw: (isWide) =>
      n === 0
        ? emptyChart(makePlotFrame(isWide, { height: 90, label: 12, left: 12 }), 'no targets')
        : drawBits([entropy, guess], isWide),
  });
}

function drawBits(curves: readonly (readonly number[])[], isWide: boolean): Markup {
  const frame = makePlotFrame(isWide, { height: HEIGHT, label: 24, left: 48 });
  const all = curves.flat();
  const from = Math.max(0, Math.floor(leastOf(all) - 0.2));
  const to = Math.ceil(greatestOf(all) + 0.1);
  const x = scaleLinear([from, to], [frame.left, frame.right]);
  const y = scaleLinear([0, 1], [frame.bottom, frame.top]);
  const drawn = curves.map((bits, i) => {
    const path = line<readonly [number, number]>()
      .digits(1)
      .x(([at]) => x(at))
      .y(([, share]) => y(share));
    return html`<path class="line s${i + 1}" d="${path(staircase(bits, to)) ?? ''}"/>`;
  });
  const ticks = x.ticks(isWide ? 10 : 5).map((value) => ({ at: x(value), label: String(value) }));
  const shares = [0, 0.5, 1].map((share) => ({ at: y(share), label: `${share * 100} %` }));
  return svg(frame, 'Bits of the targets, cumulative', [
    yAxis(frame, shares, 'of the targets'),
    xAxis(frame, ticks, 'bits'),
    drawn,
  ]);
}

function staircase(sortedBits: readonly number[], to: number): (readonly [number, number])[] {
  const n = sortedBits.length;
  const steps = sortedBits.flatMap((bits, i): [number, number][] => [
    [bits, i / n],
    [bits, (i + 1) / n],
  ]);
  return [...steps, [to, 1]];
}

// --- sets -------------------------------------------------------------------------------------

function setsFigure(privacy: Privacy): Markup {
  const sets = sorted(privacy, ({ entropy }) => 2 ** entropy);
  if (sets.length === 0) return EMPTY_MARKUP;
  const candidates = 2 ** middle(sorted(privacy, ({ hartley }) => hartley));
  return figure({
    title: `The usual target is one of ${wholeNumberText(middle(sets))}, the worst one of ${wholeNumberText(sets[0] ?? 1)}`,
    caption:
      'Targets by size of the effective anonymity set, 2 to the entropy; counting every ' +
      `candidate above 1e-12 alike gives ${wholeNumberText(candidates)}, which overstates the ` +
      `protection. ${eyesOf(privacy)}`,
    draw: (isWide) => drawSets(sets, isWide),
  });
}

function drawSets(sets: readonly number[], isWide: boolean): Markup {
  const frame = makePlotFrame(isWide, { height: HEIGHT, label: 24, left: 48 });
  const x = scaleLinear([0, (sets.at(-1) ?? 1) * 1.001], [frame.left, frame.right]).nice();
  const end = x.domain()[1] ?? 1;
  const counts = new Array<number>(SET_BARS).fill(0);
  for (const size of sets) {
    const bar = Math.min(SET_BARS - 1, Math.floor((size / end) * SET_BARS));
    counts[bar] = (counts[bar] ?? 0) + 1;
  }
  const y = scaleLinear([0, greatestOf(counts)], [frame.bottom, frame.top]).nice();
  const bars = counts.map((count, bar) => {
    const left = x((bar * end) / SET_BARS);
    return rect(frame, { left, right: x(((bar + 1) * end) / SET_BARS), top: y(count) });
  });
  const counted = y
    .ticks(4)
    .filter(Number.isInteger)
    .map((value) => ({ at: y(value), label: String(value) }));
  const sizes = x
    .ticks(isWide ? 8 : 4)
    .map((value) => ({ at: x(value), label: wholeNumberText(value) }));
  return svg(frame, 'Effective anonymity sets of the targets', [
    yAxis(frame, counted, 'targets'),
    xAxis(frame, sizes, 'messages'),
    bars,
  ]);
}

function rect(
  frame: PlotFrame,
  bar: { readonly left: number; readonly right: number; readonly top: number },
): Markup {
  const height = frame.bottom - bar.top;
  if (height <= 0) return EMPTY_MARKUP;
  return html`<rect class="f1 layer" x="${coordinateText(bar.left + 1)}" y="${coordinateText(bar.top)}" width="${coordinateText(Math.max(1, bar.right - bar.left - 2))}" height="${coordinateText(height)}"/>`;
}

// --- delays -----------------------------------------------------------------------------------

function delayFigure(delays: Delays): Markup {
  const { worstP } = delays;
  const fit =
    worstP === null
      ? 'no mix was tested'
      : `worst p-value of ${wholeNumberText(delays.mixes)} ${delays.mixes === 1 ? 'mix' : 'mixes'}: ${significantDigitsText(worstP, 2)}`;
  const names = [
    { text: 'measured', colour: 1 },
    { text: 'Exp(mean)', colour: 2 },
  ];
  return figure({
    title: `Mixes delay by ${significantDigitsText(delays.meanNs / 1e6, 4)} ms on average; ${fit}`,
    caption: `Share of ${wholeNumberText(delays.delays)} delays by length, in units of the mean; the last bar has all longer ones. Adversary: none, ground truth. Estimator: Kolmogorov-Smirnov for each mix, whole milliseconds dithered.`,
    legend: legend(names, 'always'),
    draw: (isWide) => drawDelays(delays, isWide),
  });
}

function drawDelays({ measured, expected, step }: Delays, isWide: boolean): Markup {
  const frame = makePlotFrame(isWide, { height: HEIGHT, label: 24, left: 56 });
  const x = scaleLinear([0, measured.length * step], [frame.left, frame.right]);
  const highest = greatestOf([...measured, ...expected]);
  const y = scaleLinear([0, highest], [frame.bottom, frame.top]).nice();
  const bars = measured.map((share, bar) =>
    rect(frame, { left: x(bar * step), right: x((bar + 1) * step), top: y(share) }),
  );
  const path = line<number>()
    .digits(1)
    .x((_, bar) => x((bar + 0.5) * step))
    .y((share) => y(share));
  const shares = y.ticks(4).map((value) => ({
    at: y(value),
    label: `${significantDigitsText(100 * value, 2)} %`,
  }));
  const means = x.ticks(5).map((value) => ({ at: x(value), label: String(value) }));
  return svg(frame, 'Delays of the mixes against an exponential law', [
    yAxis(frame, shares, 'of the delays'),
    xAxis(frame, means, 'means'),
    bars,
    html`<path class="line s2" d="${path(expected) ?? ''}"/>`,
  ]);
}
