/**
 * Draws packets and losses: on the canvas in every frame, and as SVG for exports. All packets of
 * one flow and class are drawn as one path, which takes a tenth of the time of one path for each
 * packet.
 *
 * @module
 */
import type { ColourTokens } from '../../../../reports/html/tokens.ts';
import type { DropRow, HopColumns, TraceInfo } from '../../data/trace-answers.ts';
import { svgElement } from '../../kernel/element.ts';
import { dropPointOnLink } from './drop-points.ts';
import { addPacketMark, HOLLOW_PACKET_CLASSES, packetMarkPath } from './marks.ts';
import type { NodePosition } from './node-position.ts';
import type { PacketOnLink } from './packets.ts';
import type { TopologyView } from './topology-view.ts';

/**
 * Distance of packets from the centre line of their link, px, to the right in the direction of
 * travel.
 */
const OFFSET = 6;
const LOSS_MARK_RADIUS = 16;
const LABELS_MAX = 4;
const FLOWS = 6;

/** A packet and its position in the drawing, px. */
export interface DrawnPacket {
  /** Index of the packet in the {@link HopColumns} from which it is drawn. */
  readonly row: number;
  readonly x: number;
  readonly y: number;
  /** Name of the packet's colour in the style sheet, such as `c1`. */
  readonly colour: string;
  readonly packetClass: string;
}

/** The mark of a lost packet and its position in the drawing, px. */
export interface LossMark {
  readonly x: number;
  readonly y: number;
  /** Age of the mark as a share of the time for which it is shown, 0 to 1. */
  readonly age: number;
  readonly reason: string;
  /**
   * The id of the link or the name of the node where the packet was lost; both directions of a link
   * have the same id.
   */
  readonly place: string;
  /**
   * True on a steep link: the reason is then written beside the ring of the loss, otherwise above
   * the ring.
   */
  readonly isSteep: boolean;
}

/** Computes the positions of packets in the drawing. */
export function drawnPackets(
  info: TraceInfo,
  hops: HopColumns,
  shown: { readonly marks: readonly PacketOnLink[]; readonly topology: TopologyView },
): readonly DrawnPacket[] {
  return shown.marks.flatMap(({ row, share }) => {
    const link = info.links[hops.link[row] ?? -1];
    if (link === undefined || link.from < 0 || link.to < 0) return [];
    const a = shown.topology.at(link.from);
    const b = shown.topology.at(link.to);
    const { x, y } = besides(a, b, share);
    const flow = hops.flow[row] ?? 0;
    const packetClass = info.classes[hops.class[row] ?? 0] ?? 'data';
    return [{ row, x, y, colour: flow === 0 ? 'c6' : `c${((flow - 1) % FLOWS) + 1}`, packetClass }];
  });
}

/** Computes where a loss is drawn: on its link, or at the node that dropped the packet. */
export function placeLossMark(
  info: TraceInfo,
  topology: TopologyView,
  drop: DropRow,
  age: number,
): LossMark | undefined {
  const link = drop.link === undefined ? undefined : info.links[drop.link];
  const { reason } = drop;
  if (link !== undefined && link.from >= 0 && link.to >= 0) {
    const share = dropPointOnLink(reason);
    const [a, b] = [topology.at(link.from), topology.at(link.to)];
    const isSteep = Math.abs(b.y - a.y) > Math.abs(b.x - a.x);
    return { ...besides(a, b, share), age, reason, place: link.id, isSteep };
  }
  const node = drop.node ?? link?.from ?? -1;
  if (node < 0) return undefined;
  return { ...topology.at(node), age, reason, place: `node ${node}`, isSteep: false };
}

/** Clears the canvas and draws packets and losses. */
export function paintPackets(
  context: CanvasRenderingContext2D,
  picture: { readonly packets: readonly DrawnPacket[]; readonly lossMarks: readonly LossMark[] },
  tokens: ColourTokens,
): void {
  const { canvas } = context;
  const scale = devicePixelRatio;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  for (const [key, packets] of groupsOf(picture.packets)) {
    const [colour = 'c6', packetClass = 'data'] = key.split(' ');
    context.beginPath();
    for (const { x, y } of packets) addPacketMark(context, packetClass, x, y);
    ink(context, tokens[colour] ?? '#888', HOLLOW_PACKET_CLASSES.has(packetClass));
  }
  const fail = tokens['fail'] ?? '#b00';
  context.strokeStyle = fail;
  context.lineWidth = 1.75;
  for (const { x, y, age } of picture.lossMarks) {
    context.globalAlpha = 1 - age;
    context.beginPath();
    context.arc(x, y, 4 + LOSS_MARK_RADIUS * age, 0, 2 * Math.PI);
    context.stroke();
  }
  context.globalAlpha = 1;
  label(context, picture.lossMarks, tokens);
}

