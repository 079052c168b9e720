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

/** A gateway of a live process. */
export interface GatewayNode {
  /** Sends a packet to a peer, named by its node or its AS; never rejects. */
  send(target: string, packet: Uint8Array): Promise<NodeAnswer>;
  /** Asks the node; never rejects. */
  ask(kind: string, body: string): Promise<NodeAnswer>;
  /**
   * Begins to take received packets; called once.
   * @param take Takes the length of the sender's name, the name, and the packet; `full` to be given it again after `taken`.
   */
  packets(take: (part: Uint8Array) => 'ok' | 'full'): { taken(): void };
}
