/**
 * What became of packets and messages: the balance of the run, and the drops of the network and of
 * nodes by reason.
 *
 * @module
 */
import { scaleLinear } from 'd3-scale';
import { listDropCounts } from '../drops.ts';
import { significantDigitsText, wholeNumberText } from '../format.ts';
import { droppedPackets } from '../judge.ts';
import { messageTerms, noAccountReasonText } from '../messages.ts';
import type { Report } from '../report-schema.ts';
import { emptyChart, figure, makePlotFrame, type PlotFrame, svg } from './chart.ts';
import { coordinateText, EMPTY_MARKUP, html, type Markup } from './markup.ts';

const ROW = 24;
const ROWS_MAX = 14;
const MESSAGES_TITLE = 'Where the messages went';

interface Drop {
  readonly reason: string;
  readonly count: number;
  readonly colour: number;
}

/** The section with the balances of packets and messages, and bars for drops by reason. */
export function dropSection(report: Report): Markup {
  return html`${packetSection(report)}${messageSection(report)}`;
}

/** The account of messages and why some did not arrive, or why there is no account. */
function messageSection({ messages, messagesUntracked, refusals = {} }: Report): Markup {
  if (messages === undefined) {
    if (messagesUntracked === undefined) return EMPTY_MARKUP;
    return html`<section><h2>${MESSAGES_TITLE}</h2>
<p>Messages are ${noAccountReasonText(messagesUntracked)}.${refusedText(refusals)}</p></section>
`;
  }
  const drops = missingOf(messages);
  const title = messageTerms(messages).map(unbroken).join(' ');
  const caption =
    'Messages of applications that did not arrive, by reason, all seeds; every message is ' +
    'accounted for.';
  const draw = (isWide: boolean): Markup =>
    drops.length === 0
      ? emptyChart(
          makePlotFrame(isWide, { height: 90, label: 12, left: 12 }),
          'every message arrived',
        )
      : drawBars(drops, messages.submitted, isWide);
  return html`<section><h2>${MESSAGES_TITLE}</h2>
${figure({ title, caption, draw })}</section>
`;
}

/** The refused messages, for a run without an account of messages. */
function refusedText(refusals: Readonly<Record<string, number>>): string {
  const reasons = Object.entries(refusals).map(([name, n]) => `${wholeNumberText(n)} as ${name}`);
  return reasons.length === 0 ? '' : ` Refused: ${reasons.join(', ')}.`;
}

/** Keeps a term of the account on one line. */
function unbroken(term: string): string {
  return term.replaceAll(' ', '\u00a0');
}

function missingOf(messages: NonNullable<Report['messages']>): readonly Drop[] {
  const { lost, refused, givenUp, open } = messages;
  const gone = Object.entries({ ...lost, 'given up': givenUp, open });
  return byCount([
    ...gone.map(([reason, count]) => ({ reason, count, colour: 1 })),
    ...Object.entries(refused).map(([name, count]) => ({
      reason: `refused: ${name}`,
      count,
      colour: 2,
    })),
  ]);
}

function packetSection(report: Report): Markup {
  const drops = listDropCounts(report).map(({ label, by, count }) => ({
    reason: label,
    count,
    colour: by === 'links' ? 1 : 2,
  }));
  const draw = (isWide: boolean): Markup =>
    drops.length === 0
      ? emptyChart(
          makePlotFrame(isWide, { height: 90, label: 12, left: 12 }),
          'no packet was dropped',
        )
      : drawBars(drops, report.packets.sent, isWide);
  return html`<section><h2>Where the packets went</h2>
${figure({ title: titleOf(report), caption: captionOf(drops), draw })}</section>
`;
}

function byCount(drops: readonly Drop[]): readonly Drop[] {
  return drops.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
}

function titleOf(report: Report): string {
  const { packets } = report;
  const extra =
    (packets.duplicated > 0 ? ` + ${wholeNumberText(packets.duplicated)} duplicated` : '') +
    (packets.injected > 0 ? ` + ${wholeNumberText(packets.injected)} injected` : '');
  return `Links: ${wholeNumberText(packets.sent)} sent${extra} = ${wholeNumberText(packets.delivered)} delivered + ${wholeNumberText(droppedPackets(packets))} dropped + ${wholeNumberText(packets.inFlight)} in flight`;
}

function captionOf(drops: readonly Drop[]): string {
  const hidden = drops.length - ROWS_MAX;
  const more = hidden > 0 ? ` ${hidden} smaller reasons are in report.json.` : '';
  const nodes = drops.some((drop) => drop.colour === 2)
    ? ' Network drops count packets on links; protocol/reason counts what nodes refused.'
    : '';
  return `Drops by reason, all seeds; every packet of the links is accounted for.${nodes}${more}`;
}

function drawBars(drops: readonly Drop[], sent: number, isWide: boolean): Markup {
  const shown = drops.slice(0, ROWS_MAX);
  const height = 8 + ROW * shown.length;
  const frame = makePlotFrame(isWide, { height, label: 150, left: isWide ? 200 : 150 });
  const end = isWide ? frame.right : frame.right - 100;
  const x = scaleLinear([0, shown[0]?.count ?? 1], [frame.left, end]);
  const rows = shown.map((drop, i) => bar({ drop, frame, x, sent }, 4 + ROW * i));
  return svg(
    frame,
    `Drops: ${shown.map((drop) => `${drop.reason} ${drop.count}`).join(', ')}`,
    rows,
  );
}

interface BarDrawing {
  readonly drop: Drop;
  readonly frame: PlotFrame;
  readonly x: (value: number) => number;
  readonly sent: number;
}

function bar({ drop, frame, x, sent }: BarDrawing, y: number): Markup {
  const width = Math.max(1.5, x(drop.count) - frame.left);
  const share = sent === 0 ? '' : ` ${significantDigitsText((100 * drop.count) / sent, 2)} %`;
  const long = frame.isWide ? 34 : 22;
  const name = drop.reason.length > long ? `${drop.reason.slice(0, long - 1)}…` : drop.reason;
  const count = html`<text class="strong" x="${coordinateText(frame.left + width + 8)}" y="${y + 15}">${wholeNumberText(drop.count)}</text>`;
  const offset = wholeNumberText(drop.count).length * 7.4 + 18;
  const percent = frame.isWide
    ? html`<text x="${coordinateText(frame.left + width + offset)}" y="${y + 15}">${share}</text>`
    : EMPTY_MARKUP;
  return html`<text class="end" x="${frame.left - 8}" y="${y + 15}">${name}</text><rect class="f${drop.colour}" x="${frame.left}" y="${y + 4}" width="${coordinateText(width)}" height="${ROW - 10}" rx="2"/>${count}${percent}
`;
}