/** Draws the same packets and losses as SVG. */
export function packetsSvg(picture: {
  readonly packets: readonly DrawnPacket[];
  readonly lossMarks: readonly LossMark[];
}): SVGElement {
  const groups = [...groupsOf(picture.packets)].map(([key, packets]) => {
    const [colour = 'c6', packetClass = 'data'] = key.split(' ');
    const isHollow = HOLLOW_PACKET_CLASSES.has(packetClass);
    const d = packets.map(({ x, y }) => packetMarkPath(packetClass, x, y)).join('');
    const paintOf = (isWanted: boolean): string => (isWanted ? `var(--${colour})` : 'none');
    return svgElement('path', { d, fill: paintOf(!isHollow), stroke: paintOf(isHollow) });
  });
  const rings = picture.lossMarks.map(({ x, y, age }) =>
    svgElement('circle', {
      cx: x,
      cy: y,
      r: 4 + LOSS_MARK_RADIUS * age,
      opacity: 1 - age,
      fill: 'none',
      stroke: 'var(--fail)',
    }),
  );
  const words = labelled(picture.lossMarks).map((mark) => {
    const { x, y, isCentred } = reasonPlace(mark);
    const anchor = isCentred ? 'middle' : 'start';
    return svgElement('text', { x, y, 'text-anchor': anchor, fill: 'var(--fail)' }, mark.reason);
  });
  return svgElement('g', {}, groups, rings, words);
}

function groupsOf(packets: readonly DrawnPacket[]): ReadonlyMap<string, readonly DrawnPacket[]> {
  const groups = new Map<string, DrawnPacket[]>();
  for (const packet of packets) {
    const key = `${packet.colour} ${packet.packetClass}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [packet]);
    else group.push(packet);
  }
  return groups;
}

function ink(context: CanvasRenderingContext2D, colour: string, isHollow: boolean): void {
  if (isHollow) {
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.stroke();
  } else {
    context.fillStyle = colour;
    context.fill();
  }
}

/**
 * Chooses the losses beside which their reasons are written, if there are few losses; losses at one
 * link or node get one label.
 */
function labelled(lossMarks: readonly LossMark[]): readonly LossMark[] {
  const places = new Map<string, LossMark>();
  for (const mark of lossMarks) {
    const known = places.get(mark.place);
    const reasons = new Set([...(known?.reason.split(', ') ?? []), mark.reason]);
    places.set(mark.place, { ...mark, reason: [...reasons].join(', ') });
  }
  return places.size > LABELS_MAX ? [] : [...places.values()];
}

function label(
  context: CanvasRenderingContext2D,
  lossMarks: readonly LossMark[],
  tokens: ColourTokens,
): void {
  context.font = '12px system-ui, sans-serif';
  context.fillStyle = tokens['fail'] ?? '#b00';
  context.strokeStyle = tokens['page'] ?? '#fff';
  context.lineWidth = 4;
  for (const mark of labelled(lossMarks)) {
    const { x, y, isCentred } = reasonPlace(mark);
    context.textAlign = isCentred ? 'center' : 'left';
    context.strokeText(mark.reason, x, y);
    context.fillText(mark.reason, x, y);
  }
}

/**
 * Returns where the reason of a loss is written: outside the ring, away from the label of the link.
 */
function reasonPlace({ x, y, isSteep }: LossMark): NodePosition & { readonly isCentred: boolean } {
  return isSteep
    ? { x: x + OFFSET + LOSS_MARK_RADIUS + 8, y, isCentred: false }
    : { x, y: y - LOSS_MARK_RADIUS - 6, isCentred: true };
}

function besides(a: NodePosition, b: NodePosition, share: number): NodePosition {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const far = Math.hypot(dx, dy) || 1;
  return {
    x: a.x + dx * share - (dy / far) * OFFSET,
    y: a.y + dy * share + (dx / far) * OFFSET,
  };
}
