/**
 * Which nodes share a process, how reports name this layout, and how an operator finds the processes of
 * a run.
 *
 * @module
 */
import type { Topology } from '../../../topologies/model.ts';
import type { AgentProcess } from './agent-process.ts';

/** A process as shown to its operator; the entries of `processes.json`. */
export interface ProcessEntry {
  readonly nodes: readonly string[];
  readonly pid: number;
  /** TCP port of its operator endpoint, on loopback of its machine; null if it has none. */
  readonly operatorPort: number | null;
  /** True if the process replaced one that had ended. */
  readonly isRestart: boolean;
}

/** Groups hosts into processes: one for each host, or one for all hosts of a machine. */
export function groupHostsByProcess(
  { topology }: { readonly topology: Pick<Topology, 'hosts'> },
  by: 'node' | 'machine',
): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const { name, machine } of topology.hosts) {
    const key = by === 'node' ? name : machine;
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return [...groups.values()];
}

/** The layout as text for reports: `17 processes` or `2 loops`. */
export function layoutText(
  { length }: readonly unknown[],
  executor: 'process' | 'loop' = 'process',
): string {
  if (executor === 'loop') return length === 1 ? '1 loop' : `${length} loops`;
  return length === 1 ? '1 process' : `${length} processes`;
}

/** The entries of `processes.json`: all living processes that have reported their addresses. */
export function processEntries(agents: readonly AgentProcess[]): readonly ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  const seen = new Set<string>();
  for (const { name, hosts, state, pid, operatorPort = null } of agents) {
    const isRestart = seen.has(name);
    seen.add(name);
    if (pid === undefined || state === 'dead' || state === 'done') continue;
    entries.push({ nodes: hosts, pid, operatorPort, isRestart });
  }
  return entries;
}
