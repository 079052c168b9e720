import { describe, expect, it } from 'vitest';
import { AgentProcess } from '../../../../runner/distributed/processes/agent-process.ts';
import {
  groupHostsByProcess,
  layoutText,
  processEntries,
} from '../../../../runner/distributed/processes/layout.ts';
import { load } from '../fixture.ts';

describe('layout', () => {
  it('has a process for each node, or for each machine', () => {
    const scenario = load('hello.yaml');
    expect(groupHostsByProcess(scenario, 'node')).toEqual([['alice'], ['bob']]);
    const hosts = scenario.topology.hosts.map((host) => ({ ...host, machine: 'one' }));
    const topology = { ...scenario.topology, hosts };
    expect(groupHostsByProcess({ topology }, 'machine')).toEqual([['alice', 'bob']]);
  });

  it('is named as people say it', () => {
    expect([layoutText([1]), layoutText([1, 2])]).toEqual(['1 process', '2 processes']);
    expect(layoutText([1, 2], 'loop')).toBe('2 loops');
  });

  it('tells operators of the processes that live, and which took the place of another', () => {
    const [dead, other, again, late] = ['bob', 'alice', 'bob', 'carol'].map(
      (name, id) => new AgentProcess(id, [name], undefined),
    ) as [AgentProcess, AgentProcess, AgentProcess, AgentProcess];
    Object.assign(dead, { state: 'dead', pid: 1 });
    Object.assign(other, { state: 'ready', pid: 2, operatorPort: 9_100 });
    Object.assign(again, { state: 'connected', pid: 3 });
    expect(processEntries([dead, other, again, late])).toEqual([
      { nodes: ['alice'], pid: 2, operatorPort: 9_100, isRestart: false },
      { nodes: ['bob'], pid: 3, operatorPort: null, isRestart: true },
    ]);
  });
});
