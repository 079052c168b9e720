/**
 * A chain of three nodes of delay-tolerant networking: bundles of alice wait at the relay until its
 * link to bob opens at 20 s.
 *
 * @module
 */
import type { SeedResult } from '../../reports/model.ts';
import { loadText, run } from '../unit/runner/fixture.ts';

/** Sends 100 B again and again for 10 s, with these options of dtn and more in the traffic or the file. */
export function runLateLink(of: {
  readonly options: string;
  readonly traffic: string;
  readonly more?: string;
}): SeedResult {
  return run(
    loadText(`
name: late-link
topology:
  name: chain
  defaults: { node: { run: dtn }, link: { rate: 10Mbit/s, delay: 5ms, mtu: 1500B } }
  nodes: [{ name: alice }, { name: relay }, { name: bob }]
  links:
    - { ends: alice <-> relay }
    - { ends: relay <-> bob, contacts: { windows: [{ start: 20s, end: 40s }] } }
duration: 40s
warmup: 0s
options: { dtn: ${of.options} }
traffic: [{ from: alice, to: bob, kind: constant, size: 100B, stop: 10s, ${of.traffic} }]
${of.more ?? ''}
kpis: { dtn.delivery: { value: ">= 0%" } }
`),
  );
}
