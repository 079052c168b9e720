/**
 * The runner's handle of a mix or provider: the shared part provides life cycle and readiness, the
 * role provides the status.
 *
 * @module
 */
import type { NodeHandle } from '../../../engine/host/protocol.ts';
import type { Station } from './station.ts';

/** A role together with the station it runs on. */
export interface StationNode {
  readonly station: Station;
  /** What a status page shows: plain data, sorted keys. */
  status(): Readonly<Record<string, unknown>>;
  /** Messages held besides those in the relay. */
  readonly kept: number;
}

/** The handle of a node. */
export function stationHandle(node: StationNode): NodeHandle {
  const { station } = node;
  return {
    start: (): void => station.start(),
    stop: (): void => station.stop(),
    holding: (): number => station.relay.size + node.kept,
    isReady: (): boolean => station.isReady,
    status: (): Readonly<Record<string, unknown>> => node.status(),
  };
}
