/**
 * How much memory a run took: for each node with its links, and for each packet under way.
 *
 * @module
 */
import { quantityText, wholeNumberText } from './format.ts';
import type { SeedResult } from './model.ts';
import type { Report } from './report-schema.ts';

/**
 * If all nodes together took less than this, no size of a node is given: the young generation of the
 * heap alone is this large.
 */
const NODES_SURE_BYTES = 32e6;
/**
 * With fewer packets under way than this, no size of a packet is given, because buffers are allocated
 * in slabs.
 */
const PACKETS_SURE = 1_000;

/**
 * The memory of nodes and packets, each in the seed that took the most; empty if nodes ran in other
 * processes.
 */
export function memoryReportPart(seeds: readonly SeedResult[]): Pick<Report, 'memory'> {
  const all = seeds.flatMap(({ memory }) => memory ?? []);
  const [largest] = [...all].sort((a, b) => b.nodes.bytes - a.nodes.bytes);
  const [busiest] = [...all].sort((a, b) => b.packets.most - a.packets.most);
  if (largest === undefined || busiest === undefined) return {};
  const { nodes } = largest;
  const { packets } = busiest;
  return {
    memory: {
      nodes: nodes.count,
      nodeBytes: nodes.bytes < NODES_SURE_BYTES ? 0 : Math.round(nodes.bytes / nodes.count),
      packets: packets.most,
      packetBytes: packets.most < PACKETS_SURE ? 0 : Math.round(packets.bytes / packets.most),
    },
  };
}

/** A text such as `10.4 kB a node, 2.2 kB a packet of at most 12,345 under way`; undefined without numbers. */
export function memoryText({ memory }: Pick<Report, 'memory'>): string | undefined {
  if (memory === undefined) return undefined;
  const { nodes, nodeBytes, packets, packetBytes } = memory;
  const ofNode =
    nodeBytes === 0
      ? `less than 32 MB for ${wholeNumberText(nodes)} nodes`
      : `${quantityText(nodeBytes, 'bytes')} a node of ${wholeNumberText(nodes)}`;
  const ofPacket = packetBytes === 0 ? '' : `${quantityText(packetBytes, 'bytes')} a packet of `;
  return `${ofNode}, ${ofPacket}at most ${wholeNumberText(packets)} packets under way`;
}

/** For the terminal: `10.4 kB a node`, `2.2 kB a packet`; empty if the network is too small to tell. */
export function memoryTerminalTexts({ memory }: Pick<Report, 'memory'>): readonly string[] {
  const { nodeBytes = 0, packetBytes = 0 } = memory ?? {};
  return [
    ...(nodeBytes === 0 ? [] : [`${quantityText(nodeBytes, 'bytes')} a node`]),
    ...(packetBytes === 0 ? [] : [`${quantityText(packetBytes, 'bytes')} a packet`]),
  ];
}
