/**
 * Draws the network as SVG. The width of a link shows how many bytes it carries, and dashes show
 * that it is down. Nodes are labelled points between which the arrow keys move the focus. Packets
 * are drawn by `packet-layer.ts`.
 *
 * @module
 */
import type { LinkDirectionInfo } from '../../../../engine/measure/trace/layout.ts';
import type { FaultAwareness } from '../../data/belief.ts';
import type { TraceInfo } from '../../data/trace-answers.ts';
import type { Disruption } from '../../data/truth.ts';
import { element, setAttributeIfChanged, svgElement } from '../../kernel/element.ts';
import { AWARENESS_SIGNS } from './belief-line.ts';
import { DetourView, type ShownDetour } from './detour-view.ts';
import { drawGraticule, type MapFrame } from './graticule-view.ts';
import type { Dot, DrawnNetwork } from './groups.ts';
import { computeGeoMap, type DrawingSize, type GridLine } from './map.ts';
import { labelPosition, labelSides, NODE_RADIUS_PX } from './node-labels.ts';
import type { NodePosition } from './node-position.ts';
import { RegionView } from './region-view.ts';
import { findRegions, REGION_NODE_PROTOCOL } from './regions.ts';

/** Margin around the outermost nodes, px. */
const MARGIN = { x: 64, top: 28, bottom: 40 } as const;
/** Distance of a label from the middle of its link, px; the marks of losses fit in between. */
const CLEAR = 28;
/** Radius of the point that represents a region, at which the accesses of its hosts end, px. */
const HUB_RADIUS = 3;

/** A line of the drawing: both directions of a link, or of all links between two dots. */
interface Wire {
  readonly ids: readonly string[];
  /** Numbers of the dots at both ends. */
  readonly from: number;
  readonly to: number;
  readonly numbers: readonly number[];
  readonly root: SVGGElement;
  readonly line: SVGLineElement;
  readonly hit: SVGLineElement;
  readonly label: SVGTextElement;
}

interface DotElement {
  readonly root: SVGGElement;
  readonly label: SVGTextElement;
  readonly sign: SVGTextElement;
}

/** Functions that the drawing calls when the reader selects a node or a link. */
export interface TopologySelectionCallbacks {
  selectNode(name: string): void;
  selectLink(id: string): void;
}

/** The state of the network at the cursor. */
export interface NetworkState {
  /**
   * For each direction of a link, by its number: the bytes that it carried in the fetched part of
   * the trace around the cursor.
   */
  readonly use: ReadonlyMap<number, number>;
  readonly disruptions: ReadonlyMap<string, Disruption>;
  /** For each link with contacts, by its id, whether it can send. */
  readonly contacts: ReadonlyMap<string, boolean>;
  /**
   * For each node that has a belief about a broken link or node, by name: whether it knows of the
   * fault.
   */
  readonly standings: ReadonlyMap<string, FaultAwareness>;
  /** Name of the selected node or id of the selected link. */
  readonly selected: string | undefined;
}

/** Returns the part of the drawing in which nodes are drawn: all but the margins. */
function frameOf({ width, height }: DrawingSize): MapFrame {
  return {
    left: MARGIN.x,
    top: MARGIN.top,
    width: Math.max(0, width - 2 * MARGIN.x),
    height: Math.max(0, height - MARGIN.top - MARGIN.bottom),
  };
}

/** Draws the nodes and links of the network. */
export class TopologyView {
  readonly svg = svgElement('svg', { class: 'topology', role: 'group', 'aria-label': 'topology' });
  readonly #graticule = svgElement('g', { 'aria-hidden': 'true' });
  readonly #detour = new DetourView();
  readonly #regions: RegionView;
  readonly #info: TraceInfo;
  readonly #wires: readonly Wire[];
  readonly #network: DrawnNetwork;
  readonly #dots: readonly DotElement[];
  #places: readonly NodePosition[] = [];
  #size = { width: 0, height: 0 };
  #selected: string | undefined;
  #isTall = false;

