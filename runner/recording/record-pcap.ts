/**
 * Writes `trace.pcapng`, as if packets were captured at both ends of every link
 * (docs/spec/run-files.md#the-folder).
 *
 * There is one interface for each end of a link, named `a->b` at a's end. A packet is outbound on it
 * when its serialisation begins, and inbound on `b->a` when it arrives. A lost packet is on the
 * sender's interface with the comment `drop: <reason>`. Time stamps are virtual ns from 1970. The file
 * ends at 1 GiB; the statistics at its end count all packets, including those that did not fit.
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
import type { IpEndpoint } from '../../engine/pure/ip-headers.ts';
import type { Recorder, RecorderParts } from './recorder.ts';
import { RecordingFile } from './recording-file.ts';

const APPLICATION = 'orrery';
/** Largest number of bytes of packets in a file: 8 s of failover.yaml at the default rate. */
const CAPTURE_MAX = 2 ** 30;
const NS_PER_SECOND = 1_000_000_000;
/** Size of the pieces in which the file is written, bytes. */
const CHUNK_BYTES = 1 << 20;

/** Makes the recorder that writes a capture file of a run in virtual time. */
export function recordPcap(parts: RecorderParts, path: string, maximum = CAPTURE_MAX): Recorder {
  return new Capture(parts, { maximum, file: new RecordingFile(path) });
}

interface CaptureSink {
  readonly maximum: number;
  readonly file: RecordingFile;
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
  /** The interface at the sending end of each direction, by its number. */
  readonly #interfaces: Interface[] = [];
  /** The interface at the receiving end of each direction, by its number. */
  readonly #arrivals: Interface[] = [];
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
    for (let id = this.#interfaces.length; id < directions.length; id += 1) {
      this.#interfaces.push({ id, received: 0, dropped: 0 });
      this.#put(encodeInterfaceDescription((directions[id] as LinkDirectionView).name));
    }
    for (let id = this.#arrivals.length; id < directions.length; id += 1) {
      const { linkId, fromNode, toNode } = directions[id] as LinkDirectionView;
      // A medium or a loopback has no opposite direction: its packets arrive on the interface on which
      // they left.
      const back = directions.findIndex(
        (other) =>
          other.linkId === linkId && other.fromNode === toNode && other.toNode === fromNode,
      );
      this.#arrivals.push(this.#interfaces[back < 0 ? id : back] as Interface);
    }
  }

  #senderOf({ id }: LinkDirectionView): Interface {
    if (id >= this.#interfaces.length) this.#describe();
    return this.#interfaces[id] as Interface;
  }

  #capture(packet: number, where: Omit<CapturedPacket, 'bytes' | 'timeNs'>): void {
    const { world } = this.#parts;
    if (this.#bytes >= this.#sink.maximum) {
      this.#fullNs ??= world.now();
      return;
    }
    const { table } = world.sim.network;
    const from = this.#endpoint(table.from[packet] ?? 0);
    const to = this.#endpoint(table.to[packet] ?? 0);
    const bytes = synthesiseIpPacket(from, to, table.view(packet));
    this.#put(encodePacketBlock({ ...where, timeNs: world.now(), bytes }));
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
