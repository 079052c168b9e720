/**
 * Fills columns (one array for each property of the packets) from blocks of the trace's hop table,
 * which has a row for each packet on each link. If there are too many packets, a hash of the packet
 * number decides which are left out, so that a packet is drawn either in every frame or in none
 * (docs/spec/browser-view.md).
 *
 * @module
 */
import type { RowRange } from '../../format/trace-file.ts';
import type { HopColumns } from './trace-answers.ts';

const FATES = { arrived: 0, dropped: 1, open: 2 } as const;
/**
 * Multiplier of Fibonacci hashing (2^32 divided by the golden ratio): spreads neighbouring packet
 * numbers.
 */
const SPREAD = 0x9e37_79b1;

/**
 * Returns true for a row of the hop table to keep. `endNs` is the arrival of the packet, or an
 * assumed end if it did not arrive.
 */
export type HopFilter = (row: {
  readonly departNs: number;
  readonly endNs: number;
  readonly packet: number;
}) => boolean;

/**
 * Fills columns with the rows for which `wanted` is true; if there are more than `rowsMax`, with
 * about that many of them.
 * @param limit A packet without an arrival is assumed to end `lostForNs` after its departure, ns.
 */
export function fillHopColumns(
  ranges: readonly RowRange[],
  wanted: HopFilter,
  limit: { readonly rowsMax: number; readonly lostForNs: number },
): HopColumns {
  const places: (readonly [RowRange, number])[] = [];
  for (const range of ranges) {
    const { block } = range;
    for (let row = range.from; row < range.to; row += 1) {
      const departNs = block.time('depart', row);
      const isArrived = block.fate(row) === 'arrived';
      const endNs = departNs + (isArrived ? block.value('transit', row) : limit.lostForNs);
      if (wanted({ departNs, endNs, packet: block.value('packet', row) }))
        places.push([range, row]);
    }
  }
  const oneIn = Math.ceil(places.length / limit.rowsMax);
  const kept =
    oneIn <= 1
      ? places
      : places.filter(([{ block }, row]) => isPacketInSample(block.value('packet', row), oneIn));
  return filled(kept, places.length);
}

/**
 * Selects about one packet number in `oneIn`. A hash decides, so the result for a number never
 * changes.
 */
export function isPacketInSample(packet: number, oneIn: number): boolean {
  return (Math.imul(packet, SPREAD) >>> 8) % oneIn === 0;
}

function filled(places: readonly (readonly [RowRange, number])[], total: number): HopColumns {
  const rows = places.length;
  const columns = {
    rows,
    total,
    departNs: new Float64Array(rows),
    arriveNs: new Float64Array(rows),
    queueNs: new Float64Array(rows),
    link: new Uint32Array(rows),
    packet: new Uint32Array(rows),
    flow: new Uint16Array(rows),
    class: new Uint8Array(rows),
    flags: new Uint8Array(rows),
    bytes: new Uint16Array(rows),
    fate: new Uint8Array(rows),
  };
  for (const [at, [{ block }, row]] of places.entries()) {
    const fate = block.fate(row);
    const departNs = block.time('depart', row);
    columns.departNs[at] = departNs;
    columns.arriveNs[at] = fate === 'arrived' ? departNs + block.value('transit', row) : Number.NaN;
    columns.queueNs[at] = block.value('queueNs', row);
    columns.link[at] = block.value('link', row);
    columns.packet[at] = block.value('packet', row);
    columns.flow[at] = block.value('flow', row);
    columns.class[at] = block.value('class', row);
    columns.flags[at] = block.value('flags', row);
    columns.bytes[at] = block.value('size', row);
    columns.fate[at] = FATES[fate];
  }
  return columns;
}
