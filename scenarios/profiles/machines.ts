/**
 * The machines of a run whose processor time is charged.
 *
 * `one`: all nodes share one machine with one core, as nodes of a live run in one process share one
 * event loop. `topology`: the machines and cores that the topology names.
 *
 * @module
 */
import type { MachineSpec, WaitLimits } from '../../engine/net/cpu-profile.ts';
import type { HostSpec } from '../../topologies/model.ts';
import type { CpuChoice, Scenario } from '../model.ts';

/** Name of the machine that all nodes share. */
const ONE = 'process';

/**
 * How long requests and datagrams may wait for a processor. A packet of six hops passes seven queues in
 * at most 250 ms, about 35 ms each. Requests are refused much earlier, so that overload rejects
 * requests first, before any work has been spent on them.
 */
const WAIT_LIMITS: WaitLimits = { requestNs: 4_000_000, datagramNs: 30_000_000 };

/** The name of the modelled machine of a host. */
export function findMachine(cpu: CpuChoice | undefined, host: HostSpec): string {
  return cpu?.machines === 'one' ? ONE : host.machine;
}

/** The modelled machines by name; empty without a cost profile. */
export function listMachines(
  scenario: Pick<Scenario, 'topology'>,
  cpu: CpuChoice | undefined,
): Readonly<Record<string, MachineSpec>> {
  if (cpu === undefined) return {};
  const { profile, receiveBuffer, queues } = cpu;
  const limits = queues === 'timed' ? { waitLimits: WAIT_LIMITS } : {};
  const charged = { profile, receiveBuffer, ...limits };
  if (cpu.machines === 'one') return { [ONE]: { ...charged, cores: 1 } };
  const machines: Record<string, MachineSpec> = {};
  for (const { machine, cores } of scenario.topology.hosts) {
    const known = machines[machine]?.cores ?? 1;
    machines[machine] = { ...charged, cores: Math.max(known, cores) };
  }
  return machines;
}
