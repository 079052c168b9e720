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
  /**
   * Begins to take received packets; called once.
   * @param take Takes the length of the source, the source, which is an AS, and the packet; `full` to be given it again after `taken`.
   */
  packets(take: (part: Uint8Array) => 'ok' | 'full'): { taken(): void };
}
