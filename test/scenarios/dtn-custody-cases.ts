/**
 * Networks above datagrams in which a receipt that promises too much loses bundles.
 *
 * @module
 */

/** When bundles are sent, as keys of the traffic, and what goes wrong. */
interface LoopFacts {
  readonly span: string;
  readonly events: string;
}

/** Three nodes in a triangle, of which two have a rare way to the destination. */
export function loopText({ span, events }: LoopFacts): string {
  return `
name: dtn-loop
topology:
  name: dtn-loop
  defaults: { node: { run: datagram }, link: { rate: 1Mbit/s, delay: 1s, mtu: 1500B } }
  nodes: [{ name: a }, { name: b }, { name: c }, { name: d }, { name: e }]
  links:
    - { ends: a <-> b }
    - { ends: b <-> c }
    - { ends: a <-> c }
    - { ends: c <-> d, contacts: { period: 60s, windows: [{ start: 0s, end: 30s }] } }
    - { ends: a <-> e, contacts: { period: 60s, windows: [{ start: 10s, end: 20s }] } }
    - ends: d <-> e
      contacts: { period: 60s, windows: [{ start: 0s, end: 10s }, { start: 30s, end: 40s }, { start: 50s, end: 60s }] }
stack: [{ on: "*", run: dtn, options: { store: { kind: durable, perSource: 100% } } }]
duration: 180s
drain: 600s
traffic:
  - { from: a, to: e, kind: constant, rate: 1/s, size: 100B, ${span}, tolerant: true, lifetime: 4h }
events: [${events}]
kpis:
  dtn.delivery: { value: ">= 75%" }
  dtn.duplicates: { count: "== 0" }
  dtn.corrupted: { count: "== 0" }
  dtn.custody.lost: { count: "== 0" }
`;
}

/** A link that flips bits, or on which somebody does. @param action Of the event. */
export function corruptText(action: string): string {
  return `
name: dtn-corrupt
topology:
  name: dtn-corrupt
  defaults: { node: { run: datagram }, link: { rate: 10Mbit/s, delay: 20ms, mtu: 1500B } }
  nodes: [{ name: a }, { name: b }]
  links: [{ ends: a <-> b }]
stack: [{ on: "*", run: dtn, options: { store: { kind: durable } } }]
duration: 15s
drain: 60s
traffic:
  - { from: a, to: b, kind: constant, rate: 20/s, size: 500B, tolerant: true, lifetime: 1h }
events:
  - { at: 2s, for: 10s, link: a <-> b, ${action} }
kpis: { dtn.delivery: { value: ">= 100%" } }
`;
}
