import { describe, expect, it } from 'vitest';
import type { NodeHandle } from '../../../../engine/host/protocol.ts';
import {
  AgentAskHandler,
  type AgentAskHandlerParts,
} from '../../../../runner/distributed/agent/agent-asks.ts';

/** The statuses of nodes that say so much. */
function statusesOf(nodes: readonly object[]): ReturnType<AgentAskHandler['statuses']> {
  const handles = nodes.map((status, index): [string, NodeHandle] => [
    `n${index}`,
    { start: () => undefined, status: () => ({ ...status }) },
  ]);
  const parts = {
    world: { call: (_node: string, _kind: string, code: () => unknown): unknown => code() },
    experiment: { nodes: new Map(handles) },
  };
  return new AgentAskHandler(parts as unknown as AgentAskHandlerParts).statuses();
}

describe('statuses of the nodes of an agent', () => {
  it('filled the memory with 64 kB of each of 1,000 nodes: 4 MB of a look are shown', () => {
    const words = 'x'.repeat(60_000);
    const statuses = statusesOf(Array.from({ length: 1_000 }, () => ({ words })));
    const leftOut = Object.values(statuses).filter(({ error }) => error !== undefined);
    expect([Object.keys(statuses).length, leftOut.length]).toEqual([1_000, 934]);
    expect(statuses['n999']).toEqual({ error: 'left out: the statuses before it fill 4 MB' });
  });

  it('that are too long are named, and take no room of others', () => {
    expect(statusesOf([{ words: 'x'.repeat(70_000) }, { up: true }])).toEqual({
      n0: { error: 'the status has more than 65536 bytes' },
      n1: { up: true },
    });
  });
});
