/**
 * A viewer watches a run on several event loops, and one with several processes: it receives what
 * nodes do and what is measured while the run is in progress, from all of them.
 */
import { MessageChannel } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import type { SeedResult } from '../../reports/model.ts';
import type { Report } from '../../reports/report-schema.ts';
import type { DistributedRunRequest } from '../../runner/distributed/coordinator/distributed-run.ts';
import type { BroadcastBlocks, BroadcastMessage } from '../../runner/recording/broadcast.ts';
import { GrowingSource } from '../../viz/format/growing-source.ts';
import { openTrace } from '../../viz/format/trace-file.ts';
import { good, inflateNode } from '../unit/viz/format/trace-lab.ts';
import { blockOf, CABLE, cleanUp, pings, reportOn, spread, write } from './support.ts';

afterAll(cleanUp);

const CUT = 'events: [{ at: 800ms, for: 300ms, link: alice--bob, set: { up: false } }]';
const LAYOUTS: readonly (readonly [string, DistributedRunRequest['processes'], string])[] = [
  ['event loops', { loops: 2 }, '2 loops'],
  ['processes', 'node', '2 processes'],
];

/**
 * Runs pings on a link that is cut for a while; returns everything that the run sends to viewers.
 */
async function watched(
  name: string,
  n: number,
  processes: DistributedRunRequest['processes'],
): Promise<{ readonly messages: readonly BroadcastMessage[]; readonly report: Report }> {
  write(`${name}.yaml`, CABLE, blockOf(n));
  const file = write(`${name}-pings.yaml`, `${pings(`${name}.yaml`, '4s')}${CUT}\n`);
  const { port1, port2: port } = new MessageChannel();
  const messages: BroadcastMessage[] = [];
  const closed = new Promise((done) => port1.once('close', done));
  port1.on('message', (message: BroadcastMessage) => messages.push(message));
  const broadcast = { port, pending: new SharedArrayBuffer(4) };
  const run = await spread(file, { processes, recordingsOf: () => ({ broadcast }) });
  const report = reportOn(await run.end);
  await closed;
  return { messages, report };
}

function resultsIn(messages: readonly BroadcastMessage[]): readonly SeedResult[] {
  return messages.flatMap((one) => (one.kind === 'measured' ? [one.result] : []));
}

describe.concurrent.each(LAYOUTS)('a watched run on %s', (name, processes, layout) => {
  it('shows its faults and what it measured so far while it goes on', async () => {
    const n = 60 + LAYOUTS.findIndex(([other]) => other === name);
    const { messages, report } = await watched(name.replace(' ', '-'), n, processes);
    expect(report.layout).toBe(layout);
    const [begin] = messages;
    if (begin?.kind !== 'begin') throw new Error('the run does not begin');
    expect(begin).toMatchObject({ run: 'pings', hasPackets: false });
    const source = new GrowingSource();
    source.push(begin.head);
    const trace = good(await openTrace(source, inflateNode));
    const early = messages.findIndex((one) => one.kind === 'blocks' && one.nowNs > 2e9);
    const blocks = messages
      .slice(0, early + 1)
      .filter((one): one is BroadcastBlocks => one.kind === 'blocks');
    for (const { lasting } of blocks) {
      if (lasting.length > 0) expect(await trace.grow(source.push(lasting))).toBeUndefined();
    }
    // The cut and its end are received before the run has ended.
    expect(good(await trace.rows('fault', 0, 2e9))).not.toEqual([]);
    const results = resultsIn(messages);
    const [first, last] = [results[0], results.at(-1)];
    expect(results.length).toBeGreaterThan(1);
    // Packets of both nodes are received, although they run in other threads or processes.
    expect(first?.packets.sent).toBeGreaterThan(20);
    expect(last?.packets.sent).toBeGreaterThan(first?.packets.sent ?? 0);
    expect(last?.packets.sent).toBeLessThanOrEqual(report.packets.sent);
    const { 'ping.delivery': delivery } = last?.metrics ?? {};
    const lost = delivery?.kind === 'ratio' ? delivery.denominator - delivery.numerator : 0;
    // 30 packets were sent while the link was cut.
    expect(lost).toBeGreaterThan(10);
    expect(messages.at(-1)?.kind).toBe('end');
  });
});
