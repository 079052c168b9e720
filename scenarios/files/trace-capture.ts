/**
 * Reads the times, sizes and flows of the IP packets of a capture, for traffic of the kind `ip`.
 *
 * Packets without ports (all but UDP and TCP, and later fragments) and frames that are not IP
 * packets are left out. A packet that is too short for the ground truth behind its headers is
 * lengthened. Warnings report both.
 *
 * @module
 */
import { CaptureMistake, readCapture } from '../../engine/measure/pcapng/read-capture.ts';
import {
  IP_LENGTH_MAX,
  type IpFlow,
  ipHeadersBytes,
  readIpPacket,
} from '../../engine/pure/ip-headers.ts';
import { findFileBeside } from '../../topologies/files/find-file.ts';
import type { ValuePath } from '../../topologies/files/locate.ts';
import { collectConfigErrors } from '../../topologies/files/problems.ts';
import { LONGEST_TIME_NS } from '../../topologies/files/quantity.ts';
import { displayPath, readFileBytes } from '../../topologies/files/source.ts';
import { TEXT_BUDGET_MESSAGE } from '../../topologies/files/text-budget.ts';
import type { TrafficPattern } from '../traffic-pattern.ts';
import type { ScenarioContext } from './context.ts';

type Trace = Extract<TrafficPattern, { kind: 'trace' }>;

const LIMITS = { limitBytes: 64e6, tooLargeHint: 'split the capture' };
/** Largest number of flows of a capture. */
const FLOWS_MAX = 65_536;
/** Largest number of packets of a capture; each takes some 150 bytes of memory while it is read. */
const PACKETS_MAX = 1_000_000;
/** Length of the ground truth in a packet, behind its headers, bytes. */
const TRUTH_BYTES = 32;

/** The packets of a capture, and the numbers of packets that were left out or lengthened. */
interface Captured {
  readonly trace: Trace;
  readonly leftOut: number;
  readonly lengthened: number;
}

/**
 * Reads a capture.
 * @returns its packets, from the time of the first one; undefined after reporting what is wrong.
 */
export function readTrafficCapture(
  context: ScenarioContext,
  name: string,
  path: ValuePath,
): Trace | undefined {
  const { files } = context.registry.machine;
  const found = findFileBeside(name, context.source.path, files);
  if ('message' in found) {
    context.refuse('E116', path, found.message, found.hint);
    return undefined;
  }
  const { traces } = context;
  if (!traces.has(found.path)) traces.set(found.path, readFile(context, found.path, path));
  return traces.get(found.path);
}

function readFile(context: ScenarioContext, file: string, path: ValuePath): Trace | undefined {
  const { files } = context.registry.machine;
  const bytes = collectConfigErrors(context.problems, () =>
    readFileBytes(file, { ...LIMITS, files }),
  );
  if (bytes === undefined) return undefined;
  if (!context.texts.take(bytes)) {
    context.refuse('E117', path, TEXT_BUDGET_MESSAGE, 'let flows have the same file');
    return undefined;
  }
  try {
    const { trace, leftOut, lengthened } = parse(bytes);
    const all = trace.atNs.length;
    if (leftOut > 0) {
      context.warn(path, `${leftOut} packets are left out: only UDP and TCP have ports`);
    }
    if (lengthened > 0) {
      context.warn(
        path,
        `${lengthened} of ${all} packets are lengthened: they carry a truth of 32 B`,
      );
    }
    return trace;
  } catch (error) {
    if (!(error instanceof CaptureMistake)) throw error;
    context.refuse(
      'E119',
      path,
      `${displayPath(file, context.registry.machine.files)}: byte ${error.at}: ${error.message}`,
    );
    return undefined;
  }
}

function parse(file: Uint8Array): Captured {
  const packets: CapturedPacket[] = [];
  const flows = new FlowTable();
  let leftOut = 0;
  let lengthened = 0;
  for (const packet of readCapture(file)) {
    const read = packet && readIpPacket(packet.bytes);
    if (packet === undefined || read === undefined || read.length > IP_LENGTH_MAX) {
      leftOut += 1;
      continue;
    }
    if (packets.length === PACKETS_MAX) {
      throw new CaptureMistake(0, `the file has more than ${PACKETS_MAX} packets`);
    }
    const least = ipHeadersBytes(read.flow) + TRUTH_BYTES;
    if (read.length < least) lengthened += 1;
    const length = Math.max(read.length, least);
    packets.push({ timeNs: packet.timeNs, number: flows.numberOf(read.flow), length });
  }
  return { trace: traceOf(packets, flows.all), leftOut, lengthened };
}

/** A packet of a capture: its time, the number of its flow, its length with headers. */
interface CapturedPacket {
  readonly timeNs: bigint;
  readonly number: number;
  readonly length: number;
}

function traceOf(packets: CapturedPacket[], flows: readonly IpFlow[]): Trace {
  // Sorted by time, because several interfaces may have been captured into one file.
  packets.sort((a, b) => Number(a.timeNs - b.timeNs));
  const [first] = packets;
  if (first === undefined) throw new CaptureMistake(0, 'no packet is one of UDP or TCP over IP');
  const atNs = packets.map(({ timeNs }) => Number(timeNs - first.timeNs));
  if ((atNs.at(-1) ?? 0) > LONGEST_TIME_NS) {
    throw new CaptureMistake(0, 'the last packet is more than 104 days after the first');
  }
  const bytes = packets.map(({ length }) => length);
  return {
    kind: 'trace',
    atNs,
    bytes,
    ip: { flows, numbers: packets.map(({ number }) => number) },
  };
}

/** The flows of a capture, numbered in the order of the file. */
class FlowTable {
  readonly all: IpFlow[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(flow: IpFlow): number {
    const key = JSON.stringify(flow);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.all.length === FLOWS_MAX) {
      throw new CaptureMistake(0, `the file has more than ${FLOWS_MAX} flows`);
    }
    this.#numbers.set(key, this.all.length);
    return this.all.push(flow) - 1;
  }
}
