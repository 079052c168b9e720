/**
 * Records `trace.orr` of a run: the header from the scenario, the file, and what nodes, network and
 * faults report (docs/TRACE.md).
 *
 * It only listens: a run is the same with and without a trace.
 *
 * @module
 */

import type { Scheduler } from '../../engine/core/scheduler.ts';
import type { TableRows } from '../../engine/measure/trace/encode-block.ts';
import {
  FAULT_KINDS,
  FORMAT_VERSION,
  NO_REFERENCE,
  PACKET_CLASSES,
  STATE_KINDS,
  TABLES,
  type TraceHeader,
} from '../../engine/measure/trace/layout.ts';
import { linkDirectionInfos } from '../../engine/measure/trace/link-info.ts';
import { NetworkRecorder } from '../../engine/measure/trace/network-recorder.ts';
import { finestLinkLevel } from '../../engine/measure/trace/pyramid.ts';
import { TraceRecorder } from '../../engine/measure/trace/trace-recorder.ts';
import type { TraceSink } from '../../engine/measure/trace/trace-writer.ts';
import type { LinkDirectionView, NetworkObserver } from '../../engine/net/direction-context.ts';
import { DROP_REASONS } from '../../engine/net/drop-reasons.ts';
import { NO_UPPER_LAYER } from '../../engine/net/host-stack.ts';
import type { PacketTable } from '../../engine/net/packet-table.ts';
import { NOT_PRIVATE } from '../../engine/net/private-wish.ts';
import { greatestOf } from '../../engine/pure/extremes.ts';
import type { FaultRecord, SeedResult } from '../../reports/model.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { protocolNamesOfHost } from '../../topologies/assemble/stack.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { claimedFlow } from '../traffic/ground-truth.ts';
import type { World } from '../world.ts';
import { StatusRecorder } from './record-statuses.ts';
import type { FollowedPacket, Recorder, RecorderParts } from './recorder.ts';
import { withRegions } from './trace-regions.ts';

/** Largest number of drop reasons, because the number of a reason is one byte. */
const REASONS_MAX = 255;
const OTHER_REASON = 'other';

/** The file of a trace, and how much to record. */
export interface TraceRequest {
  readonly path: string;
  readonly extent: 'windows' | 'full';
}

/** What a trace is made from. */
export interface TraceParts {
  readonly scenario: Scenario;
  readonly registry: ProtocolLookup;
  readonly seed: number;
  /** Reads the time of the run, ns. */
  readonly now: () => number;
  readonly directions: readonly LinkDirectionView[];
  /**
   * Where packets are observed. Absent in live runs: after the kernel, datagrams cannot be told
   * apart, so live traces hold states, spans, drops, faults and series, but no hops.
   */
  readonly network?: { readonly scheduler: Scheduler; readonly table: PacketTable };
  /**
   * Another recorder, which observes packets and passes them on to this one; observing them once
   * instead of twice halves the cost.
   */
  readonly leader?: TraceListener;
  /** Calls nodes for their statuses; if absent, as in live runs, the trace has none. */
  readonly nodeCalls?: Pick<World, 'call'>;
}

/** The destination of the blocks of a trace. */
export interface TraceOutput {
  readonly sink: TraceSink;
  /**
   * Largest number of blocks that wait for packets under way; by default, the same as for a file.
   */
  readonly waitingMax?: number;
  /** Called with every tick; may call `flush` to have everything so far written. */
  ticked?(nowNs: number, experiment: Experiment, flush: () => void): void;
  warning(): string | undefined;
  close(): void;
}

/** Makes the recorder that writes the trace file of a run in virtual time. */
export function recordTrace(parts: RecorderParts, order: TraceRequest): TraceListener {
  return startTraceFile({ ...makeTraceParts(parts), nodeCalls: parts.world }, order);
}

/**
 * Collects what the trace of a run in virtual time is made from, including the network in which it sees
 * every packet.
 */
export function makeTraceParts({ world, scenario, registry, seed }: RecorderParts): TraceParts {
  const { network } = world.sim;
  const { directions } = network;
  const now = (): number => world.now();
  return { scenario, registry, seed, now, directions, network };
}

