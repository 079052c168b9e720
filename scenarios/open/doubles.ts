/**
 * Refuses defective doubles in live runs: they exist to show, in virtual time, that a limit can fail.
 *
 * @module
 */
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import type { Topology } from '../../topologies/model.ts';
import type { Scenario } from '../model.ts';
import { Refusal } from '../refusal.ts';
import { makeProtocolStackFinder } from './nodes.ts';

/**
 * Refuses hosts that run a defective double.
 * @param options Options by protocol or host name, in addition to those of the topology.
 * @throws Refusal at the first such host.
 */
export function refuseDoubles(
  { hosts }: Pick<Topology, 'hosts'>,
  options: Scenario['options'],
  registry: ProtocolLookup,
): void {
  const stack = makeProtocolStackFinder({ options }, registry);
  for (const host of hosts) {
    for (const { protocol, options: own } of stack(host)) {
      const double = protocol.double?.(own);
      if (double === undefined) continue;
      const { file, line, column } = host.position;
      throw new Refusal(
        `${file}:${line}:${column}  ${host.name}: ${double} is a defective double, for virtual time only`,
      );
    }
  }
}
