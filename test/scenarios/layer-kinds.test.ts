/**
 * A run with bundles over each convergence layer: every message arrives, and the end of the run asserts that all are
 * accounted for (docs/spec/message-accounts.md). A layer that is missing here does not compile.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { DtnOptions } from '../../nodes/dtn/index.ts';
import { loadText, run } from '../unit/runner/fixture.ts';

/** Loss of the links, in layers that send again what is lost. */
const LAYERS: Readonly<Record<DtnOptions['layer'], string>> = {
  udpcl: '0%',
  tcpcl: '5%',
  ltp: '5%',
  mesh: '0%',
};

const textOf = (layer: string, loss: string): string => `
name: layers
topology:
  name: chain
  defaults: { node: { run: dtn }, link: { rate: 10Mbit/s, delay: 20ms, loss: ${loss} } }
  nodes: [{ name: a }, { name: b }, { name: c }]
  links: [{ ends: a <-> b }, { ends: b <-> c }]
options: { dtn: { layer: ${layer} } }
duration: 30s
drain: 90s
traffic: [{ from: a, to: c, kind: constant, rate: 10/s, size: 200B, stop: 20s, tolerant: true }]
`;

describe('every message is accounted for', () => {
  it.each(Object.entries(LAYERS))('of bundles over %s', (layer, loss) => {
    const { messages } = run(loadText(textOf(layer, loss)));
    expect(messages?.submitted).toBeGreaterThan(100);
    expect(messages?.delivered).toBe(messages?.submitted);
  });
});