/** Makes the recorder that writes the trace file of a run in any world. */
export function startTraceFile(parts: TraceParts, order: TraceRequest): TraceListener {
  const { machine } = parts.registry;
  const file = machine.record(order.path);
  const { compress } = machine;
  const sink: TraceSink = {
    write: (bytes) => file.write(bytes),
    ...(compress === undefined ? {} : { compress }),
  };
  const output: TraceOutput = {
    sink,
    warning: () => file.warning(),
    close: () => file.close(),
  };
  return startTraceTo(parts, order, output);
}

/** Makes the recorder of a trace whose blocks go to any destination. */
export function startTraceTo(
  parts: TraceParts,
  order: Pick<TraceRequest, 'extent'>,
  output: TraceOutput,
): TraceListener {
  return new TraceListener(parts, order, output);
}

/** Records the trace of a run from what nodes, network and faults report. */
export class TraceListener implements Recorder {
  readonly keepsStates = true;
  readonly #parts: TraceParts;
  readonly #output: TraceOutput;
  readonly #trace: TraceRecorder;
  readonly #network: NetworkRecorder | undefined;
  readonly #leader: TraceListener | undefined;
  readonly #statuses: StatusRecorder | undefined;
  readonly #nodes: ReadonlyMap<string, number>;
  readonly #reasons: ReadonlyMap<string, number>;
  #faultsBegun = 0;
  #faultsOpen: FaultRecord[] = [];

  constructor(parts: TraceParts, order: Pick<TraceRequest, 'extent'>, output: TraceOutput) {
    const { scenario, registry, directions, network, leader, nodeCalls } = parts;
    const header = traceHeader(parts, order.extent);
    this.#parts = parts;
    this.#output = output;
    this.#nodes = new Map(header.nodes.map(({ name }, index) => [name, index]));
    this.#reasons = new Map(reasonsOf(scenario, registry).map((name, index) => [name, index]));
    const { sink, waitingMax } = output;
    const bound = waitingMax === undefined ? {} : { waitingMax };
    this.#trace = new TraceRecorder({ sink, header, directions, ...bound });
    this.#leader = leader;
    if (leader !== undefined) leader.#trace.follower = this.#trace;
    const write = (rows: TableRows): void => this.#trace.append(rows);
    this.#statuses = nodeCalls && new StatusRecorder(header, nodeCalls, write);
    if (network === undefined || leader !== undefined) return;
    const into = { sink: this.#trace, pyramid: this.#trace.pyramid };
    this.#network = new NetworkRecorder(network, header.links.length, into);
  }

  get observer(): NetworkObserver | undefined {
    return this.#network;
  }

  requested(_node: string, request: { readonly kind: string; readonly body: Uint8Array }): void {
    if (this.#network === undefined) return;
    const flow = request.kind === 'send' ? claimedFlow(request.body) : -1;
    this.#network.flow = flow < this.#parts.scenario.traffic.length ? flow + 1 : 0;
  }

  handled(): void {
    if (this.#network !== undefined) this.#network.flow = 0;
  }

  state(node: string, machine: string, state: string): void {
    this.#trace.state(this.#parts.now(), this.#nodeNumber(node), machine, state);
  }

  marked(node: string, name: string): void {
    this.#trace.mark(this.#parts.now(), this.#nodeNumber(node), name);
  }

  spanned(node: string, name: string, beginNs: number, endNs: number): void {
    this.#trace.span(beginNs, endNs, this.#nodeNumber(node), name);
  }

  nodeDropped(node: string, reason: string): void {
    // The leader passes on drops together with the packets, so the network's own report is ignored.
    if (this.#leader !== undefined) return;
    const number = this.#reasons.get(reason) ?? this.#reasons.get(OTHER_REASON) ?? 0;
    this.#trace.dropped(this.#parts.now(), {
      node: this.#nodeNumber(node),
      link: NO_REFERENCE,
      packet: this.#network?.current ?? NO_REFERENCE,
      reason: number,
    });
  }

  reached({ trail, direction, row, node, bytes, heldNs }: FollowedPacket): void {
    this.#trace.packet(this.#parts.now(), bytes, {
      packet: row === undefined ? NO_REFERENCE : (this.#watcher?.packetAt(row) ?? NO_REFERENCE),
      trail,
      link: direction?.id ?? NO_REFERENCE,
      node: this.#nodeNumber(node),
      heldNs,
    });
  }

  tick(nowNs: number, experiment: Experiment): void {
    this.#statuses?.tick(nowNs, experiment);
    this.#advance(nowNs, experiment);
  }

  #advance(nowNs: number, experiment: Experiment): void {
    const { records } = experiment.faults;
    for (; this.#faultsBegun < records.length; this.#faultsBegun += 1) {
      const record = records[this.#faultsBegun] as FaultRecord;
      // Live runs report faults earlier than measurements of the same time, so faults of the future
      // wait here.
      if (record.beginNs > nowNs) break;
      this.#trace.faultBegan(record, record.beginNs);
      this.#faultsOpen.push(record);
    }
    const ended = this.#faultsOpen.filter(({ endNs = Number.POSITIVE_INFINITY }) => endNs <= nowNs);
    for (const record of ended) this.#trace.faultEnded(record, record.endNs as number);
    if (ended.length > 0) {
      this.#faultsOpen = this.#faultsOpen.filter((record) => !ended.includes(record));
    }
    this.#trace.tick(nowNs);
    this.#output.ticked?.(nowNs, experiment, () => {
      this.#leader?.flushFollower();
      this.#trace.flush(nowNs);
    });
  }

  finish(result: SeedResult, experiment: Experiment): void {
    const endNs = greatestOf([this.#parts.now(), ...result.faults.map(({ beginNs }) => beginNs)]);
    // The nodes have stopped, so nobody asks for their statuses any more.
    this.#statuses?.flush();
    this.#advance(endNs, experiment);
    for (const fault of result.faults) {
      for (const [effect, atNs] of Object.entries(fault.effects)) {
        this.#trace.faultEffect(fault, atNs, effect);
      }
    }
    for (const [number, { name, unit, binNs, values }] of result.series.entries()) {
      this.#trace.series({ name, unit, binNs }, number, values);
    }
    this.#trace.finish({ endNs, fingerprint: result.fingerprint });
  }

  /** Passes the packets that have arrived to the recorder that follows this one. */
  flushFollower(): void {
    this.#trace.flushFollower();
  }

  warning(): string | undefined {
    return this.#output.warning();
  }

  close(): void {
    this.#output.close();
  }

  /** The observer of the packets: this recorder, or the one that it follows. */
  get #watcher(): NetworkRecorder | undefined {
    const { leader } = this.#parts;
    return leader === undefined ? this.#network : leader.#network;
  }

  #nodeNumber(name: string): number {
    return this.#nodes.get(name) ?? NO_REFERENCE;
  }
}

