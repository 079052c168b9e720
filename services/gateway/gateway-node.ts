/**
 * The gateway of a live process, as its servers for applications see it; the process implements
 * this interface.
 *
 * @module
 */

/** The answer to a request or a question. */
export interface NodeAnswer {
  /** `ok`, or the reason for the rejection. */
  readonly outcome: string;
  readonly text: string;
}

/** A request to the node; nodes/gateway/application defines the kinds of requests. */
export interface ApplicationRequest {
  readonly kind: string;
  /** The name or the AS of a peer; empty if the request is about no peer. */
  readonly target?: string;
  readonly body: Uint8Array | string;
  /** The priority: 0 bulk, 1 normal, 2 expedited. */
  readonly priority?: 0 | 1 | 2;
}

/** The gateway of a live process. */
export interface GatewayNode {
  /**
   * Puts a request; never rejects. The node gives the request up when `gone` aborts, because nobody
   * waits for the answer any more.
   */
  request(asked: ApplicationRequest, gone: AbortSignal): Promise<NodeAnswer>;
  /** Sends an IP packet to the peer that its destination leads to; the node counts what it refuses. */
  route(packet: Uint8Array, done: (outcome: string) => void): void;
  /**
   * Subscribes to received packets, even before the node exists. If two parties subscribe, the
   * later one gets the packets.
   * @param take Called with the length of the source, the source (an AS), and the packet; it
   * returns `full` to get the packet again after `taken` was called.
   */
  packets(take: (part: Uint8Array) => 'ok' | 'full'): { taken(): void };
}
