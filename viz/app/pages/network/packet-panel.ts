/**
 * The panel of a packet: its route and, if the trace has its bytes, the content of the packet at
 * each hop up to the cursor, layer by layer. The panel is built once per packet and updated as the
 * cursor moves.
 *
 * @module
 */
import { quantityText } from '../../../../reports/format.ts';
import type { Capture } from '../../../format/captures.ts';
import type { PacketReader } from '../../../format/packet-fields.ts';
import { PEELING_PROTOCOLS } from '../../data/protocols.ts';
import type { HopColumns, MachineStateEntries, TraceInfo } from '../../data/trace-answers.ts';
import { type Child, element, replaceContent } from '../../kernel/element.ts';
import type { TracePageContext } from '../../kernel/page.ts';
import { type HopEndFacts, packetReadersByProtocol, readPacketLayers } from './fields.ts';
import { hexView } from './hex-view.ts';
import { onionView } from './onion-view.ts';
import { numberTable, section } from './panel-parts.ts';
import {
  captureIndexAt,
  changedByteCount,
  findCaptureEnds,
  listOnionLayers,
  type OnionLayer,
} from './trail.ts';

const READERS = packetReadersByProtocol(
  import.meta.glob<{ readonly fields: PacketReader }>('../../../../nodes/*/viz-fields.ts', {
    eager: true,
  }),
);
/** The layers of encryption of a packet are drawn if it has at least this many. */
const LAYERS_MIN = 2;
const RESEARCH =
  'This is known because the run recorded it with --explain: each node changes all bytes of the message, so nobody on the network can tell that these packets belong together.';
const SAME = 'One packet, as the run recorded it with --explain.';
const MADE = 'Packets that nodes made of one another, as the run recorded them with --explain.';

/** What the panel shows about a packet. */
export interface PacketFacts {
  readonly hops: HopColumns;
  /** The bytes of the packet at each hop of its route; empty if the trace has none. */
  readonly captures: readonly Capture[];
  /** The states of all nodes at the end of the packet's route. */
  readonly states: MachineStateEntries;
}

/** The content of the panel for one packet. */
export class PacketPanel {
  readonly root: HTMLElement;
  readonly #context: TracePageContext;
  readonly #facts: PacketFacts;
  readonly #layers: readonly OnionLayer[];
  readonly #onion = element('div');
  readonly #steps: readonly HTMLElement[];
  readonly #bytes = element('div');
  #step = -1;

  constructor(context: TracePageContext, facts: PacketFacts) {
    const { info } = context.trace;
    const { captures } = facts;
    this.#context = context;
    this.#facts = facts;
    this.#layers = listOnionLayers(captures, info, PEELING_PROTOCOLS);
    this.#steps = captures.map((capture, at) => this.#stepButton(capture, at));
    this.root = element(
      'div',
      { class: 'packet-panel' },
      element('p', { class: 'muted' }, wordsOf(facts, info)),
      facts.hops.rows > 0 && section('Its way', wayOf(facts.hops, info)),
      captures.length === 0 ? this.#withoutBytes() : this.#withBytes(),
    );
  }

