/** Why a gateway is not well, in virtual time: each reason, and none where the node cannot know it. */
import { describe, expect, it } from 'vitest';
import { load, prepare, SECOND } from '../../../runner/fixture.ts';

type Overrides = Readonly<Record<string, string>>;

interface Status {
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: an answer of any kind
  readonly peers: any;
}

const QUIET = { 'traffic.0.rate': '1/s', 'traffic.0.stop': '1s' } as const;
const COMPUTED = { ...QUIET, duration: '20s', warmup: '3s', events: '[]' } as const;
const DISCOVERED = {
  ...{ 'traffic.0.rate': '1/s', 'traffic.0.start': '10s', 'traffic.0.stop': '11s', events: '[]' },
} as const;

/** The statuses of gateway-111 after some times, s. */
function statuses(file: string, overrides: Overrides, ...atS: readonly number[]): Status[] {
  const { world } = prepare(load(file, overrides));
  return atS.map((seconds) => {
    world.sim.runUntil(seconds * SECOND);
    let status = {} as Status;
    world.request('gateway-111', {
      ...{ kind: 'status', target: '', body: new Uint8Array(0) },
      respond: (_, text) => {
        status = JSON.parse(Buffer.from(text ?? []).toString()) as Status;
      },
    });
    return status;
  });
}

describe('a gateway with paths from the topology', () => {
  it('has no reason while its peer answers, and no guess once the peer is silent', () => {
    const events = '[{ at: 5s, for: 10s, crash: gateway-211 }]';
    const [before, after] = statuses('failover.yaml', { ...COMPUTED, events }, 4, 9);
    expect([before?.reasons, before?.warnings]).toEqual([[], []]);
    expect(after?.reasons).toEqual(['gateway-211 answers on none of 3 paths']);
  });

  it('says that its policy excludes all paths', () => {
    const policy = {
      'options.gateway-111.policy':
        '{ acl: ["- 2-ff00:0:220", "- 2-ff00:0:230", "- 2-ff00:0:210", "+"] }',
    };
    const [status] = statuses('failover.yaml', { ...COMPUTED, ...policy }, 4);
    expect(status?.reasons).toEqual(['no path to gateway-211: the policy excludes all 3']);
  });

  it('says whose clock is off by how much, and that frames are refused for it', () => {
    const clock = (step: string): Overrides => ({
      ...COMPUTED,
      events: `[{ at: 4s, clock: { node: gateway-211, step: ${step} } }]`,
    });
    const [before, ahead] = statuses('failover.yaml', clock('20s'), 3, 6);
    expect([before?.reasons, before?.warnings, ahead?.reasons]).toEqual([[], [], []]);
    expect(ahead?.warnings).toEqual(['the clock of gateway-211 is 20.0 s ahead of ours']);
    const [far] = statuses('failover.yaml', clock('400s'), 6);
    expect(far?.reasons).toEqual([
      'the clock of gateway-211 is 400.0 s ahead of ours: its frames are refused',
    ]);
    const [behind] = statuses('failover.yaml', clock('-90s'), 6);
    expect(behind?.warnings).toEqual(['the clock of gateway-211 is 90.0 s behind ours']);
  });
});

describe('a gateway with a control service', () => {
  const crash = (at: string, length: string): Overrides => ({
    ...DISCOVERED,
    events: `[{ at: ${at}, for: ${length}, crash: control-111 }]`,
  });

  it('says that there are no segments yet, and then nothing', () => {
    const [early, , late] = statuses('scion-failover.yaml', DISCOVERED, 1, 5, 12);
    expect(early?.reasons).toEqual([
      'no path to gateway-211: the control service knows no segments that lead there',
    ]);
    expect([late?.reasons, late?.warnings]).toEqual([[], []]);
    expect(late?.peers[0].paths[0].source).toBe('control-service');
  });

  it('says that the control service does not answer', () => {
    const [status] = statuses('scion-failover.yaml', crash('1ms', '40s'), 20);
    expect(status?.reasons[0]).toMatch(
      /^no path to gateway-211: the control service has not answered for 1\d s$/,
    );
  });

  it('warns that paths are from the cache, while they work and nobody renews them', () => {
    const [status, later] = statuses('scion-failover.yaml', crash('14s', '12s'), 25, 65);
    expect(status?.reasons).toEqual([]);
    expect(status?.warnings[0]).toMatch(
      /^paths to gateway-211 are not renewed: the control service has not answered for \d+ s/,
    );
    expect(status?.peers[0].paths[0].source).toBe('cache');
    expect(later?.warnings).toEqual([]);
    expect(later?.peers[0].paths[0].source).toBe('control-service');
  });

  it('says that all paths are revoked', () => {
    const cut = (link: string): string => `{ at: 14s, link: "${link}", set: { up: false } }`;
    const links = [1, 2, 3].map((one) => cut(`core-1${one}0 <-> br-111-${one}`));
    const events = `[${links.join(', ')}]`;
    const [status] = statuses('scion-failover.yaml', { ...DISCOVERED, events }, 25);
    expect(status?.reasons).toEqual(['no path to gateway-211: all 3 are revoked']);
  });
});
