/** The run of vault for `live-protocols.slow-wall.test.ts`: three replicas that write. */
import type { LiveCase } from '../live-case.ts';

const VAULT = `
name: vault
topology:
  name: three
  defaults: { node: { run: datagram }, link: { rate: 100Mbit/s, delay: 5ms } }
  nodes:
  - { name: ada, address: BLOCK.101 }
  - { name: bert, address: BLOCK.102 }
  - { name: cleo, address: BLOCK.103 }
  links:
  - { ends: ada <-> bert }
  - { ends: bert <-> cleo }
  - { ends: ada <-> cleo }
stack:
  - { on: "*", run: fabric, options: { outbox: memory } }
  - on: "*"
    run: vault
    options: { every: 500ms, consent: { trusted: all }, load: { rate: 10/s, start: 500ms, stop: 4s } }
duration: 6s
kpis:
  vault.converged: { value: ">= 100%" }
  vault.equal: { value: ">= 100%" }
`;

export const liveCase: LiveCase = {
  protocols: ['vault'],
  // Not the name of a shipped scenario, which would run instead.
  file: 'vault-three-live.yaml',
  text: VAULT,
  set: {},
  delivery: 'vault.converged',
};
