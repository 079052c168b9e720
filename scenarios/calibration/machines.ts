/**
 * The machines of a run whose processor time is charged.
 *
 * `one`: all nodes share one machine with one core, as all nodes of a live run in one process share
 * one event loop. `topology`: the machines and cores that the topology names.
 *
 * @module
 */
import type { MachineSpec } from '../../engine/net/cpu-profile.ts';
import type { HostSpec } from '../../topologies/model.ts';
import type { CpuChoice, Scenario } from '../model.ts';

/** Name of the machine that all nodes share. */
const ONE = 'process';

/** The machine of a host. */
export function machineOf(cpu: CpuChoice | undefined, host: HostSpec): string {
  return cpu?.machines === 'one' ? ONE : host.machine;
}

/** Machines by name; none without a profile. */
export function machinesOf(
  scenario: Pick<Scenario, 'topology'>,
  cpu: CpuChoice | undefined,
): Readonly<Record<string, MachineSpec>> {
  if (cpu === undefined) return {};
  const { profile, receiveBuffer } = cpu;
  const charged = { profile, receiveBuffer };
  if (cpu.machines === 'one') return { [ONE]: { ...charged, cores: 1 } };
  const machines: Record<string, MachineSpec> = {};
  for (const { machine, cores } of scenario.topology.hosts) {
    const known = machines[machine]?.cores ?? 1;
    machines[machine] = { ...charged, cores: Math.max(known, cores) };
  }
  return machines;
}
