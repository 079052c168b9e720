import { describe, expect, it } from 'vitest';
import type { MessageTotals } from '../../../../reports/model.ts';
import { load, run } from '../../runner/fixture.ts';

const FILE = 'dtn-tutorial.yaml';

function account(set: Readonly<Record<string, string>>): MessageTotals | undefined {
  return run(load(FILE, { duration: '40s', ...set }), 1).messages;
}

describe('the account of bundles', () => {
  it('adds up when all arrive', () => {
    expect(account({})).toMatchObject({ submitted: 27, delivered: 27, lost: {}, open: 0 });
  });

  it('has those that a link lost', () => {
    const messages = account({ 'topology.links.3.loss': '50%' });
    const lost = messages?.lost['loss'] ?? 0;
    expect(lost).toBeGreaterThan(0);
    expect(messages).toMatchObject({ submitted: 27, delivered: 27 - lost, open: 0 });
  });

  it('has those that expired, at the source and on the way', () => {
    // After 20 s, bundles wait at d until 30 s.
    const messages = account({ 'traffic.0.lifetime': '4s', 'options.d.double': 'roundabout' });
    expect(messages?.lost['expired']).toBeGreaterThan(0);
    expect(messages?.open).toBe(0);
  });

  it('has those that a crash took, with the node that held them', () => {
    const messages = account({ events: '[{ at: 27s, for: 1s, crash: d }]' });
    expect(messages?.lost['node-crashed']).toBeGreaterThan(2);
    expect(messages?.open).toBe(0);
  });

  it('has those that still wait at the end', () => {
    const messages = account({ duration: '27s', drain: '1s', 'traffic.0.stop': '26s' });
    expect(messages?.open).toBeGreaterThan(2);
    expect(messages?.lost).toEqual({});
  });

  it('ends a run in which a node swallows bundles', () => {
    expect(() => account({ 'options.dtn.double': 'swallowing' })).toThrow('c holds 0, but');
  });
});
