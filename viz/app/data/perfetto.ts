/**
 * Writes an interval of a trace in Chrome's trace event format, which ui.perfetto.dev opens:
 * procedures, states, marks and losses of each node, packets of each link, faults, and series. The
 * file is offered for download; nothing is sent anywhere (the format is Google's "Trace Event
 * Format").
 *
 * @module
 */
import type { MarkRow, SpanRow } from '../../format/drawing.ts';
import type {
  DropRow,
  HopColumns,
  MachineStateEntries,
  SeriesColumns,
  StateChangeRow,
  TimeWindow,
  TraceInfo,
} from './trace-answers.ts';
import type { TraceClient } from './trace-client.ts';

/** Largest number of packets in a file: that many make about 20 MB of text. */
const PACKETS_MAX = 50_000;

/** What the trace says about an interval. */
interface Stretch extends TimeWindow {
  readonly info: TraceInfo;
  readonly spans: readonly SpanRow[];
  readonly marks: readonly MarkRow[];
  readonly drops: readonly DropRow[];
  /** States at the start of the interval. */
  readonly states: MachineStateEntries;
  readonly changes: readonly StateChangeRow[];
  readonly hops: HopColumns;
  /** The series of each metric, in the order of {@link TraceInfo.metrics}. */
  readonly series: readonly SeriesColumns[];
}

type Event = Readonly<Record<string, unknown>>;

/** Reads an interval from a trace and returns the text of the file. */
export async function exportPerfetto(
  trace: Pick<TraceClient, 'ask' | 'info'>,
  { fromNs, toNs }: TimeWindow,
): Promise<string> {
  const { info } = trace;
  const window = { fromNs, toNs };
  const [spans, marks, drops, states, changes, hops] = await Promise.all([
    trace.ask('spans', window),
    trace.ask('marks', window),
    trace.ask('drops', window),
    trace.ask('stateAt', { timeNs: fromNs }),
    trace.ask('changes', window),
    trace.ask('hops', { ...window, rowsMax: PACKETS_MAX }),
  ]);
  const series = await Promise.all(info.metrics.map(({ name }) => trace.ask('series', { name })));
  const stretch = { info, ...window, spans, marks, drops, states, changes, hops, series };
  return JSON.stringify(traceEvents(stretch));
}

/**
 * Makes the content of the file. Each node is a process whose state machines are its threads; all
 * links together are one further process.
 */
function traceEvents(stretch: Stretch): Event {
  const { info, fromNs, toNs, hops } = stretch;
  const { run, seed, fingerprint } = info;
  const left = hops.total - hops.rows;
  return {
    displayTimeUnit: 'ns',
    otherData: { run, seed, fingerprint, fromNs, toNs, packetsLeftOut: left },
    traceEvents: [
      ...names(info),
      ...spanEvents(stretch),
      ...stateEvents(stretch),
      ...instants(stretch),
      ...packetEvents(stretch),
      ...seriesEvents(stretch),
    ],
  };
}

/**
 * Process numbers in the file: 0 is the whole run, then come the nodes, then one number for all
 * links.
 */
const RUN = 0;
const pidOf = (node: number): number => node + 1;
const linksPid = ({ nodes }: TraceInfo): number => nodes.length + 1;
const us = (ns: number): number => ns / 1_000;

function names(info: TraceInfo): readonly Event[] {
  const named = (pid: number, name: string): Event => ({
    ...{ ph: 'M', name: 'process_name', pid, tid: 0, args: { name } },
  });
  return [
    named(RUN, `${info.run}, seed ${info.seed}`),
    ...info.nodes.map(({ name, protocol }, node) => named(pidOf(node), `${name} (${protocol})`)),
    named(linksPid(info), 'links'),
  ];
}

/**
 * Makes the events of procedures. Procedures may overlap, so each gets its own id and a pair of
 * begin and end events.
 */
function spanEvents({ spans }: Stretch): readonly Event[] {
  return spans.flatMap(({ node, name, id, startNs, endNs }) => {
    const both = { cat: 'procedure', id: `s${id}`, name, pid: pidOf(node), tid: 0 };
    return [
      { ...both, ph: 'b', ts: us(startNs) },
      { ...both, ph: 'e', ts: us(endNs) },
    ];
  });
}

