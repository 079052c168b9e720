/**
 * Packets that have arrived and that no client has fetched yet.
 *
 * @module
 */
import type { GatewayNode } from './gateway-node.ts';

/** A packet that has arrived from a peer. */
export interface QueuedPacket {
  /** The AS of the peer. */
  readonly source: string;
  readonly bytes: Uint8Array;
  /** Time of arrival, ms since 1970. */
  readonly atMs: number;
}

/** Largest number of bytes of packets that wait here; further packets wait in the node. */
const QUEUED_BYTES_MAX = 4_194_304;
/** Largest number of clients that wait for packets. */
const WAITERS_MAX = 64;

const decoder = new TextDecoder();

/** The packets of one gateway, for clients that poll. */
export class PacketQueue {
  readonly #packets: QueuedPacket[] = [];
  /** Callbacks of the clients that wait, the longest waiting first. */
  readonly #waiters = new Set<() => void>();
  readonly #flow: { taken(): void };
  #bytes = 0;

  constructor(node: GatewayNode) {
    this.#flow = node.packets((part) => this.#take(part));
  }

  /**
   * Takes packets, the oldest first.
   * @returns (resolves) at most `max` packets; an empty list if none came within `timeoutMs` or the
   * client has gone; `full` if too many clients wait.
   */
  async take(
    max: number,
    timeoutMs: number,
    gone: AbortSignal,
  ): Promise<readonly QueuedPacket[] | 'full'> {
    if (this.#packets.length === 0) {
      if (this.#waiters.size >= WAITERS_MAX) return 'full';
      await this.#wait(timeoutMs, gone);
    }
    // Nothing is given to a client that has gone, because the packet would be lost.
    if (gone.aborted) return [];
    const taken = this.#packets.splice(0, max);
    for (const { bytes } of taken) this.#bytes -= bytes.length;
    if (taken.length > 0) this.#flow.taken();
    return taken;
  }

  /** Ends the waits of all clients. */
  close(): void {
    for (const wake of this.#waiters) wake();
  }

  #wait(timeoutMs: number, gone: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(alarm);
        gone.removeEventListener('abort', wake);
        this.#waiters.delete(wake);
        resolve();
      };
      const alarm = setTimeout(wake, timeoutMs);
      this.#waiters.add(wake);
      gone.addEventListener('abort', wake);
    });
  }

  /** Stores one part of the node's answer: the length of the source, the source, and the packet. */
  #take(part: Uint8Array): 'ok' | 'full' {
    const end = 1 + (part[0] ?? 0);
    const length = part.length - end;
    if (this.#bytes > 0 && this.#bytes + length > QUEUED_BYTES_MAX) return 'full';
    const source = decoder.decode(part.subarray(1, end));
    this.#packets.push({ source, bytes: part.slice(end), atMs: Date.now() });
    this.#bytes += length;
    const [wake] = this.#waiters;
    wake?.();
    return 'ok';
  }
}
