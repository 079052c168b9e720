/**
 * The health of a gateway: whether it reaches its peers, with reasons on which an operator can act.
 *
 * @module
 */
import type { GatewayNode } from './gateway-node.ts';
import { type AnswerOf, parseAnswer } from './node-answers.ts';

/** The health of a gateway: its state, with reasons. */
export interface GatewayHealth {
  readonly isRunning: boolean;
  readonly tunnels: AnswerOf<'tunnels'>;
  /** Why it is not healthy; empty if it is. */
  readonly reasons: readonly string[];
}

/** Asks the node for its state, and derives the health from it. */
export async function readHealth(node: GatewayNode, gone: AbortSignal): Promise<GatewayHealth> {
  const { outcome, text } = await node.request({ kind: 'tunnels', body: '' }, gone);
  const tunnels = outcome === 'ok' ? parseAnswer('tunnels', text) : undefined;
  if (tunnels === undefined) {
    const reasons = [`the gateway does not run: ${outcome}`];
    return { isRunning: false, tunnels: [], reasons };
  }
  return { isRunning: true, tunnels, reasons: tunnels.flatMap(({ reasons }) => reasons) };
}
