/**
 * A gateway of a live process as its server for applications sees it; the process implements it.
 *
 * @module
 */

/** The answer to a request or a question. */
export interface NodeAnswer {
  /** `ok`, or the reason for the rejection. */
  readonly outcome: string;
  readonly text: string;
}

/** A request to the node (nodes/gateway/application). */
export interface ApplicationRequest {
  readonly kind: string;
  /** The name or the AS of a peer; empty for none. */
  readonly target?: string;
  readonly body: Uint8Array | string;
  /** 0 bulk, 1 normal, 2 expedited. */
  readonly priority?: 0 | 1 | 2;
}

/** A gateway of a live process. */
export interface GatewayNode {
  /** Puts a request, which the node gives up when its asker has gone; never rejects. */
  request(asked: ApplicationRequest, gone: AbortSignal): Promise<NodeAnswer>;
  /** Sends an IP packet to the peer that its destination leads to; the node counts what it refuses. */
  route(packet: Uint8Array, done: (outcome: string) => void): void;
  /**
   * Begins to take received packets, before the node exists; of two who call it, the later one is given them.
   * @param take Takes the length of the source, the source, which is an AS, and the packet; `full` to be given it again after `taken`.
   */
  packets(take: (part: Uint8Array) => 'ok' | 'full'): { taken(): void };
}
