/**
 * The panel at the right with details of the selection: the state of a node, both directions of a
 * link, or the route of a packet.
 *
 * @module
 */
import type { LinkDirectionInfo } from '../../../../engine/measure/trace/layout.ts';
import { greatestOf } from '../../../../engine/pure/extremes.ts';
import { quantityText } from '../../../../reports/format.ts';
import { sentenceWithOffset } from '../../../format/failure.ts';
import type { RecordedStatus } from '../../../format/recorded-status.ts';
import type { BinRow } from '../../../format/trace-file.ts';
import { shapeElement } from '../../chart/scene.ts';
import { linkContactStatesAt } from '../../data/contacts.ts';
import { LatestQuerySender } from '../../data/latest.ts';
import {
  type DrawingResult,
  drawViewSafely,
  isViewApplicable,
  listNodeStates,
} from '../../data/plug-ins.ts';
import { PROTOCOLS } from '../../data/protocols.ts';
import type { MachineStateEntries, TimeWindow, TraceInfo } from '../../data/trace-answers.ts';
import { TraceError } from '../../data/trace-client.ts';
import { disruptionsAt, linkText } from '../../data/truth.ts';
import type { Selection } from '../../kernel/address.ts';
import { instantText } from '../../kernel/duration.ts';
import { type Child, element, svgElement } from '../../kernel/element.ts';
import type { TracePageContext } from '../../kernel/page.ts';
import { LiveNodeStatus, recordedStatusTexts, statusContent } from './live-status.ts';
import { PacketPanel } from './packet-panel.ts';
import type { ControlConnection } from './palette/control-link.ts';
import { numberTable, section, textTable } from './panel-parts.ts';

/** The counts of a link are read for this long before and after the cursor, ns. */
const NEAR_NS = 500e6;
/** The hops of a packet are read for this long before and after the cursor, ns. */
const PACKET_NS = 5e9;
/** Width of the drawing that a protocol makes of its node, px. */
const SCENE_WIDTH = 284;
/**
 * States with more letters than this are shown by the protocol's drawing and are not listed as
 * text.
 */
const STATE_LENGTH_MAX = 60;

/** The content of the panel for the selected node, link or packet. */
export class SelectionDetails {
  readonly #context: TracePageContext;
  readonly #latest: LatestQuerySender<
    { readonly selection: Selection; readonly timeNs: number },
    Child
  >;
  readonly #status: LiveNodeStatus | undefined;
  #selection: Selection | undefined;
  #asked = '';
  #packetPanel: PacketPanel | undefined;

  /** @param link The connection to the run if it is in progress, otherwise undefined. */
  constructor(context: TracePageContext, link: ControlConnection | undefined) {
    this.#context = context;
    this.#status = link && new LiveNodeStatus(link, context.signal);
    this.#latest = new LatestQuerySender(
      ({ selection, timeNs }) => this.#contentOf(selection, timeNs),
      {
        tell: (content, { selection }): void => {
          if (selection === this.#selection) context.panel.show(headingOf(selection), content);
        },
        fail: (error): void => context.fail(error),
      },
    );
  }

