/**
 * The runner's handle of a mix or provider: the shared part provides life cycle and readiness, the
 * role provides the status.
 *
 * @module
 */
import type { NodeHandle } from '../../../engine/host/protocol.ts';
import type { MixServer } from './mix-server.ts';

/** A role together with the server it runs on. */
export interface ServerNode {
  readonly server: MixServer;
  /** What a status page shows: plain data, sorted keys. */
  status(): Readonly<Record<string, unknown>>;
  /** Messages held besides those in the relay. */
  readonly kept: number;
}

/** The handle of a node. */
export function serverHandle(node: ServerNode): NodeHandle {
  const { server } = node;
  return {
    start: (): void => server.start(),
    stop: (): void => server.stop(),
    holding: (): number => server.relay.size + node.kept,
    isReady: (): boolean => server.isReady,
    status: (): Readonly<Record<string, unknown>> => node.status(),
  };
}
