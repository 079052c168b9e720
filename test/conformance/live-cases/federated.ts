/** The run of federated for `live-protocols.slow-wall.test.ts`: a few rounds with clients that leave. */
import type { LiveCase } from '../live-case.ts';

/** No application sends anything: rounds are what happens. */
const FEDERATED = `
name: federated
topology:
  name: five
  defaults: { node: { run: datagram }, link: { rate: 100Mbit/s, delay: 5ms } }
  nodes:
  - { name: client-1, address: BLOCK.101 }
  - { name: client-2, address: BLOCK.102 }
  - { name: client-3, address: BLOCK.103 }
  - { name: client-4, address: BLOCK.104 }
  - { name: client-5, address: BLOCK.105 }
  links:
  - { ends: client-1 <-> client-2 }
  - { ends: client-1 <-> client-3 }
  - { ends: client-1 <-> client-4 }
  - { ends: client-1 <-> client-5 }
stack:
  - { on: "*", run: fabric }
  - on: "*"
    run: federated
    options: { aggregator: client-1, rounds: 3, phaseTimeout: 1s, drop: { after: shares, probability: 0.1 } }
duration: 20s
until: done
kpis:
  federated.exact: { value: "== 1" }
  federated.rounds: { count: ">= 2" }
`;

export const liveCase: LiveCase = {
  protocols: ['federated'],
  // Not the name of a shipped scenario, which would run instead.
  file: 'federated-five.yaml',
  text: FEDERATED,
  set: {},
  delivery: 'federated.exact',
};
