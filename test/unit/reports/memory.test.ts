import { describe, expect, it } from 'vitest';
import { memoryReportPart, memoryTerminalTexts, memoryText } from '../../../reports/memory.ts';
import type { SeedResult } from '../../../reports/model.ts';

const seed = (nodes: number, nodeBytes: number, most: number, bytes: number): SeedResult =>
  ({
    memory: { nodes: { count: nodes, bytes: nodeBytes }, packets: { most, bytes } },
  }) as SeedResult;

describe('the memory of a run in its report', () => {
  it('is that of the seed that took most, for each node and packet', () => {
    const part = memoryReportPart([seed(1_000, 50e6, 2_000, 4e6), seed(1_000, 60e6, 1_000, 3e6)]);
    expect(part.memory).toEqual({
      nodes: 1_000,
      nodeBytes: 60_000,
      packets: 2_000,
      packetBytes: 2_000,
    });
    expect(memoryText(part)).toBe(
      '60 kB a node of 1 000, 2 000 B a packet of at most 2 000 packets under way',
    );
    expect(memoryTerminalTexts(part)).toEqual(['60 kB a node', '2 000 B a packet']);
  });

  it('says no number of a node below 32 MB, nor of a packet below 1,000', () => {
    const part = memoryReportPart([seed(10, 31.9e6, 999, 4e6)]);
    expect(part.memory).toEqual({ nodes: 10, nodeBytes: 0, packets: 999, packetBytes: 0 });
    expect(memoryText(part)).toBe('less than 32 MB for 10 nodes, at most 999 packets under way');
    expect(memoryTerminalTexts(part)).toEqual([]);
    expect(memoryReportPart([seed(10, 32e6, 1_000, 4e6)]).memory).toMatchObject({
      nodeBytes: 3_200_000,
      packetBytes: 4_000,
    });
  });

  it('is absent where nodes are in other processes', () => {
    expect(memoryReportPart([{} as SeedResult])).toEqual({});
    expect(memoryText({})).toBeUndefined();
  });
});
