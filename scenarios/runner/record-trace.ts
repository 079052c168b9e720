/**
 * Records `trace.orr` of a run: the header from the scenario, the file, and what nodes, network and
 * faults say (spec/ux.md 4.10, docs/TRACE-FORMAT.md).
 *
 * It listens and never acts: a run is the same with and without a trace.
 *
 * @module
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import {
  CLASSES,
  FAULT_KINDS,
  FORMAT_VERSION,
  STATE_KINDS,
  TABLES,
  type TraceHeader,
} from '../../engine/measure/trace/layout.ts';
import { NetworkRecorder } from '../../engine/measure/trace/network-recorder.ts';
import { linkLevelFor } from '../../engine/measure/trace/pyramid.ts';
import { linkInfo, TraceRecorder } from '../../engine/measure/trace/trace-recorder.ts';
import type { TraceSink } from '../../engine/measure/trace/trace-writer.ts';
import type { NetworkObserver } from '../../engine/net/direction-context.ts';
import { DROP_REASONS } from '../../engine/net/drop-reasons.ts';
import type { FaultRecord, SeedResult } from '../../reports/model.ts';
import type { Registry } from '../../topologies/files/registry.ts';
import type { Scenario } from '../model.ts';
import { readFlow } from './ground-truth.ts';
import type { Recorder, RecorderParts } from './recorder.ts';
import type { Stage } from './stage.ts';

/** Fast, and still a quarter of the size; a small window costs nothing in size; one piece a block. */
const GZIP = { level: 1, windowBits: 12, chunkSize: 1 << 18 } as const;
/** Numbers of reasons are one byte. */
const REASONS_MAX = 255;
const OTHER_REASON = 'other';

/** What to record, and where. */
export interface TraceOrder {
  readonly path: string;
  readonly extent: 'windows' | 'full';
  /** Keep the bytes of this many first packets of applications after the warm-up. */
  readonly packets: number;
}

/** Begins a trace file. */
export function recordTrace(parts: RecorderParts, order: TraceOrder): Recorder {
  const file = openSync(order.path, 'w');
  const sink: TraceSink = {
    write: (bytes): void => {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    },
    compress: (raw) => gzipSync(raw, GZIP),
  };
  return new TraceListener(parts, { ...order, sink, close: () => closeSync(file) });
}

class TraceListener implements Recorder {
  readonly observer: NetworkObserver;
  readonly #parts: RecorderParts;
  readonly #close: () => void;
  readonly #trace: TraceRecorder;
  readonly #network: NetworkRecorder;
  readonly #nodes: ReadonlyMap<string, number>;
  readonly #reasons: ReadonlyMap<string, number>;
  #faultsBegun = 0;
  #faultsOpen: FaultRecord[] = [];

