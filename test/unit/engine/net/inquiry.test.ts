import { describe, expect, it } from 'vitest';
import type { NodeRequest } from '../../../../engine/host/host.ts';
import { type OpenRequest, PARTED_REQUESTS_MAX } from '../../../../engine/net/inquiry.ts';
import type { SimHost } from '../../../../engine/net/sim-host.ts';
import { makeWorld } from './world-fixture.ts';

const QUESTION = { kind: 'parts', target: '', body: new Uint8Array(0) };

/** A host, what its asker got, and how many parts the asker still takes. */
class Asked {
  readonly got: string[] = [];
  readonly requests: NodeRequest[] = [];
  readonly world = makeWorld();
  readonly host: SimHost = this.world.addHost({ name: 'a', address: '127.0.0.1' });
  room = 0;

  constructor() {
    this.host.onRequest((request) => void this.requests.push(request));
  }

  ask(question: typeof QUESTION & { readonly deadlineNs?: number } = QUESTION): OpenRequest {
    return this.host.request(question, {
      respond: (outcome, body) =>
        this.got.push(`${outcome}${body === undefined ? '' : ` ${body}`}`),
      more: (body) => {
        if (this.room === 0) return 'full';
        this.room -= 1;
        this.got.push(`part ${body}`);
        return 'ok';
      },
    });
  }
}

const bytes = (value: number): Uint8Array => Uint8Array.of(value);

describe('an answer in parts', () => {
  it('comes in order, and stops while the asker is full', () => {
    const asked = new Asked();
    asked.room = 2;
    const open = asked.ask();
    const [request] = asked.requests;
    let next = 1;
    const give = (): void => {
      while (next <= 3 && request?.more(bytes(next)) === 'ok') next += 1;
      if (next > 3) request?.respond('ok', bytes(9));
    };
    request?.onRoom(give);
    give();
    expect(asked.got).toEqual(['part 1', 'part 2']);
    asked.room = 1;
    open.room();
    expect(asked.got).toEqual(['part 1', 'part 2', 'part 3', 'ok 9']);
    expect(() => request?.more(bytes(4))).toThrow('a part came after the answer');
    expect(() => request?.respond('again')).toThrow('twice');
  });

  it('is full from the start for an asker that takes none', () => {
    const asked = new Asked();
    const outcomes: string[] = [];
    asked.host.request(QUESTION, { respond: (outcome) => outcomes.push(outcome) });
    expect(asked.requests[0]?.more(bytes(1))).toBe('full');
    asked.requests[0]?.respond('ok');
    expect(outcomes).toEqual(['ok']);
  });

  it('is thrown away when the asker has left, and the node hears of that once', () => {
    const asked = new Asked();
    asked.room = 9;
    const open = asked.ask({ ...QUESTION, deadlineNs: 7 });
    const [request] = asked.requests;
    expect(request?.deadlineNs).toBe(7);
    let cancels = 0;
    request?.onCancel(() => {
      cancels += 1;
    });
    open.cancel();
    open.cancel();
    open.room();
    expect(cancels).toBe(1);
    expect(request?.more(bytes(1))).toBe('full');
    request?.respond('ok');
    expect(asked.got).toEqual([]);
  });

  it('went on for a node that asked only after the asker had left whether it has', () => {
    const asked = new Asked();
    const calls: string[] = [];
    asked.ask().cancel();
    asked.requests[0]?.onCancel(() => calls.push('cancel'));
    expect(calls).toEqual(['cancel']);
    asked.ask();
    asked.requests[1]?.respond('ok');
    asked.requests[1]?.onCancel(() => calls.push('cancel an answered one'));
    asked.ask().cancel();
    asked.world.crash('a');
    asked.requests[2]?.onCancel(() => calls.push('cancel after a crash'));
    expect(calls).toEqual(['cancel']);
  });

  it('of a node that crashes is `node-down`, and the node hears no more', () => {
    const asked = new Asked();
    asked.room = 9;
    const open = asked.ask();
    const calls: string[] = [];
    asked.requests[0]?.onCancel(() => calls.push('cancel'));
    asked.requests[0]?.onRoom(() => calls.push('room'));
    asked.requests[0]?.more(bytes(1));
    asked.world.crash('a');
    asked.world.restart('a');
    open.room();
    open.cancel();
    expect([asked.got, calls]).toEqual([['part 1', 'node-down'], []]);
  });

  it('is refused where too many wait for theirs, until one has it', () => {
    const asked = new Asked();
    for (let count = 0; count < PARTED_REQUESTS_MAX; count += 1) asked.ask();
    asked.ask();
    expect(asked.got).toEqual(['busy']);
    asked.requests[0]?.respond('ok');
    asked.ask();
    expect(asked.got).toEqual(['busy', 'ok']);
    expect(asked.requests).toHaveLength(PARTED_REQUESTS_MAX + 1);
  });
});