  constructor(info: TraceInfo, network: DrawnNetwork, events: TopologySelectionCallbacks) {
    this.#info = info;
    this.#network = network;
    this.#wires = wiresOf(info.links, network).map((wire) => wireElement(wire, events));
    this.#dots = network.dots.map((dot, number) => this.#dotElement(number, dot, events));
    this.#regions = new RegionView(findRegions(info), (id) => events.selectLink(id));
    this.svg.append(
      this.#graticule,
      this.#regions.root,
      this.#detour.root,
      svgElement(
        'g',
        {},
        this.#wires.map(({ root }) => root),
      ),
      svgElement(
        'g',
        {},
        this.#dots.map(({ root }) => root),
      ),
      this.#detour.stamp,
    );
  }

  /** Arranges the nodes in columns, or in rows if the drawing is narrow. */
  arrange(places: readonly NodePosition[], size: DrawingSize): void {
    this.#isTall = size.width < 560;
    this.#lay(places, [], size);
  }

  /**
   * Arranges the nodes by their positions on Earth. Returns the number of nodes without a known
   * position.
   */
  arrangeMap(size: DrawingSize): number {
    this.#isTall = false;
    const { places, lines, unplaced } = computeGeoMap(this.#network.topology, frameOf(size));
    this.#lay(places, lines, size);
    return unplaced;
  }

  #lay(places: readonly NodePosition[], lines: readonly GridLine[], size: DrawingSize): void {
    this.#places = places;
    this.#size = size;
    drawGraticule(this.#graticule, lines, frameOf(size), size);
    setAttributeIfChanged(this.svg, 'width', size.width);
    setAttributeIfChanged(this.svg, 'height', size.height);
    for (const { from, to, line, hit, label } of this.#wires) {
      const a = this.#spot(from);
      const b = this.#spot(to);
      for (const one of [line, hit]) {
        setAttributeIfChanged(one, 'x1', a.x);
        setAttributeIfChanged(one, 'y1', a.y);
        setAttributeIfChanged(one, 'x2', b.x);
        setAttributeIfChanged(one, 'y2', b.y);
      }
      // The label is beside a steep line and below a line that is not steep.
      const isSteep = Math.abs(b.y - a.y) > Math.abs(b.x - a.x);
      setAttributeIfChanged(label, 'x', (a.x + b.x) / 2 + (isSteep ? CLEAR : 0));
      setAttributeIfChanged(label, 'y', (a.y + b.y) / 2 + (isSteep ? 16 : CLEAR + 10));
      setAttributeIfChanged(label, 'text-anchor', isSteep ? 'start' : 'middle');
    }
    this.#regions.lay((node) => this.at(node));
    const sides = labelSides(
      this.#dots.map((_, number) => this.#spot(number)),
      this.#network.dots.map(({ label: text }) => text),
      this.#isTall ? 'right' : 'below',
    );
    for (const [number, { root, label }] of this.#dots.entries()) {
      const { x, y } = this.#spot(number);
      setAttributeIfChanged(root, 'transform', `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
      const side = sides[number];
      setAttributeIfChanged(label, 'visibility', side === undefined ? 'hidden' : 'visible');
      const place = labelPosition(side ?? 'below');
      setAttributeIfChanged(label, 'x', place.x);
      setAttributeIfChanged(label, 'y', place.y);
      setAttributeIfChanged(label, 'text-anchor', place.anchor);
    }
  }

  /** Returns the position of a node in the drawing, px. */
  at(node: number): NodePosition {
    return this.#spot(this.#network.dotOf[node] ?? -1);
  }

  #spot(dot: number): NodePosition {
    const { x, y } = this.#places[dot] ?? { x: 0.5, y: 0.5 };
    const { left, top, width, height } = frameOf(this.#size);
    const [across, along] = this.#isTall ? [y, x] : [x, y];
    return { x: left + across * width, y: top + along * height };
  }

  /** Shows the routes before and after a path switch, or removes them. */
  showDetour(shown: ShownDetour | undefined): void {
    const ends = (id: string): readonly [NodePosition, NodePosition] | undefined => {
      const wire = this.#wires.find(({ ids }) => ids.includes(id));
      return wire === undefined ? undefined : [this.#spot(wire.from), this.#spot(wire.to)];
    };
    this.#detour.show(shown, ends, this.#isTall);
  }

  /** Updates the widths of links, the faults, the signs on nodes and the selection. */
  update(shown: NetworkState): void {
    this.#selected = shown.selected;
    const most = [...shown.use.values()].reduce((max, bytes) => Math.max(max, bytes), 1);
    for (const wire of this.#wires) {
      const bytes = wire.numbers.reduce((sum, link) => sum + (shown.use.get(link) ?? 0), 0);
      const broken = wire.ids.find((id) => shown.disruptions.has(id));
      const disruption = shown.disruptions.get(broken ?? '');
      const width = bytes === 0 ? 1.25 : 1.5 + (4.5 * Math.log1p(bytes)) / Math.log1p(2 * most);
      const isSelected = wire.ids.some((id) => id === shown.selected);
      setAttributeIfChanged(wire.line, 'stroke-width', width.toFixed(2));
      const isApart = wire.ids.every((id) => shown.contacts.get(id) === false);
      const rest = isApart ? 'apart' : 'up';
      const look = `wire ${disruption?.state ?? rest}${isSelected ? ' selected' : ''}`;
      setAttributeIfChanged(wire.root, 'class', look);
      const text = disruption === undefined ? '' : disruption.state;
      if (wire.label.textContent !== text) wire.label.textContent = text;
    }
    this.#regions.update(shown.disruptions, shown.selected);
    this.#updateDots(shown);
  }

  #updateDots({ disruptions, standings, selected }: Omit<NetworkState, 'use' | 'contacts'>): void {
    for (const [number, { root, sign }] of this.#dots.entries()) {
      const names = this.#namesOf(number);
      const isDown = names.some((name) => disruptions.get(name)?.state === 'down');
      const isSelected = names.some((name) => name === selected);
      if (this.#isRegion(number)) continue;
      setAttributeIfChanged(
        root,
        'class',
        `dot${isDown ? ' down' : ''}${isSelected ? ' selected' : ''}`,
      );
      setAttributeIfChanged(root, 'aria-pressed', String(isSelected));
      const known = names.find((name) => standings.has(name));
      const standing = standings.get(known ?? '');
      const text = standing === undefined ? '' : AWARENESS_SIGNS[standing];
      if (sign.textContent !== text) sign.textContent = text;
      setAttributeIfChanged(sign, 'class', `sign ${standing}`);
    }
  }

  /** Moves the focus to a node. */
  focus(node: number): void {
    this.#dots[this.#network.dotOf[node] ?? -1]?.root.focus();
  }

  #namesOf(dot: number): readonly string[] {
    const { members } = this.#network.dots[dot] ?? { members: [] };
    return members.map((node) => this.#info.nodes[node]?.name ?? '');
  }

  /** True if a dot represents a region of a cloud, which cannot be selected as a node. */
  #isRegion(dot: number): boolean {
    return this.#network.topology.nodes[dot]?.protocol === REGION_NODE_PROTOCOL;
  }

  /**
   * Selects the node of a dot; if the dot represents several nodes, the node after the selected
   * one.
   */
  #choose(dot: number, events: TopologySelectionCallbacks): void {
    const names = this.#namesOf(dot);
    const next = names[(names.indexOf(this.#selected ?? '') + 1) % Math.max(1, names.length)];
    if (next !== undefined) events.selectNode(next);
  }

  #dotElement(number: number, dot: Dot, events: TopologySelectionCallbacks): DotElement {
    const { name, members } = dot;
    const { protocol } = this.#info.nodes[members[0] ?? -1] ?? {};
    const isRegion = this.#isRegion(number);
    const last = this.#namesOf(number).at(-1);
    const words =
      members.length === 1
        ? `${name}, ${protocol}`
        : `${name} to ${last}, ${members.length} nodes of ${protocol}: press for the next one`;
    const label = svgElement('text', {}, dot.label);
    const sign = svgElement('text', { 'text-anchor': 'middle', y: 4, 'aria-hidden': 'true' });
    const root = svgElement(
      'g',
      {
        class: isRegion ? 'dot hub' : 'dot',
        tabindex: 0,
        role: isRegion ? 'img' : 'button',
        'aria-label': words,
        'aria-pressed': isRegion ? undefined : 'false',
        'data-keys': 'arrows',
        'data-node': name,
        'data-members': members.length > 1 && members.length,
        click: () => !isRegion && this.#choose(number, events),
        keydown: (event) => this.#walk(event as KeyboardEvent, number, events),
      },
      svgElement('title', {}, words),
      svgElement('circle', { class: 'halo', r: NODE_RADIUS_PX + 5 }),
      members.length > 1 && svgElement('circle', { class: 'many', r: NODE_RADIUS_PX + 3 }),
      svgElement('circle', { r: isRegion ? HUB_RADIUS : NODE_RADIUS_PX }),
      label,
      sign,
    );
    return { root, label, sign };
  }

  /**
   * Handles a key on a dot: an arrow key moves the focus along a link to the neighbour in that
   * direction; Enter and Space select.
   */
  #walk(event: KeyboardEvent, from: number, events: TopologySelectionCallbacks): void {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      if (this.#isRegion(from)) return;
      this.#choose(from, events);
      return;
    }
    const direction = ARROWS[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    const here = this.#spot(from);
    const ahead = this.#neighbours(from)
      .map((node) => ({ node, score: alignment(here, this.#spot(node), direction) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)[0];
    if (ahead !== undefined) this.#dots[ahead.node]?.root.focus();
  }

  #neighbours(node: number): readonly number[] {
    return this.#wires.flatMap(({ from, to }) =>
      from === node ? [to] : to === node ? [from] : [],
    );
  }
}

const ARROWS: Readonly<Record<string, NodePosition>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/**
 * Returns the cosine of the angle between a direction and the line from one point to another: 1 if
 * both have the same direction.
 */
function alignment(from: NodePosition, to: NodePosition, direction: NodePosition): number {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const far = Math.hypot(dx, dy);
  return far === 0 ? 0 : (dx * direction.x + dy * direction.y) / far;
}

type WireFacts = Pick<Wire, 'ids' | 'from' | 'to' | 'numbers'>;

function wiresOf(
  links: readonly LinkDirectionInfo[],
  { dots, dotOf }: DrawnNetwork,
): readonly WireFacts[] {
  const wires = new Map<string, { ids: string[]; from: number; to: number; numbers: number[] }>();
  for (const [number, { id, ...link }] of links.entries()) {
    if (link.from < 0 || link.to < 0 || link.from === link.to) continue;
    const [from = 0, to = 0] = [dotOf[link.from], dotOf[link.to]];
    const isOfMany = [from, to].some((dot) => (dots[dot]?.members.length ?? 1) > 1);
    const key = isOfMany ? `${Math.min(from, to)} ${Math.max(from, to)}` : `id ${id}`;
    const known = wires.get(key);
    if (known === undefined) wires.set(key, { ids: [id], from, to, numbers: [number] });
    else {
      known.numbers.push(number);
      if (known.ids.at(-1) !== id) known.ids.push(id);
    }
  }
  return [...wires.values()];
}

function wireElement(facts: WireFacts, events: TopologySelectionCallbacks): Wire {
  const line = svgElement('line', { class: 'wire-line' });
  const hit = svgElement('line', { class: 'wire-hit' });
  const label = svgElement('text', { class: 'wire-label' });
  const [id = ''] = facts.ids;
  const click = (): void => events.selectLink(id);
  const more = facts.ids.length > 1 ? ` and ${facts.ids.length - 1} more` : '';
  const title = svgElement('title', {}, `${id.replace('--', ' ↔ ')}${more}`);
  const root = svgElement('g', { class: 'wire', 'data-link': id, click }, title, line, hit, label);
  return { ...facts, root, line, hit, label };
}

/** Makes the canvas on which packets are drawn, above the SVG. */
export function makeOverlayCanvas(): HTMLCanvasElement {
  return element('canvas', { class: 'packets', 'aria-hidden': 'true' });
}
