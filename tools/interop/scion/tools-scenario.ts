/**
 * A network of four ASes with their control services, and an external host in one AS: the reference's tools.
 *
 * @module
 */

/** Address to which the tools bind their sockets. */
export const TOOLS_ADDRESS = '127.78.2.1';
/** The AS of the tools, and the control service that answers for their daemon. */
export const OWN_SERVICE = 'control-111';
/** The host to which the tools look up paths, and which they ping. */
export const TARGET = { isdAs: '1-ff00:0:112', address: '127.1.3.100' };
/** Delays inside an AS, and of the links between two ASes, ms. */
const INSIDE_MS = 1;
const LINKS = [
  { ends: ['110', '111'], relation: 'child', ms: 5 },
  { ends: ['120', '111'], relation: 'child', ms: 9 },
  { ends: ['110', '120'], relation: 'core', ms: 7 },
  { ends: ['120', '112'], relation: 'child', ms: 3 },
] as const;
const ASES = ['111', '110', '120', '112'];
/** UDP ports of the tools' host, enough for their few sockets; the port of control services is among them. */
const PORTS = '31250-31265';

/** The scenario as a file. @param seconds How long it runs. */
export function toolsScenario(seconds: number): string {
  const isCore = (as: string): boolean => as.endsWith('0');
  const ases = ASES.map((as) => `{ id: "1-ff00:0:${as}", core: ${isCore(as)}, mtu: 1472B }`);
  const nodes = ASES.flatMap((as) => [
    `{ name: br-${as}, as: "1-ff00:0:${as}", run: scion }`,
    `{ name: control-${as}, as: "1-ff00:0:${as}", run: control-service${as === '112' ? `, address: ${TARGET.address}` : ''} }`,
  ]);
  const guest = `{ name: guest, as: "1-ff00:0:111", kind: external, address: 127.78.1.1, program: ${TOOLS_ADDRESS}, ports: [${PORTS}] }`;
  const inside = ASES.map((as) => `{ ends: control-${as} <-> br-${as} }`);
  const outside = LINKS.map(({ ends: [a, b], relation, ms }) => {
    return `{ ends: br-${a} <-> br-${b}, relation: ${relation}, delay: ${ms}ms }`;
  });
  const links = ['{ ends: guest <-> br-111 }', ...inside, ...outside];
  return `
name: scion-tools
question: Do the tools of the reference find our paths, and are their pings answered?
duration: ${seconds}s
warmup: 0s
topology:
  name: scion-tools
  addressPlan: loopback
  defaults: { node: { run: scion }, link: { rate: 1Gbit/s, mtu: 1472B }, internal: { delay: ${INSIDE_MS}ms } }
  ases: [${ases.join(', ')}]
  nodes: [${[...nodes, guest].join(', ')}]
  links: [${links.join(', ')}]
options: { scion: { dispatchedPorts: ${PORTS} }, control-service: { dispatchedPorts: ${PORTS} } }
kpis: { emulate.slips: { count: ">= 0" } }
`;
}

/** The round trip to the target over these ASes, ms, from the delays of links alone. */
export function roundTripMs(ases: readonly string[]): number {
  const between = ases.slice(1).map((as, at) => delayMs(as, ases[at] ?? ''));
  return 2 * between.reduce((sum, ms) => sum + ms, 2 * INSIDE_MS);
}

function delayMs(one: string, other: string): number {
  const isEnd = (as: string, end: string): boolean => as.endsWith(`:${end}`);
  const link = LINKS.find(({ ends: [a, b] }) => {
    return (isEnd(one, a) && isEnd(other, b)) || (isEnd(one, b) && isEnd(other, a));
  });
  if (link === undefined) throw new Error(`there is no link between ${one} and ${other}`);
  return link.ms;
}
