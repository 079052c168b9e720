/**
 * Outside programs in a run: refuses them where they are not possible, and makes the node in their
 * place.
 *
 * @module
 */
import type { NodeHandle, Protocol } from '../../engine/host/protocol.ts';
import { EXTERNAL_PROTOCOL, type HostSpec } from '../../topologies/model.ts';
import { commandText } from '../command-text.ts';
import { nodesChangedByAction } from '../files/events/actions.ts';
import type { Scenario } from '../model.ts';
import { Refusal } from '../refusal.ts';
import { shortScenarioName } from '../repeat-command.ts';
import type { ConfiguredProtocol } from './nodes.ts';

/** The hosts for which outside programs run. */
export function outsideHosts(scenario: Scenario): readonly HostSpec[] {
  return scenario.topology.hosts.filter(({ outside }) => outside !== undefined);
}

/**
 * Refuses a scenario that only `npm run emulate` can run.
 * @throws Refusal that names that command.
 */
export function refuseOutsidePrograms(scenario: Scenario): void {
  const [host] = outsideHosts(scenario);
  if (host === undefined) return;
  const command = commandText(['emulate', shortScenarioName(scenario.file)]);
  throw new Refusal(
    `${at(host)}  ${host.name} is an outside program (kind: external), which needs ${command}`,
  );
}

/**
 * Refuses events that cannot act on an outside program.
 * @throws Refusal at the first such event.
 */
export function refuseOutsideEvents(scenario: Scenario): void {
  const names = new Set(outsideHosts(scenario).map(({ name }) => name));
  const refuse = (position: Position, name: string, what: string): never => {
    throw new Refusal(`${at({ position })}  ${name} is an outside program: ${what}`);
  };
  for (const { from, to, position } of scenario.traffic) {
    const name = [from, to].find((end) => names.has(end));
    if (name !== undefined) refuse(position, name, 'it generates its own traffic');
  }
  for (const { among, position } of scenario.drawnTraffic ?? []) {
    const name = among.find((node) => names.has(node));
    if (name !== undefined) refuse(position, name, 'it generates its own traffic');
  }
  for (const { action, position } of scenario.events) {
    const nodes = nodesChangedByAction(action);
    const name = nodes.find((node) => names.has(node));
    if (name !== undefined) refuse(position, name, `no ${action.kind} reaches it`);
  }
}

/** Protocol of a host on which an outside program runs: its node opens the ports of the program, and does no more. */
export function outsideProgramProtocol(open: (host: string) => void): ConfiguredProtocol {
  const protocol: Protocol = {
    name: EXTERNAL_PROTOCOL,
    summary: 'an outside program',
    config: { safeParse: (data) => ({ success: true, data }) },
    jobs: {},
    moduleUrl: import.meta.url,
    drops: {},
    metrics: [],
    create: (host): NodeHandle => ({ start: (): void => open(host.name) }),
  };
  return { protocol, options: {} };
}

type Position = HostSpec['position'];

function at({ position: { file, line, column } }: { readonly position: Position }): string {
  return `${file}:${line}:${column}`;
}
