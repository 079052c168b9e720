import { describe, expect, it } from 'vitest';
import { buildChain, runChain } from '../../../../bench/chain.ts';
import {
  decrementHopLimit,
  HEADER_BYTES,
  headerChecksum,
  readTarget,
  writeHeader,
} from '../../../../bench/packet-header.ts';

describe('workload (b): the 10-hop chain (docs/spec/workloads.md#b-chain-of-ten-hops, check 2)', () => {
  it('delivers packet k at 10,084,320 + (k - 1) * 8,432 ns with two events per packet and hop', () => {
    const result = runChain(buildChain(), 20_000);
    expect(result).toMatchObject({
      firstNs: 10_084_320,
      lastNs: 178_715_888,
      packetHops: 200_000,
      events: 400_000,
    });
  });

  it('is the same run twice', () => {
    const run = (): string => runChain(buildChain(), 500).fingerprint;
    expect(run()).toBe(run());
  });
});

describe('the header that the workloads rewrite', () => {
  it('keeps its checksum right over all hops (RFC 1624)', () => {
    const header = new Uint8Array(HEADER_BYTES);
    for (let target = 0; target < 65_536; target += 257) {
      writeHeader(header, { target, length: 1_054, identification: target ^ 0x5555 });
      expect(readTarget(header, 0)).toBe(target);
      let hops = 0;
      while (decrementHopLimit(header, 0)) {
        hops += 1;
        expect((header[10]! << 8) | header[11]!).toBe(headerChecksum(header, 0));
      }
      expect(hops).toBe(63);
    }
  });
});