function traceHeader(parts: TraceParts, extent: 'windows' | 'full'): TraceHeader {
  const { scenario, seed, directions, registry } = parts;
  return {
    format: 'orrery-trace',
    version: FORMAT_VERSION,
    run: scenario.name,
    seed,
    extent,
    durationNs: scenario.durationNs,
    warmupNs: scenario.warmupNs,
    tables: Object.values(TABLES),
    nodes: scenario.topology.hosts.map(({ name, protocol, layers, address, area, place }) => ({
      name,
      protocol,
      ...(layers === undefined ? {} : { layers: layers.map((layer) => layer.name) }),
      address,
      ...(area === undefined ? {} : { area }),
      ...(place === undefined ? {} : { place }),
    })),
    links: withRegions(linkDirectionInfos(directions), scenario.topology.clouds),
    flows: ['none', ...scenario.traffic.map(({ from, to }) => `${from} -> ${to}`)],
    reasons: reasonsOf(scenario, registry),
    classes: PACKET_CLASSES,
    stateKinds: STATE_KINDS,
    faultKinds: FAULT_KINDS,
    linkLevel: finestLinkLevel(directions.length),
  };
}

/** All drop reasons: those of the network by their numbers, then those of the protocols. */
function reasonsOf(scenario: Scenario, registry: ProtocolLookup): readonly string[] {
  const names = new Set<string>(DROP_REASONS);
  for (const protocol of new Set(scenario.topology.hosts.flatMap(protocolNamesOfHost))) {
    const drops = registry.protocols(protocol)?.drops ?? {};
    for (const reason of Object.keys(drops).sort()) names.add(reason);
  }
  if (scenario.topology.hosts.some(({ layers }) => layers !== undefined)) names.add(NO_UPPER_LAYER);
  if (scenario.traffic.some(({ wishes }) => wishes?.private === true)) names.add(NOT_PRIVATE);
  return [...[...names].slice(0, REASONS_MAX), OTHER_REASON];
}
