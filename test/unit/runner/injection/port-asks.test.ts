/** Questions over the port of a run: its side, and the near end. */
import { describe, expect, it, vi } from 'vitest';
import type { AskAnswerReceiver } from '../../../../runner/asks/ask.ts';
import type {
  AskReport,
  InjectionPort,
  RunCounts,
  RunPortReport,
} from '../../../../runner/injection/messages.ts';
import { PortAskHandler } from '../../../../runner/injection/port-asks.ts';
import { RunPortClient } from '../../../../runner/injection/run-port-client.ts';
import type { Undo } from '../../../../runner/world.ts';
import type { AskSpec } from '../../../../scenarios/fault-parts.ts';
import { load } from '../fixture.ts';

const SPEC: AskSpec = { node: 'alice', kind: 'flush', target: 'bob', body: '', withinNs: 1e9 };
const OK = { outcome: 'ok', tookNs: 5, parts: 1, bytes: 1 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Put {
  readonly spec: AskSpec;
  readonly taker: AskAnswerReceiver;
}

/** A run of alice and bob that answers nothing by itself. */
function run(scenario = load('hello.yaml')): {
  asks: PortAskHandler;
  news: AskReport[];
  puts: Put[];
  undone: string[];
} {
  const news: AskReport[] = [];
  const puts: Put[] = [];
  const undone: string[] = [];
  const asks = new PortAskHandler({
    scenario,
    experiment: {
      put: (spec, taker): Undo => {
        puts.push({ spec, taker });
        return (): void => void undone.push(spec.kind);
      },
    },
    world: {
      metrics: (): RunCounts['metrics'] => ({ 'ping.lost': { kind: 'counter', value: 2 } }),
      nodeDrops: (): RunCounts['drops'] => ({ late: 1 }),
    },
    tell: (one): void => void news.push(one),
  });
  return { asks, news, puts, undone };
}

describe('questions over the port of a run', () => {
  it('go to the node, whose answer comes back in copies of its parts and an end', () => {
    const { asks, news, puts } = run();
    asks.hear({ kind: 'ask', number: 7, spec: SPEC });
    const part = bytes('1');
    puts[0]?.taker.part?.(part);
    part.fill(0);
    puts[0]?.taker.ended(OK);
    expect(news).toEqual([
      { kind: 'part', number: 7, body: bytes('1') },
      { kind: 'answer', number: 7, answer: OK },
    ]);
    expect([puts[0]?.spec, asks.asked]).toEqual([SPEC, 1]);
  });

  it('are given up when nobody waits any more, and at most 64 wait', () => {
    const { asks, news, puts, undone } = run();
    for (let number = 1; number <= 65; number += 1) asks.hear({ kind: 'ask', number, spec: SPEC });
    expect(news).toMatchObject([{ kind: 'answer', number: 65, answer: { outcome: 'busy' } }]);
    asks.hear({ kind: 'unask', number: 1 });
    expect(undone).toEqual(['flush']);
    puts[0]?.taker.ended({ ...OK, outcome: 'cancelled' });
    asks.hear({ kind: 'unask', number: 1 });
    asks.hear({ kind: 'ask', number: 66, spec: SPEC });
    expect([undone.length, puts.length]).toEqual([1, 65]);
  });

  it('of statuses are answered when the last node has, in the order of the file', () => {
    const { asks, news, puts } = run();
    asks.hear({ kind: 'statuses', number: 1 });
    const [alice, bob] = puts;
    bob?.taker.part?.(bytes('{"peers"'));
    bob?.taker.part?.(bytes(':1}'));
    bob?.taker.ended(OK);
    expect(news).toEqual([]);
    alice?.taker.part?.(bytes('no JSON'));
    alice?.taker.ended(OK);
    const nodes = { alice: { error: 'the status is not JSON' }, bob: { peers: 1 } };
    expect(news).toEqual([{ kind: 'statuses', number: 1, nodes }]);
    expect(asks.asked).toBe(0);
    asks.hear({ kind: 'statuses', number: 2, node: 'nobody' });
    expect(news[1]).toEqual({ kind: 'statuses', number: 2, nodes: {} });
    asks.hear({ kind: 'statuses', number: 3, node: 'bob' });
    puts[2]?.taker.ended({ ...OK, outcome: 'node-down' });
    expect(news[2]).toMatchObject({ nodes: { bob: { error: 'node-down' } } });
  });

  it('of a status that was too deep for the port ended the run; one that has no end is cut', () => {
    const { asks, news, puts } = run();
    asks.hear({ kind: 'statuses', number: 1 });
    const [alice, bob] = puts;
    alice?.taker.part?.(bytes(`${'['.repeat(40)}${']'.repeat(40)}`));
    alice?.taker.ended(OK);
    for (let part = 0; part < 3; part += 1) bob?.taker.part?.(bytes(' '.repeat(40_000)));
    bob?.taker.ended(OK);
    expect(news[0]).toMatchObject({
      nodes: {
        alice: { error: 'the status is deeper than 32' },
        bob: { error: 'the status has more than 65536 bytes' },
      },
    });
  });

  it('of 1,000 nodes filled the memory with 64 kB of each: 4 MB of a look are shown', () => {
    const hello = load('hello.yaml');
    const [alice] = hello.topology.hosts;
    const hosts = Array.from({ length: 1_000 }, (_, index) => ({ ...alice!, name: `n${index}` }));
    const { asks, news, puts } = run({ ...hello, topology: { ...hello.topology, hosts } });
    asks.hear({ kind: 'statuses', number: 1 });
    const text = bytes(JSON.stringify({ words: 'x'.repeat(60_000) }));
    for (const { taker } of puts) {
      taker.part?.(text);
      taker.ended(OK);
    }
    const nodes = (news[0] as Extract<AskReport, { kind: 'statuses' }>).nodes;
    const leftOut = Object.values(nodes).filter(({ error }) => `${error}`.startsWith('left out'));
    expect([Object.keys(nodes).length, leftOut.length]).toEqual([1_000, 934]);
    expect(JSON.stringify(nodes).length).toBeLessThan(4_200_000);
  });

  it('of all nodes share one look that is under way', () => {
    const { asks, news, puts } = run();
    for (let number = 1; number <= 100; number += 1) asks.hear({ kind: 'statuses', number });
    expect(puts).toHaveLength(2);
    for (const { taker } of puts) taker.ended({ ...OK, outcome: 'node-down' });
    expect(news).toHaveLength(64);
    asks.hear({ kind: 'statuses', number: 101 });
    expect(puts).toHaveLength(4);
  });

  it('count what all nodes have counted; a run in virtual time only looks', () => {
    const { asks, news, puts } = run();
    asks.inspect({ kind: 'counts', number: 1 });
    asks.inspect({ kind: 'ask', number: 2, spec: SPEC });
    const metrics = { 'ping.lost': { kind: 'counter', value: 4 } };
    expect(news).toEqual([{ kind: 'counts', number: 1, metrics, drops: { late: 1 } }]);
    expect(puts).toEqual([]);
  });
});

describe('the near end of the port', () => {
  const answer: RunPortReport = { kind: 'answer', number: 1, answer: OK };

  /** A line to a run that has begun, and what comes back for its first order. */
  async function opened(): Promise<{
    line: RunPortClient;
    port: InjectionPort['port'];
    got: (string | undefined)[];
  }> {
    const line = new RunPortClient(null);
    const { port } = line.open();
    port.postMessage({ kind: 'ready', paths: [] } satisfies RunPortReport);
    await vi.waitFor(() => expect(line.isOpen).toBe(true));
    const got: (string | undefined)[] = [];
    line.send({ kind: 'ask', spec: SPEC }, (news) => got.push(news?.kind));
    return { line, port, got };
  }

  it('says at once that no run takes orders', () => {
    const got: unknown[] = [];
    new RunPortClient(null).send({ kind: 'statuses' }, (news) => got.push(news));
    expect(got).toEqual([undefined]);
  });

  it('passes on all parts and the end, and nothing after that', async () => {
    const { line, port, got } = await opened();
    const part: RunPortReport = { kind: 'part', number: 1, body: bytes('1') };
    for (const news of [part, part, answer, answer]) port.postMessage(news);
    await vi.waitFor(() => expect(got).toEqual(['part', 'part', 'answer']));
    expect(line.giveUp(1)).toBe(false);
    line.close();
    expect(got).toHaveLength(3);
  });

  it('gives an order up, which the run is told', async () => {
    const { line, port, got } = await opened();
    const heard: unknown[] = [];
    port.on('message', (order: unknown) => heard.push(order));
    expect(line.giveUp(1)).toBe(true);
    await vi.waitFor(() => expect(heard).toHaveLength(2));
    expect(heard[1]).toEqual({ kind: 'unask', number: 1 });
    line.close();
    expect(got).toEqual([]);
  });

  it('takes the last words of a run that is over, and ends who still waits', async () => {
    const { line, port, got } = await opened();
    const others: unknown[] = [];
    line.send({ kind: 'counts' }, (news) => others.push(news));
    port.postMessage(answer);
    line.close();
    expect([got, others, line.isOpen]).toEqual([['answer'], [undefined], false]);
  });
});
