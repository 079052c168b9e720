/**
 * Lists the metrics that `kpis` may name.
 *
 * @module
 */
import {
  knownProtocols,
  loadAddedProtocols,
  type ProtocolRegistry,
} from '../scenarios/open/registry.ts';

/** Prints all metrics, sorted by name; prints JSON if the user asked for it. */
export async function listMetrics(registry: ProtocolRegistry, isJson: boolean): Promise<void> {
  await loadAddedProtocols();
  // Protocols that use a library share its definitions.
  const own = new Set(knownProtocols().flatMap(({ metrics }) => metrics));
  const all = [...own, ...registry.metrics].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (isJson) {
    process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
    return;
  }
  for (const { name, kind, unit, help, labels = [] } of all) {
    const shown = labels.length === 0 ? name : `${name}{${labels.join(',')}}`;
    process.stdout.write(`${shown.padEnd(28)} ${kind.padEnd(10)} ${unit.padEnd(8)} ${help}\n`);
  }
}
