/** What an agent refuses in an assignment before it reads it. */
import { describe, expect, it } from 'vitest';
import {
  agentAssignmentShape,
  agentScenario,
} from '../../../../runner/distributed/messages/assignment-shape.ts';
import { loadText } from '../fixture.ts';

const TEXT = `
name: ip
question: What does an assignment say?
topology: scion-default.yaml
duration: 2s
traffic:
  - { from: gateway-111, to: gateway-211, kind: ip, version: ipv6, rate: 1/s, size: 80B }
kpis: {}
`;

/** What is wrong with an assignment whose flow has other values. */
function wrongWith(change: Readonly<Record<string, unknown>>): string | undefined {
  const scenario = agentScenario(loadText(TEXT), 'own-topology');
  const traffic = scenario.traffic.map((flow) => ({ ...flow, ...change }));
  const assignment = {
    hosts: ['gateway-111'],
    scenario: { ...scenario, traffic },
    seed: 1,
    run: 'abad1deaabad1dea',
    bundle: { roots: {}, shared: {}, publicKeys: {}, published: {} },
    shape: 'links',
    precision: 'low',
    nextSequence: [0],
  };
  return agentAssignmentShape(assignment, 'assignment');
}

describe('the traffic of an assignment', () => {
  it('may be IP packets that have room for headers and truth, and whose length fits its field', () => {
    expect(wrongWith({})).toBeUndefined();
    expect(wrongWith({ sizeBytes: 65_535 })).toBeUndefined();
    expect(wrongWith({ sizeBytes: 79 })).toContain('has IP packets of 79 bytes');
    expect(wrongWith({ sizeBytes: 65_536 })).toContain('has IP packets of 65536 bytes');
    expect(wrongWith({ sizeBytes: 32, ip: undefined })).toBeUndefined();
    expect(wrongWith({ ip: 'ipv5' })).toContain('ip');
  });
});
