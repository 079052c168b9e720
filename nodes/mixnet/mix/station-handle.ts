/**
 * What the runner holds of a mix or provider: life and readiness are the station's, the status is
 * the role's.
 *
 * @module
 */
import type { NodeHandle } from '../../../engine/host/protocol.ts';
import type { Station } from './station.ts';

/** A role with the station that it stands on. */
export interface StationNode {
  readonly station: Station;
  /** What a status page shows: plain data, sorted keys. */
  status(): Readonly<Record<string, unknown>>;
  /** Messages that it keeps beside those in the relay. */
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
