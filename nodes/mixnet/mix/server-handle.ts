/**
 * The handle by which the runner controls a mix or provider: {@link MixServer} provides start, stop
 * and readiness; the role (mix or provider) provides the status.
 *
 * @module
 */
import type { NodeHandle } from '../../../engine/host/protocol.ts';
import type { MixServer } from './mix-server-node.ts';

/** A mix or provider: its server, and what its role adds to the handle. */
export interface ServerNode {
  readonly server: MixServer;
  /** The content of the node's status page: plain data with sorted keys. */
  status(): Readonly<Record<string, unknown>>;
  /** Number of messages that the role holds outside the relay, such as spooled ones. */
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
