/** Groups in nodes of the fabric, in virtual time: what an application asks for, and crashes. */
import { describe, expect, it } from 'vitest';
import {
  decodeNumberAnswer,
  decodeShowAnswer,
  encodeGroupRequest,
  type GroupRequest,
  type GroupStatus,
} from '../../../../../nodes/fabric/groups/requests.ts';
import type { PreparedRun } from '../../../../../runner/run/assemble-seed.ts';
import { loadText, prepare, SECOND } from '../../../runner/fixture.ts';

interface Answer {
  readonly outcome: string;
  readonly body: Uint8Array;
}

/** Three nodes on a line of lossy links, the owner in the middle. */
class Line {
  readonly #run: PreparedRun;
  #now = 0;

  constructor(more = '') {
    const scenario = loadText(`
name: groups
topology:
  name: line
  defaults:
    node: { run: datagram }
    link: { rate: 10Mbit/s, delay: 5ms, jitter: 2ms, loss: 30%, mtu: 1500B }
  nodes: [{ name: ada }, { name: bob }, { name: cyd }]
  links: [{ ends: ada <-> bob }, { ends: ada <-> cyd }]
stack: [{ on: "*", run: fabric, options: { handler: none } }]
duration: 1000s
warmup: 0s
${more}
`);
    this.#run = prepare(scenario);
    this.pass(1);
  }

  pass(seconds: number): void {
    this.#now += seconds * SECOND;
    this.#run.world.sim.runUntil(this.#now);
  }

  /** Asks a node, and waits for 20 s. */
  ask(node: string, request: GroupRequest | Uint8Array): Answer {
    const body = request instanceof Uint8Array ? request : encodeGroupRequest(request);
    let answer: Answer = { outcome: '', body: new Uint8Array(0) };
    const respond = (outcome: string, bytes: Uint8Array = new Uint8Array(0)): void => {
      answer = { outcome, body: bytes.slice() };
    };
    this.#run.world.request(node, { kind: 'group', target: '', body, respond }, 'fabric');
    this.pass(20);
    return answer;
  }

  shown(node: string, number: number): GroupStatus | undefined {
    return decodeShowAnswer(this.ask(node, { kind: 'show', group: { owner: 'ada', number } }).body);
  }
}

describe('an application', () => {
  it('founds a group, votes, and reads the same result at every node', () => {
    const line = new Line();
    const created = line.ask('ada', { kind: 'create', members: ['bob', 'cyd'] });
    expect(created.outcome).toBe('ok');
    const number = decodeNumberAnswer(created.body) ?? 0;
    const group = { owner: 'ada', number };
    const text = 'tea?';
    const request = { kind: 'propose', group, rule: 'majority', lifetimeMs: 0, text } as const;
    expect(decodeNumberAnswer(line.ask('bob', request).body)).toBe(1);
    for (const name of ['bob', 'cyd']) {
      expect(line.ask(name, { kind: 'cast', group, vote: 1, isYes: true }).outcome).toBe('ok');
    }
    const result = { outcome: 'accepted', yes: 2, no: 0, electors: 3 };
    for (const name of ['ada', 'bob', 'cyd']) {
      expect(line.shown(name, number)?.votes).toMatchObject([{ proposal: { text }, result }]);
    }
  });

  it('finds its group after a crash of its node', () => {
    const line = new Line('events: [{ at: 100s, for: 5s, crash: bob, store: torn }]');
    const created = line.ask('ada', { kind: 'create', members: ['bob', 'cyd'] });
    const number = decodeNumberAnswer(created.body) ?? 0;
    line.pass(100);
    const members = ['ada', 'bob', 'cyd'];
    expect(line.shown('bob', number)).toEqual({ epoch: 1, members, votes: [] });
  });

  it('is refused what is no request', () => {
    const line = new Line();
    expect(line.ask('ada', Uint8Array.of(0x80))).toMatchObject({ outcome: 'bad-request' });
    const group = { owner: 'ada', number: 1 };
    expect(line.ask('bob', { kind: 'leave', group }).outcome).toBe('unknown-group');
  });
});
