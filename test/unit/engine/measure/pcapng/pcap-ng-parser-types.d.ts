/** The part of pcap-ng-parser 1.0.0 that the test uses; the package has no types. */
declare module 'pcap-ng-parser' {
  import type { Transform } from 'node:stream';

  interface ParsedPacket {
    readonly interfaceId: number;
    readonly timestampHigh: number;
    readonly timestampLow: number;
    readonly data: Buffer;
  }
  interface ParsedInterface {
    readonly linkType: number;
    readonly snapLen: number;
    readonly name?: string;
  }
  interface Parser extends Transform {
    on(event: 'data', listener: (packet: ParsedPacket) => void): this;
    on(event: 'interface', listener: (described: ParsedInterface) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
  }
  const PcapNgParser: new () => Parser;
  // biome-ignore lint/style/noDefaultExport: the package is CommonJS, its exports are the default.
  export default PcapNgParser;
}