  /** Shows the details of the selection, or empties the panel. */
  show(selection: Selection | undefined): void {
    this.#selection = selection;
    this.#asked = '';
    this.#packetPanel = undefined;
    this.#status?.show(selection?.kind === 'node' ? selection.name : undefined);
    if (selection === undefined) this.#context.panel.clear();
    else this.follow(this.#context.view.time.cursor.value);
  }

  /** Updates the panel after the cursor has moved. */
  follow(timeNs: number): void {
    const selection = this.#selection;
    if (selection === undefined) return;
    if (selection.kind === 'packet') this.#packetPanel?.follow(timeNs);
    // The content for a packet does not depend on the instant: it is made once, and
    // `PacketPanel.follow` marks the present hop.
    const key = selection.kind === 'packet' ? selection.name : `${selection.name} ${timeNs}`;
    if (key === this.#asked) return;
    this.#asked = key;
    this.#latest.want({ selection, timeNs });
  }

  #contentOf(selection: Selection, timeNs: number): Promise<Child> {
    switch (selection.kind) {
      case 'node':
        return this.#node(selection.name, timeNs);
      case 'link':
        return this.#link(selection.name, timeNs);
      case 'packet':
        return this.#packet(Number(selection.name), timeNs);
      default:
        return Promise.resolve(element('p', { class: 'muted' }, 'This is shown on another page.'));
    }
  }

  async #node(name: string, timeNs: number): Promise<Child> {
    const { trace } = this.#context;
    const number = trace.info.nodes.findIndex((node) => node.name === name);
    const node = trace.info.nodes[number];
    if (node === undefined) return element('p', {}, `This run has no node ${name}.`);
    const [states, losses, marks, said] = await Promise.all([
      trace.ask('stateAt', { timeNs }),
      trace.ask('losses', { node: number, toNs: timeNs }),
      trace.ask('marks', { fromNs: Math.max(0, timeNs - 10 * NEAR_NS), toNs: timeNs }),
      // While a run is in progress, {@link LiveNodeStatus} asks the node itself for its status.
      this.#status === undefined ? this.#recordedStatus(number, timeNs) : undefined,
    ]);
    const own = marks.filter((mark) => mark.node === number).slice(-5);
    return [
      element(
        'p',
        { class: 'muted' },
        [stackText(node), node.area ?? node.isdAs, node.address].filter(Boolean).join(' · '),
      ),
      scenesOf(trace.info, states, { number, timeNs }),
      section('State at the cursor', statesTable(states, number)),
      this.#status?.root ??
        (said &&
          element('section', { class: 'node-status' }, statusContent(recordedStatusTexts(said)))),
      section('Drops up to the cursor', numberTable(losses)),
      own.length > 0 &&
        section(
          'Latest marks',
          numberTable(own.map(({ timeNs: at, text }) => [instantText(at, 1e9), text])),
        ),
    ];
  }

  /**
   * Reads the recorded status of a node. If the status is damaged, the error is shown instead of
   * it, and the rest of the panel is still shown.
   */
  #recordedStatus(node: number, timeNs: number): Promise<RecordedStatus | undefined> {
    return this.#context.trace.ask('statusAt', { node, timeNs }).catch((error: unknown) => {
      if (!(error instanceof TraceError)) throw error;
      return { timeNs, json: undefined, note: sentenceWithOffset(error.failure) };
    });
  }

  async #link(id: string, timeNs: number): Promise<Child> {
    const { trace } = this.#context;
    const { info } = trace;
    const directions = info.links.flatMap((link, number) =>
      link.id === id ? [{ link, number }] : [],
    );
    const disruption = disruptionsAt(info.faults, timeNs).get(id);
    const whole = linkContactStatesAt(info, timeNs).get(id) === false ? 'no contact now' : 'up';
    const state =
      disruption === undefined
        ? whole
        : `${disruption.text}, since ${instantText(disruption.sinceNs, 1e9)}`;
    const window = this.#windowAround(timeNs);
    const links = directions.map(({ number }) => number);
    const [waits, ...bins] = await Promise.all([
      trace.ask('waits', { links, ...window }),
      ...links.map((link) => trace.ask('bins', { link, ...window, binsMax: 10 })),
    ]);
    const parts = directions.map(({ link }, at) =>
      section(directionText(link), numberTable(directionRows(bins[at] ?? [], window, waits[at]))),
    );
    return [
      element('p', { class: disruption === undefined ? 'pass-text' : 'fail-text' }, state),
      parts,
    ];
  }

  #windowAround(timeNs: number): TimeWindow {
    const [, endNs] = this.#context.view.time.extent.value;
    return { fromNs: Math.max(0, timeNs - NEAR_NS), toNs: Math.min(endNs, timeNs + NEAR_NS) };
  }

  async #packet(packet: number, timeNs: number): Promise<Child> {
    const { trace, view } = this.#context;
    const captures = await trace.ask('captures', { packet });
    const [firstNs, lastNs] = [captures[0]?.timeNs ?? timeNs, captures.at(-1)?.timeNs ?? timeNs];
    const window = { fromNs: Math.max(0, firstNs - PACKET_NS), toNs: lastNs + PACKET_NS };
    const [hops, states] = await Promise.all([
      trace.ask('hopsOfPacket', { packet, ...window }),
      trace.ask('stateAt', { timeNs: lastNs }),
    ]);
    const panel = new PacketPanel(this.#context, { hops, captures, states });
    panel.follow(view.time.cursor.value);
    this.#packetPanel = panel;
    return panel.root;
  }
}

