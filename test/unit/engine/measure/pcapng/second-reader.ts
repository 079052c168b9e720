/**
 * A second reader of pcapng, written from the draft independently of this project's writer: blocks,
 * options, and time stamps in the resolution of each interface.
 *
 * @module
 */

/** An interface of a file. */
export interface ReadInterface {
  readonly linkType: number;
  readonly snapLength: number;
  readonly name: string | undefined;
  /** Negative power of ten of the time unit; 6 if the file does not say. */
  readonly resolution: number;
  statistics?: { readonly received: bigint; readonly dropped: bigint; readonly time: bigint };
}

/** A packet of a file. */
export interface ReadPacket {
  readonly interfaceId: number;
  /** In time units of the interface. */
  readonly time: bigint;
  readonly data: Uint8Array;
  readonly originalLength: number;
  readonly comment: string | undefined;
  readonly flags: number | undefined;
}

/** The content of a file. */
export interface ReadCapture {
  readonly application: string | undefined;
  readonly interfaces: ReadInterface[];
  readonly packets: ReadPacket[];
}

/** Reads a little-endian file; throws if it violates the draft. */
export function readPcapng(file: Uint8Array): ReadCapture {
  const interfaces: ReadInterface[] = [];
  const packets: ReadPacket[] = [];
  let application: string | undefined;
  for (const [type, body] of blocksOf(file)) {
    if (type === 0x0a0d0d0a) application = readSection(body);
    else if (type === 1) interfaces.push(readInterface(body));
    else if (type === 6) packets.push(readPacket(body, interfaces.length));
    else if (type === 5) readStatistics(body, interfaces);
  }
  return { application, interfaces, packets };
}

function* blocksOf(file: Uint8Array): Generator<readonly [number, Body]> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 0; at < file.length; ) {
    const type = view.getUint32(at, true);
    const total = view.getUint32(at + 4, true);
    const isWhole = total % 4 === 0 && total >= 12 && at + total <= file.length;
    if (!isWhole) throw new Error(`length at ${at}`);
    if (view.getUint32(at + total - 4, true) !== total) throw new Error(`second length at ${at}`);
    if (at === 0 && type !== 0x0a0d0d0a) throw new Error('no section header');
    yield [type, { view, file, begin: at + 8, end: at + total - 4 }];
    at += total;
  }
}

interface Body {
  readonly view: DataView;
  readonly file: Uint8Array;
  readonly begin: number;
  readonly end: number;
}

function readSection({ view, file, begin, end }: Body): string | undefined {
  if (view.getUint32(begin, true) !== 0x1a2b3c4d) throw new Error('byte order');
  if (view.getUint16(begin + 4, true) !== 1) throw new Error('version');
  return textOf(optionsOf({ view, file, begin: begin + 16, end }).get(4));
}

function readInterface({ view, file, begin, end }: Body): ReadInterface {
  const options = optionsOf({ view, file, begin: begin + 8, end });
  return {
    linkType: view.getUint16(begin, true),
    snapLength: view.getUint32(begin + 4, true),
    name: textOf(options.get(2)),
    resolution: options.get(9)?.[0] ?? 6,
  };
}

function readPacket({ view, file, begin, end }: Body, interfaces: number): ReadPacket {
  const interfaceId = view.getUint32(begin, true);
  if (interfaceId >= interfaces) throw new Error(`interface ${interfaceId} is not described`);
  const captured = view.getUint32(begin + 12, true);
  const dataAt = begin + 20;
  const optionsAt = dataAt + Math.ceil(captured / 4) * 4;
  if (optionsAt > end) throw new Error(`packet at ${begin}`);
  const options = optionsOf({ view, file, begin: optionsAt, end });
  const flags = options.get(2);
  return {
    interfaceId,
    time: timeAt(view, begin + 4),
    data: file.slice(dataAt, dataAt + captured),
    originalLength: view.getUint32(begin + 16, true),
    comment: textOf(options.get(1)),
    flags: flags?.[0],
  };
}

function readStatistics({ view, file, begin, end }: Body, interfaces: ReadInterface[]): void {
  const options = optionsOf({ view, file, begin: begin + 12, end });
  const described = interfaces[view.getUint32(begin, true)];
  if (described === undefined) throw new Error('statistics of no interface');
  described.statistics = {
    received: uint64(options.get(4)),
    dropped: uint64(options.get(5)),
    time: timeAt(view, begin + 4),
  };
}

function optionsOf({ view, file, begin, end }: Body): Map<number, Uint8Array> {
  const options = new Map<number, Uint8Array>();
  for (let at = begin; at < end; ) {
    const code = view.getUint16(at, true);
    const length = view.getUint16(at + 2, true);
    if (code === 0) {
      if (length !== 0 || at + 4 !== end) throw new Error(`end of options at ${at}`);
      return options;
    }
    if (at + 4 + length > end) throw new Error(`option at ${at}`);
    options.set(code, file.slice(at + 4, at + 4 + length));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return options;
}

function timeAt(view: DataView, at: number): bigint {
  return (BigInt(view.getUint32(at, true)) << 32n) | BigInt(view.getUint32(at + 4, true));
}

function uint64(bytes: Uint8Array | undefined): bigint {
  if (bytes?.length !== 8) throw new Error('a count has 8 bytes');
  return new DataView(bytes.buffer).getBigUint64(0, true);
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
