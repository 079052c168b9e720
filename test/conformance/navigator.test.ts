/**
 * Fabric with a navigator over several lowest protocols: classes of messages, the budget of privacy, and what carries
 * them (nodes/navigator/README.md).
 *
 * @module
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SimHost } from '../../engine/net/sim-host.ts';
import type { SeedResult } from '../../reports/model.ts';
import { fourWith, WITHOUT_BUS } from './lowest.ts';
import { deliveryOf, runText } from './stack.ts';

afterEach(() => vi.restoreAllMocks());

/** The options of a navigator; what each way costs is declared. */
const navigator = (more: string): string =>
  `navigator: { ${more}, costs: {
        gateway: { latency: 20ms, energy: 0.8, reliability: 99%, epsilon: 0.1 },
        mixnet: { latency: 700ms, energy: 2, reliability: 98%, epsilon: 5 },
        dtn: { latency: 30s, energy: 0.1, reliability: 99.9%, epsilon: 0 } } }`;
/** The change of the text that makes the messages private. */
const PRIVATE = ['tolerant: true', 'private: true'] as const;
const ALL = 'ways: [gateway, mixnet, dtn]';

/** Runs a scenario, and counts the packets of fabric by their carrier. */
async function run(text: string): Promise<{
  readonly result: SeedResult;
  readonly carried: Readonly<Record<string, number>>;
}> {
  const down = vi.spyOn(SimHost.prototype, 'callDown');
  const result = await runText(text);
  const calls = [...down.mock.calls];
  const carried: Record<string, number> = { gateway: 0, mixnet: 0, dtn: 0 };
  down.mockRestore();
  for (const [{ protocol }] of calls) carried[protocol] = (carried[protocol] ?? 0) + 1;
  return { result, carried };
}

describe('a fabric with a navigator', () => {
  it('sends private messages through the mixnet alone', async () => {
    const { result, carried } = await run(fourWith(`${ALL}, ${navigator('budget: 1')}`, [PRIVATE]));
    const [delivered, sent] = deliveryOf(result, 'fabric');
    expect(delivered).toBe(sent);
    expect(carried['mixnet']).toBeGreaterThan(sent);
    expect([carried['gateway'], carried['dtn']]).toEqual([0, 0]);
  });

  it('sends private messages by bundles that the mixnet carries', async () => {
    const text = fourWith(`ways: [gateway, dtn], ${navigator('budget: 1')}`, [
      PRIVATE,
      [
        'run: dtn, over: links, options: { router: static',
        'run: dtn, over: mixnet, options: { router: direct',
      ],
      WITHOUT_BUS,
    ]);
    const { result, carried } = await run(text);
    const [delivered, sent] = deliveryOf(result, 'fabric');
    expect(delivered).toBe(sent);
    expect(carried['gateway']).toBe(0);
    // Each packet of fabric is one of dtn, and a receipt comes back.
    expect(carried['mixnet']).toBeGreaterThan(carried['dtn'] as number);
  });

  it('refuses private messages without a way that hides', async () => {
    const text = fourWith(`ways: [gateway, dtn], ${navigator('budget: 1')}`, [PRIVATE]);
    const { result, carried } = await run(text);
    expect(result.messages?.submitted).toBeGreaterThan(20);
    expect(result.messages?.refused).toEqual({ 'not-private': result.messages?.submitted });
    expect(result.nodeDrops['not-private']).toBe(result.messages?.submitted);
    expect(carried).toEqual({ gateway: 0, mixnet: 0, dtn: 0 });
  });

  it('R-164: refuses messages once the budget of privacy of their destination is spent', async () => {
    const text = fourWith(`ways: [gateway], ${navigator('budget: 1')}`);
    const { result } = await run(text);
    const { submitted = 0, delivered, refused, open } = result.messages ?? {};
    expect([delivered, open]).toEqual([10, 0]);
    expect(refused).toEqual({ 'privacy-spent': submitted - 10 });
  });

  it('R-081: sends urgent messages by gateway, and others by the way that takes least energy', async () => {
    const options = `${ALL}, ${navigator('budget: 100')}`;
    const urgent = await run(fourWith(options, [['tolerant: true', 'priority: expedited']]));
    const [delivered, sent] = deliveryOf(urgent.result, 'fabric');
    expect(delivered).toBe(sent);
    expect(urgent.carried['gateway']).toBeGreaterThanOrEqual(sent);
    const usual = await run(fourWith(options));
    expect(deliveryOf(usual.result, 'fabric')).toEqual([sent, sent]);
    expect(usual.carried['dtn']).toBeGreaterThanOrEqual(sent);
    // Nothing but answers to what the peer has sent.
    expect(usual.carried['gateway']).toBe(0);
  });
});
