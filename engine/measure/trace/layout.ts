/**
 * The layout of `trace.orr`: magic numbers, tables with their columns, and the block header
 * (docs/TRACE.md).
 *
 * Constants and types only, shared by the writer here and the reader in viz/format.
 *
 * @module
 */

/** First eight bytes of a file; a transfer that converts line ends changes the last two, so that it is noticed. */
export const FILE_MAGIC = 'ORRERY\r\n';
/** Version of the format; a reader rejects a higher one. */
export const FORMAT_VERSION = 2;
/** Bytes in front of the header JSON: {@link FILE_MAGIC}, version (u32), and the length of the JSON (u32). */
export const FILE_HEAD_BYTES = 16;

/** The text `ORRB` as a little-endian u32, first in every block header. */
export const BLOCK_MAGIC = 0x4252_524f;
/** Bytes of a block header and of an entry of the index. */
export const BLOCK_HEAD_BYTES = 64;
/** Number of rows in a full block. */
export const BLOCK_ROWS = 16_384;
/** Every section begins at a multiple of this, so that typed arrays can view it in place. */
const ALIGNMENT = 8;
/** Bytes of the trailer, at the very end: the length of the footer block, u64. */
export const TRAILER_BYTES = 8;

/** Offsets of the fields of a block header; only the index uses the last two. */
export const BLOCK_FIELD_OFFSETS = {
  magic: 0,
  table: 4,
  flags: 5,
  rows: 8,
  raw: 12,
  stored: 16,
  aux: 20,
  base: 24,
  last: 32,
  maxTransit: 40,
  drops: 48,
  links: 52,
  offset: 56,
} as const;

/** Flag of a block: time columns are f64 instead of u32 offsets from the base. */
export const FLAG_WIDE_TIMES = 1;
/** Flag of a block: the payload is a gzip stream. */
export const FLAG_GZIP = 2;

/** Flag of a block: each column is packed (docs/TRACE.md#packed-blocks); such a block has no `aux`. */
export const FLAG_PACKED = 4;
/** Kinds of packed columns, which say what the numbers in the column mean. */
export const PACKING_KINDS = { plain: 0, offsets: 1, steps: 2, dictionary: 3 } as const;
/** Bytes of the {@link PackedHead} in front of the numbers of a packed column. */
export const PACKED_HEAD_BYTES = 16;
/** The head in front of the numbers of a packed column. */
export interface PackedHead {
  /** Number of the column's packing in {@link PACKING_KINDS}. */
  readonly kind: number;
  /** Number of bits of each packed number. */
  readonly bits: number;
  readonly entries: number;
  /** The reader adds it to each number. */
  readonly base: number;
}

/** Largest number of entries of a packed column's dictionary. */
export const PACKED_DICTIONARY_ENTRIES_MAX = 256;
/** Number of bits of the words into which numbers are packed; no packed number has more bits. */
export const PACKED_WORD_BITS = 32;

/** First offset from the base that does not fit into a u32 time column. */
export const NARROW_OFFSET_LIMIT_NS = 2 ** 32;
/** A block that has this many rows is closed early if its next row would make its time columns wide. */
export const EARLY_CLOSE_ROWS_MIN = 4_096;

/** The transit time of a packet lost on the way, in u32 columns. */
export const DROPPED_TRANSIT_NARROW = 0xffff_ffff;
/** The transit time of a packet lost on the way, in f64 columns. */
export const DROPPED_TRANSIT_WIDE = -1;
/** The transit time of a packet that was still under way when its block was written, in u32 columns. */
export const PENDING_TRANSIT_NARROW = 0xffff_fffe;
/** The transit time of a packet that was still under way when its block was written, in f64 columns. */
export const PENDING_TRANSIT_WIDE = -2;

/** Number that stands for no link, no node, or no packet. */
export const NO_REFERENCE = 0xffff_ffff;

/**
 * The encoding of the values of a column. `time` is an instant and `duration` a time span, both in ns. They are u32 (an
 * instant as its offset from the block's base) or, in wide blocks, f64 (an instant as absolute time).
 */
export type ColumnType = 'u8' | 'u16' | 'u32' | 'f64' | 'time' | 'duration';

/** One column as the header describes it. */
export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
  /** `ns`, `bytes`, or the name of the table to which the number is an index. */
  readonly unit: string;
}

/** One table as the header describes it. */
export interface TableSpec {
  readonly name: string;
  /** Number of the table in block headers. */
  readonly id: number;
  readonly columns: readonly ColumnSpec[];
}

