import { describe, expect, it } from 'vitest';
import { counter, load, run } from '../../runner/fixture.ts';

const SHORT = { duration: '2s', warmup: '0s' };

describe('two ping nodes', () => {
  it('deliver every body and measure twice the delay of the link', () => {
    const result = run(load('hello.yaml', SHORT));
    expect(counter(result, 'ping.requests')).toBe(199);
    expect(counter(result, 'ping.lost')).toBe(0);
    expect(counter(result, 'ping.corrupted')).toBe(0);
    const rtt = result.metrics['ping.rtt'];
    if (rtt?.kind !== 'histogram') throw new Error('no round trips');
    // 5 ms each way, plus 108 bytes out and 8 bytes back (plus 28 bytes of IP and UDP if the link
    // counts them) at 10 Mbit/s.
    expect(rtt.data.count).toBe(199);
    expect(rtt.data.min).toBeGreaterThan(10_000_000);
    expect(rtt.data.max).toBeLessThan(10_200_000);
  });

  it('count a request as lost when its reply takes longer than the time-out', () => {
    const late = { ...SHORT, 'options.ping.timeout': '8ms' };
    const result = run(load('hello.yaml', late));
    expect(counter(result, 'ping.lost')).toBe(199);
    expect(result.nodeDrops).toEqual({ 'unexpected-reply': 199 });
  });
});
