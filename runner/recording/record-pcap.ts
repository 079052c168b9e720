/**
 * Writes `trace.pcapng`, as if packets were captured at both ends of every link
 * (docs/spec/run-files.md#the-folder).
 *
 * There is one interface for each end of a link, named `a->b` at a's end. A packet is outbound on
 * it when its serialisation begins, and inbound on `b->a` when it arrives. A lost packet is on the
 * sender's interface with the comment `drop: <reason>`. IP packets that applications give to a
 * node, or get from it, are on an interface `ip:<node>` as on a TUN device: outbound and inbound.
 * Time stamps are virtual ns from 1970. The file ends at 1 GiB; the statistics at its end count all
 * packets, including those that did not fit.
 *
 * @module
 */
import {
  type CapturedPacket,
  encodeInterfaceDescription,
  encodeInterfaceStatistics,
  encodePacketBlock,
  encodeSectionHeader,
} from '../../engine/measure/pcapng/encode.ts';
import { parseIpAddress, synthesiseIpPacket } from '../../engine/measure/pcapng/synthesise.ts';
import type { LinkDirectionView, NetworkObserver } from '../../engine/net/direction-context.ts';
import { DROP_REASONS } from '../../engine/net/drop-reasons.ts';
import { type IpEndpoint, readIpLength } from '../../engine/pure/ip-headers.ts';
import type { OutputFile } from '../../topologies/files/machine.ts';
import type { Recorder, RecorderParts } from './recorder.ts';

const APPLICATION = 'orrery';
/** Largest number of bytes of packets in a file: 8 s of failover.yaml at the default rate. */
const CAPTURE_MAX = 2 ** 30;
const NS_PER_SECOND = 1_000_000_000;
/** Size of the pieces in which the file is written, bytes. */
const CHUNK_BYTES = 1 << 20;

/** Makes the recorder that writes a capture file of a run in virtual time. */
export function recordPcap(parts: RecorderParts, path: string, maximum = CAPTURE_MAX): Recorder {
  return new Capture(parts, { maximum, file: parts.registry.machine.record(path) });
}

interface CaptureSink {
  readonly maximum: number;
  readonly file: OutputFile;
}

interface Interface {
  readonly id: number;
  received: number;
  dropped: number;
}

class Capture implements Recorder, NetworkObserver {
  readonly observer: NetworkObserver = this;
  readonly #parts: RecorderParts;
  readonly #sink: CaptureSink;
  /** All interfaces, in the order of their numbers. */
  readonly #interfaces: Interface[] = [];
  /** The interface at the sending end of each direction, by its number. */
  readonly #departures: Interface[] = [];
  /** The interface at the receiving end of each direction, by its number. */
  readonly #arrivals: Interface[] = [];
  /** The interfaces of IP packets of applications, by their nodes. */
  readonly #inner = new Map<string, Interface>();
  readonly #endpoints: IpEndpoint[] = [];
  #chunk: Uint8Array[] = [];
  #chunkBytes = 0;
  #bytes = 0;
  /** When the first packet that did not fit was sent, ns; undefined if all fitted. */
  #fullNs: number | undefined;

  constructor(parts: RecorderParts, sink: CaptureSink) {
    this.#parts = parts;
    this.#sink = sink;
    this.#put(encodeSectionHeader(APPLICATION));
    this.#describe();
  }

  onOffered(): void {
    // Nothing to do yet: a packet is captured when its serialisation begins.
  }

  onStarted(direction: LinkDirectionView, packet: number): void {
    const at = this.#senderOf(direction);
    at.received += 1;
    this.#capture(packet, { interfaceId: at.id, direction: 'outbound' });
  }

  onCopied(direction: LinkDirectionView, copy: number): void {
    const at = this.#senderOf(direction);
    at.received += 1;
    this.#capture(copy, { interfaceId: at.id, direction: 'outbound', comment: 'copy' });
  }

  onDelivered(direction: LinkDirectionView, packet: number): void {
    this.#senderOf(direction);
    const at = this.#arrivals[direction.id] as Interface;
    at.received += 1;
    this.#capture(packet, { interfaceId: at.id, direction: 'inbound' });
  }

