/**
 * When a run ends (`until`): after its duration, or as soon as its work is done. Reports E124
 * (docs/spec/error-messages.md).
 *
 * @module
 */
import { effectiveOptions } from '../../topologies/assemble/options.ts';
import { protocolsOnHost } from '../../topologies/assemble/protocols-on-host.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import type { HostSpec } from '../../topologies/model.ts';
import type { Scenario } from '../model.ts';
import type { ScenarioContext } from './context.ts';

/** For each host that can report that its work is done: the name of its top protocol, which reports it. */
export type FinishingProtocols = ReadonlyMap<string, string>;

interface Parsed {
  readonly success: boolean;
  readonly data?: unknown;
}

/** Lists the hosts for which a run with `until: done` waits. */
export function listFinishingProtocols(
  { topology, options }: Pick<Scenario, 'topology' | 'options'>,
  registry: ProtocolLookup,
): FinishingProtocols {
  const finishers = new Map<string, string>();
  for (const host of topology.hosts) {
    const protocol = finishingTop(host, options, registry);
    if (protocol !== undefined) finishers.set(host.name, protocol);
  }
  return finishers;
}

function finishingTop(
  host: HostSpec,
  options: Scenario['options'],
  registry: ProtocolLookup,
): string | undefined {
  const top = protocolsOnHost(host).at(-1);
  const protocol = top === undefined ? undefined : registry.protocols(top.protocol);
  if (top === undefined || protocol?.finishes === undefined) return undefined;
  const parsed = protocol.config.safeParse(effectiveOptions(top, options)) as Parsed;
  return parsed.success && protocol.finishes(parsed.data) ? protocol.name : undefined;
}

/** Refuses `until: done` if no node can ever report that its work is done. */
export function checkUntil(
  context: ScenarioContext,
  { until, options }: { readonly until: string | undefined } & Pick<Scenario, 'options'>,
): void {
  const { topology, registry } = context;
  if (until !== 'done' || listFinishingProtocols({ topology, options }, registry).size > 0) return;
  const tops = topology.hosts.map((host) => protocolsOnHost(host).at(-1)?.protocol ?? '');
  const able = [...new Set(tops)].filter(
    (name) => registry.protocols(name)?.finishes !== undefined,
  );
  const hint =
    able.length === 0
      ? 'no protocol at the top of a host here ever finishes: write until: duration'
      : `${able.join(', ')} can finish, but not with these options: see its options`;
  context.refuse('E124', ['until'], 'no node of this scenario can say that its work is done', hint);
}
