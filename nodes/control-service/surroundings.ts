/**
 * What a control service is configured with: its own AS, and the interfaces of its border routers. It reads
 * nothing of any other AS.
 *
 * @module
 */
import type { NetworkMap } from '../../engine/host/network-view.ts';
import {
  type AsExit,
  autonomousSystemsOf,
  exitsOf,
  type IsdAs,
  interfaceIdOf,
  isdAsOf,
  type NeighbourRelation,
} from '../scion/index.ts';

export type { NeighbourRelation } from '../scion/index.ts';

/** An interface of this AS. */
export interface ControlInterface {
  readonly ifId: number;
  readonly relation: NeighbourRelation;
  readonly neighbour: IsdAs;
  /** The neighbour's number of the link. */
  readonly neighbourIfId: number;
  /** Largest packet on the link, bytes. */
  readonly mtu: number;
  /** Address of the border router that has it. */
  readonly router: string;
}

/** What a control service is configured with. */
export interface ControlSurroundings {
  readonly isdAs: IsdAs;
  readonly isCore: boolean;
  /** Largest packet inside the AS, bytes. */
  readonly mtu: number;
  readonly address: string;
  /** Interfaces by number, ascending. */
  readonly interfaces: ReadonlyMap<number, ControlInterface>;
}

/** Reads the surroundings of the control service on `host`. @throws RangeError if it is in no AS. */
export function findControlSurroundings(host: string, network: NetworkMap): ControlSurroundings {
  const self = network.hosts.find(({ name }) => name === host);
  const isdAs = isdAsOf(self);
  const as = autonomousSystemsOf(network).find((one) => one.isdAs === isdAs);
  if (self === undefined || isdAs === undefined || as === undefined) {
    throw new RangeError(`${host} is in no AS`);
  }
  const interfaces = exitsOf(isdAs, network)
    .map(interfaceOf)
    .sort((left, right) => left.ifId - right.ifId);
  return {
    isdAs,
    isCore: as.core,
    mtu: as.mtu,
    address: self.address,
    interfaces: new Map(interfaces.map((one) => [one.ifId, one])),
  };
}

function interfaceOf({ link, near, far, farIsdAs, neighbour }: AsExit): ControlInterface {
  return {
    ifId: interfaceIdOf(near),
    relation: neighbour,
    neighbour: farIsdAs,
    neighbourIfId: interfaceIdOf(far),
    mtu: link.mtu,
    router: near.address,
  };
}