  /** Updates the panel after the cursor has moved. */
  follow(timeNs: number): void {
    const { captures } = this.#facts;
    const step = captureIndexAt(captures, timeNs);
    const capture = captures[step];
    if (step === this.#step || capture === undefined) return;
    this.#step = step;
    for (const [at, button] of this.#steps.entries()) {
      if (at === step) button.setAttribute('aria-current', 'step');
      else button.removeAttribute('aria-current');
    }
    if (this.#layers.length >= LAYERS_MIN)
      replaceContent(this.#onion, onionView(this.#layers, step));
    const { from, to } = findCaptureEnds(capture, this.#context.trace.info);
    const title =
      to === undefined ? `Bytes for the application of ${from}` : `Bytes from ${from} to ${to}`;
    replaceContent(this.#bytes, section(title, this.#bytesAt(step, capture)));
  }

  #withoutBytes(): Child {
    const { counts } = this.#context.trace.info;
    const text =
      (counts['packet'] ?? 0) > 0
        ? 'Its bytes were not recorded; those of the packets in the list «explained» above the drawing were.'
        : 'Run with --explain to record its bytes.';
    return element('p', { class: 'muted' }, text);
  }

  #withBytes(): Child {
    const isOnion = this.#layers.length >= LAYERS_MIN;
    const packets = new Set(this.#facts.captures.map(({ packet }) => packet));
    const words = isOnion ? RESEARCH : packets.size > 1 ? MADE : SAME;
    const title = isOnion ? 'The onion, layer by layer' : 'The packet, link by link';
    return [
      section(title, [
        element('p', { class: 'muted research' }, words),
        this.#onion,
        element(
          'ol',
          { class: 'trail' },
          this.#steps.map((button) => element('li', {}, button)),
        ),
      ]),
      this.#bytes,
    ];
  }

  #stepButton(capture: Capture, at: number): HTMLElement {
    const { trace, view } = this.#context;
    const { from, to } = findCaptureEnds(capture, trace.info);
    const [first = capture] = this.#facts.captures;
    const layer = this.#layers.findIndex(({ offFrom }) => offFrom === at);
    const did = [
      (capture.heldNs ?? 0) > 0 && `held ${quantityText(capture.heldNs ?? 0, 'ns')}`,
      layer >= 0 && this.#layers.length >= LAYERS_MIN ? `layer ${layer + 1} off` : undefined,
    ].filter(Boolean);
    return element(
      'button',
      {
        ...{ type: 'button', class: 'packet-field', 'data-step': at },
        click: () => view.time.moveTo(capture.timeNs),
      },
      element('span', {}, to === undefined ? `to the application of ${from}` : `${from} → ${to}`),
      element(
        'span',
        { class: 'muted' },
        [`+${quantityText(capture.timeNs - first.timeNs, 'ns')}`, ...did].join(', '),
      ),
    );
  }

  #bytesAt(step: number, capture: Capture): Child {
    const before = this.#facts.captures[step - 1]?.bytes;
    const { bytes } = capture;
    const layers =
      capture.link === undefined ? [] : readPacketLayers(bytes, this.#ends(capture), READERS);
    return hexView(bytes, layers, (field) => changedByteCount(field, bytes, before));
  }

  /** Returns the protocols and states that decide how a captured packet is read. */
  #ends({ link }: Capture): HopEndFacts {
    const { nodes, links } = this.#context.trace.info;
    const { from, to } = links[link ?? -1] ?? { from: -1, to: -1 };
    const numbers = [from, to];
    // The reader of a router cannot read the packet of a gateway inside the router's packet. So on
    // each link the readers of all protocols on the route may be used.
    const all = this.#facts.captures.flatMap((one) => {
      const way = links[one.link ?? -1];
      return way === undefined ? [] : [way.from, way.to];
    });
    return {
      protocols: new Set(
        all.flatMap((node) => {
          const { protocol, layers = [] } = nodes[node] ?? {};
          return protocol === undefined ? [] : [protocol, ...layers];
        }),
      ),
      states: new Map(
        this.#facts.states.flatMap(([node, own]) => (numbers.includes(node) ? own : [])),
      ),
    };
  }
}

function wordsOf({ hops, captures }: PacketFacts, { classes, flows }: TraceInfo): string {
  const length = hops.bytes[0] ?? captures[0]?.bytes.length ?? 0;
  const [packetClass, flow] = [hops.class[0], hops.flow[0]];
  return [
    packetClass === undefined ? 'not in the kept windows' : (classes[packetClass] ?? ''),
    // Flow 0 means no flow: for example, a packet that a node sends on its own behalf.
    flow === undefined || flow === 0 ? '' : (flows[flow] ?? ''),
    `${length} B`,
  ]
    .filter(Boolean)
    .join(' · ');
}

function wayOf(hops: HopColumns, { links }: TraceInfo): Child {
  const rows: (readonly [string, string])[] = [];
  const beginNs = hops.departNs[0] ?? 0;
  for (let row = 0; row < hops.rows; row += 1) {
    const departNs = hops.departNs[row] ?? 0;
    const arriveNs = hops.arriveNs[row] ?? Number.NaN;
    const fate = hops.fate[row] === 1 ? 'lost' : 'not seen to arrive';
    const took = Number.isNaN(arriveNs) ? fate : quantityText(arriveNs - departNs, 'ns');
    const name = (links[hops.link[row] ?? 0]?.name ?? '').replace('->', ' → ');
    rows.push([`+${quantityText(departNs - beginNs, 'ns')}  ${name}`, took]);
  }
  return numberTable(rows);
}
