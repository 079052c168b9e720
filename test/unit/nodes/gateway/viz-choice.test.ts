/** The drawing of why a gateway's packets take the path that they take. */
import { expect, it } from 'vitest';
import { PATH_IN_USE_TRACE, PATH_QUALITY_TRACE } from '../../../../nodes/_kit/path-states.ts';
import {
  CANDIDATE_TRACE,
  SENDING_TRACE,
  type TracedCandidate,
} from '../../../../nodes/gateway/trace-states.ts';
import { drawChoice, hasCandidates } from '../../../../nodes/gateway/viz-choice.ts';
import type { DrawingInput, NodeState } from '../../../../viz/format/drawing.ts';
import { DOUBLE_INPUT } from '../../viz/double-viz.ts';

const CANDIDATE = {
  hops: 8,
  mtu: 1472,
  expiresNs: 61e9,
  source: 'control-service',
  share: 0,
  queueUs: 0,
} as const;

function input(
  paths: Readonly<Record<string, Pick<TracedCandidate, 'reason' | 'baseRttUs' | 'revoked'>>>,
  inUse: string,
): DrawingInput {
  const states = new Map<string, string>();
  for (const [path, candidate] of Object.entries(paths)) {
    const key = { path, peer: 'b' };
    const value = { ...CANDIDATE, ...candidate };
    states.set(CANDIDATE_TRACE.machine.write(key), CANDIDATE_TRACE.state.write(value));
    const quality = { health: 'alive', role: 'warm', rttUs: 1, jitterUs: 1, loss: 0 } as const;
    states.set(PATH_QUALITY_TRACE.machine.write(key), PATH_QUALITY_TRACE.state.write(quality));
  }
  states.set(PATH_IN_USE_TRACE.machine.write({ peer: 'b' }), inUse);
  const node = { number: 0, name: 'a', protocol: 'gateway', states };
  return { ...DOUBLE_INPUT, width: 900, nodes: [node] };
}

it('says for each path what speaks for it or against it, the one in use first', () => {
  const of = input(
    {
      slow: { reason: 'not-better', baseRttUs: 24_000, revoked: 'no' },
      used: { reason: 'start', baseRttUs: 20_000, revoked: 'no' },
      gone: { reason: 'scmp', baseRttUs: null, revoked: 'yes' },
    },
    'used',
  );
  expect(hasCandidates(of)).toBe(true);
  const { title, summary, table } = drawChoice(of);
  expect(title).toMatch(/^a → b uses used: it had the best score/);
  expect(summary).toContain('gone was reported down by SCMP');
  expect(table.rows.map((row) => [row[1], row[2], row[4], row[9], row[10]])).toEqual([
    ['used', 'yes', 20_000, 'no', 'start'],
    ['slow', 'no', 24_000, 'no', 'not-better'],
    ['gone', 'no', null, 'yes', 'scmp'],
  ]);
  expect(hasCandidates({ ...DOUBLE_INPUT, nodes: [] })).toBe(false);
});

it('says why packets left the path before, and when none is in use', () => {
  const used = { reason: 'probe-loss', baseRttUs: 20_000, revoked: 'no' } as const;
  expect(drawChoice(input({ used }, 'used')).title).toBe(
    'a → b uses used: it took over from one that does not answer probes',
  );
  expect(drawChoice(input({ used }, 'none')).title).toBe('a → b uses no path');
});

it('says which share of packets and which classes take a path, and how its queue grows', () => {
  const of = input({ used: { reason: 'start', baseRttUs: 20_000, revoked: 'no' } }, 'used');
  const [node] = of.nodes;
  const states = new Map(node?.states);
  const key = { path: 'used', peer: 'b' };
  const used = { reason: 'start', baseRttUs: 20_000, revoked: 'no' } as const;
  const grown = { ...CANDIDATE, ...used, share: 60, queueUs: 2_500 };
  states.set(CANDIDATE_TRACE.machine.write(key), CANDIDATE_TRACE.state.write(grown));
  const classes = [
    { name: 'voice', path: 'used' },
    { name: 'bulk', path: null },
  ];
  const sending = SENDING_TRACE.state.write({ strategy: 'striping', classes });
  states.set(SENDING_TRACE.machine.write(key), sending);
  const { table } = drawChoice({ ...of, nodes: [{ ...node, states } as NodeState] });
  expect(table.rows[0]?.slice(-3)).toEqual([
    60,
    2_500,
    'striping: 60 % of packets; class voice; queue grew by 2.50 ms',
  ]);
});
