/**
 * Draws the processor time of a packet-hop against the size of the network, from the results of `npm run bench --
 * scale`, with the curve n log n through the first point.
 *
 * @module
 */

/** The measured costs of a network of one size. */
export interface SizeCost {
  readonly nodes: number;
  /** Processor time of a packet-hop, ns. */
  readonly hopNs: number;
  /** Processor time of the set-up, s. */
  readonly setupS: number;
  /** Peak resident memory, MB. */
  readonly memoryMb: number;
}

const WIDTH = 720;
const HEIGHT = 330;
const LEFT = 76;
const RIGHT = 30;
/** Horizontal space for the labels of the first and the last point, px. */
const INSET = 36;
const TOP = 62;
const BOTTOM = 86;
/** First and last value of the vertical axis, ns; it is logarithmic. */
const LEAST_NS = 100;
const MOST_NS = 10_000;

/** Draws the costs of networks of several sizes as an SVG document, readable on light and on dark pages. */
export function scalePicture(costs: readonly SizeCost[]): string {
  const [first] = costs;
  const last = costs.at(-1);
  if (first === undefined || last === undefined) throw new Error('no sizes were measured');
  const x = (nodes: number): number =>
    LEFT + INSET + share(nodes, first.nodes, last.nodes) * (WIDTH - LEFT - RIGHT - 2 * INSET);
  const y = (ns: number): number =>
    HEIGHT - BOTTOM - share(ns, LEAST_NS, MOST_NS) * (HEIGHT - TOP - BOTTOM);
  const lawNs = (nodes: number): number => (first.hopNs * Math.log(nodes)) / Math.log(first.nodes);
  const law = costs.map(({ nodes }) => `${x(nodes).toFixed(1)},${y(lawNs(nodes)).toFixed(1)}`);
  const line = costs.map(({ nodes, hopNs }) => `${x(nodes).toFixed(1)},${y(hopNs).toFixed(1)}`);
  const lawEnd = y(lawNs(last.nodes));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="Processor time of a packet-hop against the number of nodes">
<style>
text { font: 13px system-ui, 'DejaVu Sans', sans-serif; fill: #1c2430 }
.title { font-weight: 600; font-size: 15px } .note { fill: #5a6675 }
.grid { stroke: #d7dde5 } .line { stroke: #1f6feb } .dot { fill: #1f6feb } .law { stroke: #8b95a3 }
@media (prefers-color-scheme: dark) {
text { fill: #e6ebf2 } .note { fill: #9aa7ba } .grid { stroke: #39424f } .line { stroke: #6ea8ff } .dot { fill: #6ea8ff }
}
</style>
<text class="title" x="${LEFT}" y="24">What a packet-hop costs in networks of ${count(first.nodes)} to ${count(last.nodes)} nodes</text>
<text class="note" x="${LEFT}" y="44">processor time, ns, where the calibration loop does 100 M steps/s; three links a node</text>
${[100, 1_000, 10_000].map((ns) => grid(y(ns), count(ns))).join('\n')}
<polyline class="law" points="${law.join(' ')}" fill="none" stroke-width="1.5" stroke-dasharray="5 4"/>
<text class="note" x="${WIDTH - RIGHT}" y="${(lawEnd + 18).toFixed(1)}" text-anchor="end">n log n</text>
<polyline class="line" points="${line.join(' ')}" fill="none" stroke-width="2.5"/>
${costs.map((cost) => sizeText(cost, { x: x(cost.nodes), y: y(cost.hopNs), isBelow: cost.hopNs < lawNs(cost.nodes) })).join('\n')}
<text class="note" x="${LEFT - 12}" y="${HEIGHT - BOTTOM + 22}" text-anchor="end">nodes</text>
<text class="note" x="${LEFT - 12}" y="${HEIGHT - BOTTOM + 42}" text-anchor="end">set-up</text>
<text class="note" x="${LEFT - 12}" y="${HEIGHT - BOTTOM + 62}" text-anchor="end">memory</text>
</svg>
`;
}

/** A point in the drawing; its label is below it (`isBelow`) if the curve n log n is above it. */
interface Point {
  readonly x: number;
  readonly y: number;
  readonly isBelow: boolean;
}

function sizeText({ nodes, hopNs, setupS, memoryMb }: SizeCost, point: Point): string {
  const { x, y, isBelow } = point;
  const under = (line: number, text: string): string =>
    `<text class="${line === 0 ? 'size' : 'note'}" x="${x.toFixed(1)}" y="${HEIGHT - BOTTOM + 22 + 20 * line}" text-anchor="middle">${text}</text>`;
  return [
    `<circle class="dot" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="4.5"/>`,
    `<text x="${x.toFixed(1)}" y="${(isBelow ? y + 22 : y - 12).toFixed(1)}" text-anchor="middle">${count(Math.round(hopNs))}</text>`,
    under(0, count(nodes)),
    under(1, `${setupS < 1 ? setupS.toFixed(2) : setupS.toFixed(1)} s`),
    under(2, `${count(Math.round(memoryMb))} MB`),
  ].join('\n');
}

function grid(y: number, label: string): string {
  return `<line class="grid" x1="${LEFT - 4}" y1="${y.toFixed(1)}" x2="${WIDTH - RIGHT}" y2="${y.toFixed(1)}"/>
<text class="note" x="${LEFT - 12}" y="${(y + 4).toFixed(1)}" text-anchor="end">${label}</text>`;
}

/** Where a value lies between two others on a logarithmic scale, 0 to 1. */
function share(value: number, least: number, most: number): number {
  return Math.log(value / least) / Math.log(most / least);
}

function count(value: number): string {
  return value.toLocaleString('en');
}
