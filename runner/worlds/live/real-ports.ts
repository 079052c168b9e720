/**
 * The ports of 127.0.0.1 that the hosts of a live run have in the `ports` address plan, and the
 * reasons why this system may be unable to make the run.
 *
 * @module
 */
import { systemErrorText } from '../../../engine/live/environment.ts';
import { firstUnbindableAddress, firstUnbindablePort } from '../../../engine/live/loopback.ts';
import { LOOPBACK_ADDRESS, type PortRange } from '../../../engine/live/port-plan.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import { PORTS_PLAN_NON_LINK_PORTS } from '../../../topologies/assemble/address-plan.ts';
import type { HostSpec, Topology } from '../../../topologies/model.ts';

/** The port ranges of the hosts in the `ports` plan; undefined in the `loopback` plan. */
export function portRanges({ addressPlan, hosts }: Topology): readonly PortRange[] | undefined {
  if (addressPlan !== 'ports') return undefined;
  return hosts.map(({ address, portBase = 0, portCount = 0 }) => ({
    address,
    first: portBase,
    services: PORTS_PLAN_NON_LINK_PORTS,
    count: portCount,
  }));
}

/** Why a run is not possible, with its position in the file. */
interface Obstacle {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Finds why this system cannot run the scenario live, and for which host; undefined if it can. */
export function findLiveRunObstacle(scenario: Scenario): Obstacle | undefined {
  const { topology } = scenario;
  const ranges = portRanges(topology);
  const addresses = ranges === undefined ? topology.hosts.map(({ address }) => address) : [];
  const missing = firstUnbindableAddress(ranges === undefined ? addresses : [LOOPBACK_ADDRESS]);
  if (missing !== undefined) {
    const host = topology.hosts.find(({ address }) => address === missing);
    const words = `this system has no address ${missing}; where 127.0.0.0/8 is missing, use`;
    return answer(scenario, host, `${words} addressPlan: ports`);
  }
  const taken = firstUnbindablePort(ranges ?? []);
  if (taken === undefined) return undefined;
  const { range, port, code } = taken;
  const host = topology.hosts.find(({ address }) => address === range.address);
  const why = code === 'EADDRINUSE' ? 'is held by another program' : `: ${systemErrorText(code)}`;
  const words = `port ${port} of ${LOOPBACK_ADDRESS} ${why}; this node needs`;
  const last = range.first + range.count - 1;
  return answer(scenario, host, `${words} ${range.first} to ${last}, portBase changes them`);
}

function answer(scenario: Scenario, host: HostSpec | undefined, message: string): Obstacle {
  const { file, line, column } = host?.position ?? { file: scenario.file, line: 1, column: 1 };
  const name = host?.name ?? 'a node';
  return { file, line, column, message: `${name}: ${message}` };
}
