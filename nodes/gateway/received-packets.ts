/**
 * Hands received packets to the application that asked for them (`packets`), each as one part of an
 * answer. While the application is slow, packets wait here; if they exceed a number of bytes, the
 * newest is dropped with a reason.
 *
 * If no application has asked, packets go to the host's receiver only.
 *
 * @module
 */
/** Largest number of bytes that may wait for the application. */
export const RECEIVED_BYTES_MAX = 4_194_304;

const encoder = new TextEncoder();

/**
 * The request of an application for received packets; its members are those of the port's
 * `NodeRequest`.
 */
export interface ReceivedPacketsRequest {
  /** Hands over a packet; returns `full` if there was no room for it. */
  more(part: Uint8Array): 'ok' | 'full';
  respond(outcome: string): void;
  /** Calls `action` whenever there is room again after `full`. */
  onRoom(action: () => void): void;
  /** Calls `action` when the application has gone away. */
  onCancel(action: () => void): void;
}

/**
 * Encodes a packet for the application: the length of the source's name (one byte), the source (an
 * ISD-AS), and the packet.
 */
export function encodeReceivedPacket(source: string, packet: Uint8Array): Uint8Array {
  const name = encoder.encode(source);
  const part = new Uint8Array(1 + name.length + packet.length);
  part[0] = name.length;
  part.set(name, 1);
  part.set(packet, 1 + name.length);
  return part;
}

/** The memory that a waiting packet counts in addition to its bytes. */
const PACKET_COST = 64;
/**
 * When this number of packets has been handed over, their places at the start of the list are
 * freed.
 */
const SLICE_FROM = 1_024;

/** The packets of one gateway for its application. */
export class ReceivedPackets {
  readonly #onDrop: () => void;
  #waiting: Uint8Array[] = [];
  /**
   * Index of the first waiting packet in {@link #waiting}. Handed-over packets are not removed one
   * by one, because each removal would move all others.
   */
  #first = 0;
  #bytes = 0;
  #taker: ReceivedPacketsRequest | undefined;

  /**
   * @param onDrop Called for each packet that is dropped because there is no room.
   */
  constructor(onDrop: () => void) {
    this.#onDrop = onDrop;
  }

  /**
   * From now on, hands packets to this application; ends the request of the former one with
   * `replaced`.
   */
  open(request: ReceivedPacketsRequest): void {
    this.#taker?.respond('replaced');
    this.#taker = request;
    request.onRoom(() => this.#pass());
    request.onCancel(() => {
      if (this.#taker === request) this.#taker = undefined;
    });
    this.#pass();
  }

  /** Ends the flow of packets to the application, because the gateway stops. */
  close(): void {
    this.#taker?.respond('stopped');
    this.#taker = undefined;
  }

  /** Takes a packet that came from a peer in the AS `source`. */
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