  onDropped(direction: LinkDirectionView | undefined, packet: number, reason: number): void {
    if (direction === undefined) return;
    const at = this.#senderOf(direction);
    at.dropped += 1;
    const comment = `drop: ${DROP_REASONS[reason]}`;
    this.#capture(packet, { interfaceId: at.id, direction: 'outbound', comment });
  }

  requested(node: string, { body }: { readonly body: Uint8Array }): void {
    this.#captureInner(node, body, 'outbound');
  }

  delivered(node: string, _from: string, bytes: Uint8Array): void {
    this.#captureInner(node, bytes, 'inbound');
  }

  finish(): void {
    const timeNs = this.#parts.world.now();
    for (const { id, received, dropped } of this.#interfaces) {
      this.#put(encodeInterfaceStatistics({ interfaceId: id, timeNs, received, dropped }));
    }
    this.#flush();
  }

  warning(): string | undefined {
    const lost = this.#sink.file.warning();
    if (lost !== undefined || this.#fullNs === undefined) return lost;
    const seconds = (this.#fullNs / NS_PER_SECOND).toFixed(3);
    return `trace.pcapng is full and ends at ${seconds} s: use a lower rate or a shorter run`;
  }

  close(): void {
    this.#sink.file.close();
  }

  /** Writes the interfaces of new directions, which must come before their packets. */
  #describe(): void {
    const { directions } = this.#parts.world.sim.network;
    for (let id = this.#departures.length; id < directions.length; id += 1) {
      this.#departures.push(this.#addInterface((directions[id] as LinkDirectionView).name));
    }
    for (let id = this.#arrivals.length; id < directions.length; id += 1) {
      const { linkId, fromNode, toNode } = directions[id] as LinkDirectionView;
      // A segment or a loopback has no opposite direction, so its packets arrive on the interface
      // on which they left.
      const back = directions.findIndex(
        (other) =>
          other.linkId === linkId && other.fromNode === toNode && other.toNode === fromNode,
      );
      this.#arrivals.push(this.#departures[back < 0 ? id : back] as Interface);
    }
  }

  #senderOf({ id }: LinkDirectionView): Interface {
    if (id >= this.#departures.length) this.#describe();
    return this.#departures[id] as Interface;
  }

  #addInterface(name: string): Interface {
    const added = { id: this.#interfaces.length, received: 0, dropped: 0 };
    this.#interfaces.push(added);
    this.#put(encodeInterfaceDescription(name));
    return added;
  }

  #captureInner(node: string, bytes: Uint8Array, direction: CapturedPacket['direction']): void {
    if (readIpLength(bytes, 0) !== bytes.length) return;
    const at = this.#inner.get(node) ?? this.#addInterface(`ip:${node}`);
    this.#inner.set(node, at);
    at.received += 1;
    this.#write({ interfaceId: at.id, direction }, () => bytes);
  }

  #capture(packet: number, where: Omit<CapturedPacket, 'bytes' | 'timeNs'>): void {
    this.#write(where, () => {
      const { table } = this.#parts.world.sim.network;
      const from = this.#endpoint(table.from[packet] ?? 0);
      const to = this.#endpoint(table.to[packet] ?? 0);
      return synthesiseIpPacket(from, to, table.view(packet));
    });
  }

  /** Writes a packet if there is room. */
  #write(where: Omit<CapturedPacket, 'bytes' | 'timeNs'>, bytesOf: () => Uint8Array): void {
    const timeNs = this.#parts.world.now();
    if (this.#bytes < this.#sink.maximum) {
      this.#put(encodePacketBlock({ ...where, timeNs, bytes: bytesOf() }));
    } else this.#fullNs ??= timeNs;
  }

  #endpoint(number: number): IpEndpoint {
    const known = this.#endpoints[number];
    if (known !== undefined) return known;
    const { address, port } = this.#parts.world.sim.endpoints.pairOf(number);
    const endpoint = { address: parseIpAddress(address), port };
    this.#endpoints[number] = endpoint;
    return endpoint;
  }

  #put(bytes: Uint8Array): void {
    this.#chunk.push(bytes);
    this.#chunkBytes += bytes.length;
    this.#bytes += bytes.length;
    if (this.#chunkBytes >= CHUNK_BYTES) this.#flush();
  }

  #flush(): void {
    this.#sink.file.write(Buffer.concat(this.#chunk));
    this.#chunk = [];
    this.#chunkBytes = 0;
  }
}
