/**
 * Hands received packets to the application that asked for them (`packets`), one part of an answer each.
 *
 * While the application is slow, packets wait here; beyond a bound of bytes the newest is dropped by name. Without an
 * application that asked, packets go to the host's receiver alone.
 *
 * @module
 */
/** Largest number of bytes that wait for the application. */
export const RECEIVED_BYTES_MAX = 4_194_304;

const encoder = new TextEncoder();

/** The request of an application that takes packets: members of the port's `NodeRequest`. */
export interface PacketTaker {
  /** Hands over a packet; `full` if there was no room for it. */
  more(part: Uint8Array): 'ok' | 'full';
  respond(outcome: string): void;
  /** Calls `action` whenever there is room again after `full`. */
  onRoom(action: () => void): void;
  /** Calls `action` when the application is gone. */
  onCancel(action: () => void): void;
}

/** Encodes a packet for the application: the length of its source, one byte; the source, an ISD-AS; the packet. */
export function encodeReceivedPacket(source: string, packet: Uint8Array): Uint8Array {
  const name = encoder.encode(source);
  const part = new Uint8Array(1 + name.length + packet.length);
  part[0] = name.length;
  part.set(name, 1);
  part.set(packet, 1 + name.length);
  return part;
}

/** What a packet costs beside its bytes. */
const PACKET_COST = 64;
/** From so many packets that were handed over on, their places are given back. */
const SLICE_FROM = 1_024;

/** The packets of one gateway for its application. */
export class ReceivedPackets {
  readonly #onDrop: () => void;
  #waiting: Uint8Array[] = [];
  /** Place of the first packet in {@link #waiting}: to shift 100,000 small ones would move all the others each time. */
  #first = 0;
  #bytes = 0;
  #taker: PacketTaker | undefined;

  /** @param onDrop Called for each packet that finds no room. */
  constructor(onDrop: () => void) {
    this.#onDrop = onDrop;
  }

  /** Makes this application the taker; a former one is told that it has been replaced. */
  open(request: PacketTaker): void {
    this.#taker?.respond('replaced');
    this.#taker = request;
    request.onRoom(() => this.#pass());
    request.onCancel(() => {
      if (this.#taker === request) this.#taker = undefined;
    });
    this.#pass();
  }

  /** Ends the flow to the application: the gateway stops. */
  close(): void {
    this.#taker?.respond('stopped');
    this.#taker = undefined;
  }

  /** Takes a packet from the peer of an AS. */
  take(source: string, packet: Uint8Array): void {
    if (this.#taker === undefined) return;
    const part = encodeReceivedPacket(source, packet);
    if (this.#bytes + part.length + PACKET_COST > RECEIVED_BYTES_MAX) {
      this.#onDrop();
      return;
    }
    this.#waiting.push(part);
    this.#bytes += part.length + PACKET_COST;
    this.#pass();
  }

  #pass(): void {
    while (this.#taker !== undefined) {
      const part = this.#waiting[this.#first];
      if (part === undefined || this.#taker.more(part) === 'full') return;
      this.#first += 1;
      if (this.#first === this.#waiting.length || this.#first === SLICE_FROM) {
        this.#waiting = this.#waiting.slice(this.#first);
        this.#first = 0;
      }
      this.#bytes -= part.length + PACKET_COST;
    }
  }
}
