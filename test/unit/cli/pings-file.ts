/**
 * A scenario of one second for live runs of a command: two nodes of ping and a cable.
 *
 * @module
 */

/** Addresses of this process, so that other live runs on the machine do not meet it. */
const BLOCK = `127.${200 + (process.pid % 50)}.${(process.pid >>> 6) & 255}`;

/** The text of the file, with the network in it. */
export const pingsFile = (name: string): string => `name: ${name}
question: Do pings come back?
topology:
  name: cable
  nodes:
    - { name: alice, run: ping, address: ${BLOCK}.1 }
    - { name: bob, run: ping, address: ${BLOCK}.2 }
  links: [{ ends: alice <-> bob, rate: 10Mbit/s, delay: 5ms }]
duration: 1s
traffic: [{ from: alice, to: bob, kind: constant, rate: 20/s, size: 100B }]
kpis: { ping.rtt: { p50: ">= 10ms" } }
`;