function table(id: number, name: string, columns: readonly string[]): TableSpec {
  return {
    name,
    id,
    columns: columns.map((text) => {
      const [column = '', type = 'u32', unit = ''] = text.split(' ');
      return { name: column, type: type as ColumnType, unit };
    }),
  };
}

const BIN_COLUMNS = [
  'start time ns',
  'track u32 tracks',
  'count u32 packets',
  'bytes f64 bytes',
  'drops u32 packets',
  'min f64 ns',
  'max f64 ns',
  'sum f64 ns',
];

/** All tables of this version of the format, by name. */
export const TABLES = {
  hop: table(1, 'hop', [
    'depart time ns',
    'transit duration ns',
    'link u32 links',
    'packet u32 packets',
    'flow u16 flows',
    'class u8 classes',
    'flags u8 bits',
    'size u16 bytes',
    'queueNs u32 ns',
  ]),
  drop: table(2, 'drop', [
    'time time ns',
    'node u32 nodes',
    'link u32 links',
    'packet u32 packets',
    'reason u8 reasons',
  ]),
  state: table(3, 'state', [
    'time time ns',
    'node u32 nodes',
    'kind u8 stateKinds',
    'value u32 blobs',
  ]),
  fault: table(4, 'fault', [
    'time time ns',
    'kind u8 faultKinds',
    'target u32 names',
    'text u32 names',
  ]),
  span: table(5, 'span', [
    'start time ns',
    'end time ns',
    'node u32 nodes',
    'name u32 names',
    'id u32 spans',
  ]),
  series: table(6, 'series', ['time time ns', 'metric u16 metrics', 'value f64 metric']),
  packet: table(7, 'packet', [
    'time time ns',
    'packet u32 packets',
    'offset u32 bytes',
    'length u16 bytes',
    'trail u32 trails',
    'link u32 links',
    'node u32 nodes',
    'held f64 ns',
  ]),
  keyframe: table(8, 'keyframe', ['node u32 nodes', 'row u32 state', 'value u32 blobs']),
  text: table(9, 'text', []),
  pace: table(14, 'pace', ['time time ns', 'link u32 links', 'rate f64 bit/s', 'delay f64 ns']),
  status: table(15, 'status', ['time time ns', 'node u32 nodes', 'value u32 blobs']),
  'bins-1ms': table(10, 'bins-1ms', BIN_COLUMNS),
  'bins-10ms': table(11, 'bins-10ms', BIN_COLUMNS),
  'bins-100ms': table(12, 'bins-100ms', BIN_COLUMNS),
  'bins-1s': table(13, 'bins-1s', BIN_COLUMNS),
} as const;

/** Number of the footer block; it is not a table. */
export const FOOTER_TABLE_NUMBER = 255;

/** Widths of the pyramid's bins, finest first, ns, with their tables. */
export const PYRAMID_LEVELS: readonly { readonly widthNs: number; readonly table: TableSpec }[] = [
  { widthNs: 1_000_000, table: TABLES['bins-1ms'] },
  { widthNs: 10_000_000, table: TABLES['bins-10ms'] },
  { widthNs: 100_000_000, table: TABLES['bins-100ms'] },
  { widthNs: 1_000_000_000, table: TABLES['bins-1s'] },
];

/**
 * Meanings of `hop.class`, by number; drawings use a shape for each (docs/spec/browser-view.md).
 */
export const PACKET_CLASSES = [
  'data',
  'control',
  'probe',
  'acknowledgement',
  'cover',
  'copy',
] as const;
/** Number of the class of packets that carry payloads of applications. */
export const PACKET_CLASS_DATA = 0;
/** Number of the class of control packets, with which nodes keep a protocol going. */
export const PACKET_CLASS_CONTROL = 1;
/** Number of the class of packets that are second copies of others. */
export const PACKET_CLASS_COPY = 5;

/** Bit of `hop.flags`: the packet is a copy that a link or a tap made. */
export const HOP_FLAG_COPY = 1;
/** Bit of `hop.flags`: a node has forwarded the packet before. */
export const HOP_FLAG_FORWARDED = 2;

/** Meanings of the numbers in the column `state.kind`. */
export const STATE_KINDS = ['state', 'mark'] as const;
/** Value of `state.kind`: a state machine has changed its state. */
export const STATE_KIND_DELTA = 0;
/** Value of `state.kind`: a node has set a mark. */
export const STATE_KIND_MARK = 1;

/** Longest text of a node's status, characters. */
export const STATUS_CHARACTERS_MAX = 65_536;

/** Meanings of the numbers in the column `fault.kind`. */
export const FAULT_KINDS = ['begin', 'end', 'effect'] as const;
/** Value of `fault.kind`: the fault begins. */
export const FAULT_BEGIN = 0;
/** Value of `fault.kind`: the fault ends. */
export const FAULT_END = 1;
/** Value of `fault.kind`: a consequence of the fault was observed. */
export const FAULT_EFFECT = 2;