  constructor(
    parts: RecorderParts,
    order: TraceOrder & { readonly sink: TraceSink; readonly close: () => void },
  ) {
    const { world, scenario, registry } = parts;
    const { network } = world.sim;
    const { directions, scheduler, table } = network;
    const header = traceHeader(parts, order.extent);
    this.#parts = parts;
    this.#close = order.close;
    this.#nodes = new Map(header.nodes.map(({ name }, index) => [name, index]));
    this.#reasons = new Map(reasonsOf(scenario, registry).map((name, index) => [name, index]));
    this.#trace = new TraceRecorder({ sink: order.sink, header, directions });
    const into = { sink: this.#trace, pyramid: this.#trace.pyramid };
    this.#network = new NetworkRecorder({ scheduler, table }, header.links.length, into);
    if (order.packets > 0) this.#network.onSent = this.#firstPackets(order.packets);
    this.observer = this.#network;
  }

  requested(_node: string, request: { readonly kind: string; readonly body: Uint8Array }): void {
    const flow = request.kind === 'send' ? readFlow(request.body) : -1;
    this.#network.flow = flow < this.#parts.scenario.traffic.length ? flow + 1 : 0;
  }

  handled(): void {
    this.#network.flow = 0;
  }

  delivered(): void {
    // What applications get is in the series.
  }

  state(node: string, machine: string, state: string): void {
    this.#trace.state(this.#parts.world.now(), this.#nodeNumber(node), machine, state);
  }

  marked(node: string, name: string): void {
    this.#trace.mark(this.#parts.world.now(), this.#nodeNumber(node), name);
  }

  spanned(node: string, name: string, beginNs: number, endNs: number): void {
    this.#trace.span(beginNs, endNs, this.#nodeNumber(node), name);
  }

  logged(): void {
    // Log lines go to the operator.
  }

  nodeDropped(node: string, reason: string): void {
    const number = this.#reasons.get(reason) ?? this.#reasons.get(OTHER_REASON) ?? 0;
    this.#trace.dropped(this.#parts.world.now(), {
      node: this.#nodeNumber(node),
      link: 0xffff_ffff,
      packet: this.#network.current,
      reason: number,
    });
  }

  tick(nowNs: number, stage: Stage): void {
    const { records } = stage.faults;
    for (; this.#faultsBegun < records.length; this.#faultsBegun += 1) {
      const record = records[this.#faultsBegun] as FaultRecord;
      this.#trace.faultBegan(record, record.beginNs);
      this.#faultsOpen.push(record);
    }
    const ended = this.#faultsOpen.filter(({ endNs }) => endNs !== undefined);
    for (const record of ended) this.#trace.faultEnded(record, record.endNs as number);
    if (ended.length > 0) {
      this.#faultsOpen = this.#faultsOpen.filter(({ endNs }) => endNs === undefined);
    }
    this.#trace.tick(nowNs);
  }

  finish(result: SeedResult, stage: Stage): void {
    const { world } = this.#parts;
    this.tick(world.now(), stage);
    for (const fault of result.faults) {
      for (const [effect, atNs] of Object.entries(fault.effects)) {
        this.#trace.faultEffect(fault, atNs, effect);
      }
    }
    for (const [number, { name, unit, binNs, values }] of result.series.entries()) {
      this.#trace.series({ name, unit, binNs }, number, values);
    }
    this.#trace.finish({ endNs: world.now(), fingerprint: result.fingerprint });
  }

  close(): void {
    this.#close();
  }

  /** Keeps the bytes of the first packets of applications. */
  #firstPackets(count: number): (packet: number, row: number) => void {
    const { world, scenario } = this.#parts;
    let left = count;
    return (packet, row): void => {
      if (left === 0 || world.now() < scenario.warmupNs) return;
      left -= 1;
      this.#trace.packet(packet, world.sim.network.table.view(row));
    };
  }

  #nodeNumber(name: string): number {
    return this.#nodes.get(name) ?? 0xffff_ffff;
  }
}

function traceHeader(parts: RecorderParts, extent: 'windows' | 'full'): TraceHeader {
  const { scenario, seed, world, registry } = parts;
  const { directions } = world.sim.network;
  return {
    format: 'orrery-trace',
    version: FORMAT_VERSION,
    run: scenario.name,
    seed,
    extent,
    durationNs: scenario.durationNs,
    warmupNs: scenario.warmupNs,
    tables: Object.values(TABLES),
    nodes: scenario.topology.hosts.map(({ name, protocol, address, isdAs }) => ({
      name,
      protocol,
      address,
      ...(isdAs === undefined ? {} : { isdAs }),
    })),
    links: directions.map(linkInfo),
    flows: ['none', ...scenario.traffic.map(({ from, to }) => `${from} -> ${to}`)],
    reasons: reasonsOf(scenario, registry),
    classes: CLASSES,
    stateKinds: STATE_KINDS,
    faultKinds: FAULT_KINDS,
    linkLevel: linkLevelFor(directions.length),
  };
}

/** Reasons of the network first, by their numbers, then those of the protocols. */
function reasonsOf(scenario: Scenario, registry: Registry): readonly string[] {
  const names = new Set<string>(DROP_REASONS);
  for (const { protocol } of scenario.topology.hosts) {
    const drops = registry.protocols(protocol)?.drops ?? {};
    for (const reason of Object.keys(drops).sort()) names.add(reason);
  }
  return [...[...names].slice(0, REASONS_MAX), OTHER_REASON];
}
