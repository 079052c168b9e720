/**
 * The runner's handle of a mix or provider: the shared part provides life cycle and readiness, the
 * role provides the status.
 *
 * @module
 */
import type { NodeHandle } from '../../../engine/host/protocol.ts';
import type { MixServer } from './mix-server-node.ts';

/** A role together with the server it runs on. */
export interface ServerNode {
  readonly server: MixServer;
  /** The content of a status page: plain data with sorted keys. */
  status(): Readonly<Record<string, unknown>>;
  /** Number of messages held outside the relay. */
  readonly kept: number;
}

/** Makes the handle of a node. */
export function createServerHandle(node: ServerNode): NodeHandle {
  const { server } = node;
  return {
    start: (): void => server.start(),
    stop: (): void => server.stop(),
    holding: (): number => server.relay.size + node.kept,
    isReady: (): boolean => server.isReady,
    status: (): Readonly<Record<string, unknown>> => node.status(),
  };
}