/** The description of a direction of a link; its number is its position in the list. */
export interface LinkDirectionInfo {
  readonly id: string;
  /** Names of both ends, written `a->b`. */
  readonly name: string;
  /** Indices of sender and receiver; -1 for a shared medium, and for a region of a cloud. */
  readonly from: number;
  readonly to: number;
  /** Regions of a cloud in which the direction begins and ends, such as `internet/eu`; absent for an end at a host. */
  readonly fromRegion?: string;
  readonly toRegion?: string;
  /**
   * Bits per second at the start; null means that serialisation takes no time; absent in older
   * files.
   */
  readonly rateBps?: number | null;
  /** Propagation delay at the start, ns. */
  readonly delayNs?: number;
  /** Bytes that the link adds to each packet. */
  readonly overheadBytes?: number;
  /** Planned contacts; absent if the direction can always send, in older files, and if there are very many contacts. */
  readonly contacts?: ContactsInfo;
}

/** Contacts of a direction; times in ns since the start of the scenario. */
export interface ContactsInfo {
  /** Beginning and end of the planned contacts, in ascending order. */
  readonly windows: readonly (readonly [fromNs: number, toNs: number])[];
  /** Period with which the contacts repeat, ns; absent if they do not. */
  readonly periodNs?: number;
  /**
   * Contacts that differed from the plan: planned beginning, actual beginning and actual end, which
   * are equal if the contact did not take place.
   */
  readonly actual?: readonly (readonly [plannedNs: number, fromNs: number, toNs: number])[];
}

/** The description of a node; its number is its position in the list. */
export interface NodeInfo {
  readonly name: string;
  readonly protocol: string;
  readonly address: string;
  /** Names of the protocols above the lowest one, from the bottom up; absent if there are none. */
  readonly layers?: readonly string[];
  /** Id of the node's area, as the protocol of the network writes it. */
  readonly area?: string;
  /** Id of the node's area in files written before 22 November 2026. */
  readonly isdAs?: string;
  /** Geographic position, degrees. */
  readonly place?: { readonly lat: number; readonly lon: number };
}

/** The JSON at the start of a file, with all facts that are known before the run. */
export interface TraceHeader {
  readonly format: 'orrery-trace';
  readonly version: number;
  readonly run: string;
  readonly seed: number;
  readonly extent: 'windows' | 'full';
  readonly durationNs: number;
  readonly warmupNs: number;
  readonly tables: readonly TableSpec[];
  readonly nodes: readonly NodeInfo[];
  readonly links: readonly LinkDirectionInfo[];
  /** Names of the flows by number; number 0 means no flow. */
  readonly flows: readonly string[];
  readonly reasons: readonly string[];
  readonly classes: readonly string[];
  readonly stateKinds: readonly string[];
  readonly faultKinds: readonly string[];
  /** Finest level of the pyramid for tracks of single links; track 0 (all links) has every level. */
  readonly linkLevel: number;
}

/** The entries that a `text` block adds to the lists of the header. */
export interface TextBlockAddition {
  readonly names?: readonly string[];
  readonly links?: readonly LinkDirectionInfo[];
  readonly metrics?: readonly MetricInfo[];
}

/** The description of a metric of the `series` table. */
export interface MetricInfo {
  readonly name: string;
  readonly unit: string;
  /** Width of a bin of the series, ns. */
  readonly binNs: number;
}

/** The JSON in the footer, with all facts that are known only after the run. */
export interface TraceSummary {
  /** Number of rows of each table, by its name. */
  readonly counts: Readonly<Record<string, number>>;
  /** First and last instant of any row, ns. */
  readonly rangeNs: readonly [number, number];
  /** Number of hops in the run, including those outside the windows, whose rows were not kept. */
  readonly hopsSeen: number;
  /** Intervals whose packets were kept, ns; with extent `full`, a single one for the whole run. */
  readonly windowsNs: readonly (readonly [number, number])[];
  readonly fingerprint: string;
}

/** Number of bytes of one value of a column. */
export function bytesPerValue(type: ColumnType, isWide: boolean): number {
  switch (type) {
    case 'u8':
      return 1;
    case 'u16':
      return 2;
    case 'u32':
      return 4;
    case 'f64':
      return 8;
    case 'time':
    case 'duration':
      return isWide ? 8 : 4;
  }
}

/** Rounds a length up to a multiple of {@link ALIGNMENT}. */
export function alignedLength(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}