/**
 * Makes the events of states: each machine is a thread, and each of its states is a slice that
 * lasts until the next state.
 */
function stateEvents({ states, changes, fromNs, toNs }: Stretch): readonly Event[] {
  const first = states.flatMap(([node, own]) =>
    own.map(([machine, state]) => ({ node, machine, state, timeNs: fromNs })),
  );
  const rows = new Map<string, StateChangeRow[]>();
  for (const row of [...first, ...changes]) {
    const key = `${row.node} ${row.machine}`;
    rows.set(key, [...(rows.get(key) ?? []), row]);
  }
  return [...rows.values()].flatMap((own, at) => {
    const [{ node, machine } = { node: 0, machine: '' }] = own;
    const thread = { pid: pidOf(node), tid: at + 1 };
    return [
      { ...thread, ph: 'M', name: 'thread_name', args: { name: machine } },
      ...own.map(({ state, timeNs }, index) => {
        const endNs = own[index + 1]?.timeNs ?? toNs;
        return {
          ...thread,
          ph: 'X',
          cat: 'state',
          name: state,
          ts: us(timeNs),
          dur: us(endNs - timeNs),
        };
      }),
    ];
  });
}

function instants({ marks, drops, info, fromNs, toNs }: Stretch): readonly Event[] {
  const faults = info.faults.filter(({ timeNs }) => timeNs >= fromNs && timeNs < toNs);
  const at = (pid: number, cat: string, name: string, timeNs: number): Event => ({
    ...{ ph: 'i', s: pid === RUN ? 'g' : 'p', pid, tid: 0, cat, name, ts: us(timeNs) },
  });
  return [
    ...marks.map(({ node, text, timeNs }) => at(pidOf(node), 'mark', text, timeNs)),
    ...drops.map(({ node, reason, timeNs }) =>
      at(node === undefined ? linksPid(info) : pidOf(node), 'loss', reason, timeNs),
    ),
    ...faults.map(({ kind, text, timeNs }) => at(RUN, 'fault', `${kind}: ${text}`, timeNs)),
  ];
}

/**
 * Makes a pair of begin and end events for each packet that arrived, since several packets may be
 * on a link at the same time. All other packets appear as losses.
 */
function packetEvents({ hops, info }: Stretch): readonly Event[] {
  const pid = linksPid(info);
  const threads = info.links.map(
    ({ name }, tid): Event => ({ ph: 'M', name: 'thread_name', pid, tid, args: { name } }),
  );
  const rows = Array.from({ length: hops.rows }, (_, row) => row).filter(
    (row) => !Number.isNaN(hops.arriveNs[row]),
  );
  const pairs = rows.flatMap((row) => {
    const tid = hops.link[row] ?? 0;
    const name = `packet ${hops.packet[row] ?? 0}`;
    const both = { cat: info.links[tid]?.name ?? 'link', id: `p${row}`, name, pid, tid };
    const args = {
      bytes: hops.bytes[row],
      class: info.classes[hops.class[row] ?? 0],
      flow: info.flows[hops.flow[row] ?? 0],
      queueNs: hops.queueNs[row],
    };
    return [
      { ...both, ph: 'b', ts: us(hops.departNs[row] ?? 0), args },
      { ...both, ph: 'e', ts: us(hops.arriveNs[row] ?? 0) },
    ];
  });
  return [...threads, ...pairs];
}

function seriesEvents({ series, info, fromNs, toNs }: Stretch): readonly Event[] {
  return series.flatMap(({ timeNs, value }, metric) => {
    const { name = '', unit = '' } = info.metrics[metric] ?? {};
    return [...timeNs]
      .map((at, point) => ({ at, value: value[point] ?? 0 }))
      .filter(({ at }) => at >= fromNs && at < toNs)
      .map(({ at, value: y }) => ({
        ...{ ph: 'C', pid: RUN, tid: 0, name: `${name} (${unit})`, ts: us(at), args: { value: y } },
      }));
  });
}