/**
 * Formats a direction of a link: `a → b`. If it connects a host to a cloud, one end is a region of
 * the cloud.
 */
function directionText({ name, fromRegion, toRegion }: LinkDirectionInfo): string {
  const text = name.replace('->', ' → ');
  if (fromRegion !== undefined && toRegion !== undefined) return text;
  return `${fromRegion ?? ''}${text}${toRegion ?? ''}`;
}

/**
 * Makes the rows with the counts of one direction of a link within a window, as pairs of name and
 * value.
 */
function directionRows(
  bins: readonly BinRow[],
  { fromNs, toNs }: TimeWindow,
  waitNs = -1,
): readonly (readonly [string, string | number])[] {
  const sum = (of: (bin: BinRow) => number): number =>
    bins.reduce((total, bin) => total + of(bin), 0);
  const count = sum((bin) => bin.count);
  const widthNs = greatestOf([toNs - fromNs, ...bins.map((bin) => bin.widthNs)]);
  const perSecond = (sum((bin) => bin.bytes) * 8e9) / widthNs;
  return [
    ['packets within 1 s', count],
    ['lost within 1 s', sum((bin) => bin.drops)],
    ['rate', `${quantityText(perSecond / 1e6, '')} Mbit/s`],
    [
      'mean time on the link',
      count === 0 ? '–' : quantityText(sum((bin) => bin.sumNs) / count, 'ns'),
    ],
    // This number comes only from packets that the trace has kept, unlike the counts above.
    ['longest wait in its queue', waitNs < 0 ? 'no packet kept' : quantityText(waitNs, 'ns')],
  ];
}

/** Lists the protocols of a node, the lowest first. */
function stackText({ protocol, layers = [] }: TraceInfo['nodes'][number]): string {
  return [protocol, ...layers].join(' + ');
}

function headingOf({ kind, name }: Selection): string {
  if (kind === 'packet') return `Packet ${name}`;
  return kind === 'link' ? linkText(name) : name;
}

function statesTable(states: MachineStateEntries, node: number): Child {
  const own = states.find(([number]) => number === node)?.[1] ?? [];
  // Longer states are in the drawing above, and the protocols page lists them in full.
  return textTable(own.filter(([, state]) => state.length <= STATE_LENGTH_MAX));
}

/** Makes the drawings of the node's protocols (`nodes/<p>/viz.ts`), the lowest protocol first. */
function scenesOf(
  info: TraceInfo,
  states: MachineStateEntries,
  { number, timeNs }: { readonly number: number; readonly timeNs: number },
): Child {
  const nodes = listNodeStates(info, states);
  const { name } = nodes[number] ?? {};
  const own = nodes.filter((node) => node.number === number);
  const views = own.flatMap(
    ({ protocol }) => PROTOCOLS.find((one) => one.protocol === protocol)?.views ?? [],
  );
  const size = { width: SCENE_WIDTH, height: SCENE_WIDTH };
  const common = { timeNs, fromNs: timeNs, toNs: timeNs, marks: [], spans: [], ...size };
  const input = { ...common, nodes, ...(name !== undefined && { selected: name }) };
  return views
    .filter((view) => isViewApplicable(view, { ...input, nodes: own }))
    .map((view) => section(view.title, sceneOf(drawViewSafely(view, input))));
}

function sceneOf(made: DrawingResult): Child {
  if (made.kind === 'trouble') return element('p', { class: 'fail-text' }, made.message);
  const { title, summary, shapes, height } = made.drawing;
  const size = { width: SCENE_WIDTH, height };
  const scene = svgElement(
    'svg',
    { ...size, role: 'group', 'aria-label': title },
    shapes.map(shapeElement),
  );
  return [element('p', { class: 'for-screen-readers' }, summary), scene];
}
