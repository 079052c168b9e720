/**
 * The protocols of a tab: the shipped ones.
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
import type { LoadingRegistry } from '../../scenarios/open/open-files.ts';
import {
  type FindUserCode,
  isShippedName,
  metricsOfProtocols,
  shippedProtocols,
} from '../../scenarios/open/shipped-protocols.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import type { Machine } from '../../topologies/files/machine.ts';

const BY_NAME: ReadonlyMap<string, Protocol> = new Map(
  shippedProtocols().map((protocol) => [protocol.name, protocol]),
);

/** Makes the registry of the shipped protocols; it refuses code of users. */
export function makeTabRegistry(machine: Machine): LoadingRegistry {
  return {
    machine,
    names: [...BY_NAME.keys()],
    metrics: metricsOfProtocols(shippedProtocols()),
    protocols: (name) => BY_NAME.get(name),
    isShipped: isShippedName,
    loadFound: async (find): Promise<void> => refuseUserCode(find),
  };
}

function refuseUserCode({ protocols, modules }: FindUserCode): void {
  const [first] = [...protocols(), ...modules().map(({ path }) => path)];
  if (first !== undefined) throw new Refusal(`${first} is code of yours, which a tab does not run`);
}
