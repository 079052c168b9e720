/**
 * Messages and calls that wait for an application, and those for which it comes too late.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import type { ArrivedMessage, CallAnswer } from '../../../../nodes/fabric/effects.ts';
import { ApplicationDelivery } from '../../../../nodes/fabric/subscriber-node.ts';

const ID_BYTES = 16;

/** The id of a message with this number. */
function idOf(number: number): Uint8Array {
  return new Uint8Array(ID_BYTES).fill(number);
}

function arrival(number: number, more: Partial<ArrivedMessage> = {}): ArrivedMessage {
  return {
    number,
    id: idOf(number),
    kind: 'message',
    payload: new Uint8Array(0),
    priority: 1,
    envelope: Uint8Array.of(number),
    deadlineNs: 1_000,
    isAgain: false,
    ...more,
  };
}

/** Handlers of messages with a clock, and an application that asks. */
class Application {
  nowNs = 0;
  readonly drops: string[] = [];
  /** Numbers that count as handled, with the kind of the answer. */
  readonly handled: (readonly [number, CallAnswer['kind'] | undefined])[] = [];
  readonly subscribers = new ApplicationDelivery({
    now: (): number => this.nowNs,
    drop: (reason): void => void this.drops.push(reason),
    handled: (_from, number, answer): void => void this.handled.push([number, answer?.kind]),
  });

  isFull = false;
  #outcomes: string[] = [];
  #room: (() => void) | undefined;
  #cancel: (() => void) | undefined;

  /** Outcomes of one request; `next` gives the number of the next message, if one is there. */
  ask(kind: string, target = ''): readonly string[] {
    this.#outcomes = [];
    if (kind === 'next' && this.#room !== undefined) this.#room();
    else this.open(kind === 'next' ? 'messages' : kind, target);
    return this.#outcomes;
  }

  open(kind: string, target = ''): void {
    this.subscribers.request({
      kind,
      target,
      body: new Uint8Array(0),
      more: (body) => {
        if (this.isFull) return 'full';
        this.#outcomes.push(`ok ${body[1]}${body[0] === 1 ? ' again' : ''}`);
        return 'ok';
      },
      onRoom: (room) => {
        this.#room = room;
      },
      onCancel: (cancel) => {
        this.#cancel = cancel;
      },
      respond: (outcome) => this.#outcomes.push(outcome),
    });
  }

  /** The application is gone. */
  leave(): void {
    this.#room = undefined;
    this.#cancel?.();
  }
}

describe('what a peer sent before it lost its memory', () => {
  it('waited until deadlines that the peer chose, without bound, and confirmed others by its number', () => {
    const application = new Application();
    for (let number = 1; number <= 100; number += 1) {
      application.subscribers.add('alice', arrival(number, { deadlineNs: 1e15 }));
    }
    application.subscribers.add('carol', arrival(7));
    expect(application.ask('next')).toEqual(['ok 1']);
    application.subscribers.forget('alice');
    expect(application.subscribers.waiting).toBe(1);
    expect(application.drops).toHaveLength(99);
    expect(application.ask('next')).toEqual(['ok 7']);
    expect(application.handled).toEqual([]);
  });

  it('is not answered any more', () => {
    const application = new Application();
    application.subscribers.add('alice', arrival(1, { kind: 'call' }));
    expect(application.ask('next')).toEqual(['ok 1']);
    application.subscribers.forget('alice');
    expect(application.ask('answer', toHex(idOf(1)))).toEqual(['unknown-call']);
    expect(application.handled).toEqual([]);
  });
});

describe('a message that waits for an application', () => {
  it('is handed out until its deadline, and counts as handled when the next one is asked for', () => {
    const application = new Application();
    application.subscribers.add('bob', arrival(1));
    application.nowNs = 999;
    expect(application.ask('next')).toEqual(['ok 1']);
    expect(application.handled).toEqual([]);
    application.ask('next');
    expect([application.handled, application.drops]).toEqual([[[1, undefined]], []]);
  });

  it('was handed out although its deadline was over, and its sender told so', () => {
    const application = new Application();
    application.subscribers.add('bob', arrival(1));
    application.subscribers.add('bob', arrival(2, { kind: 'call' }));
    application.subscribers.add('bob', arrival(3, { deadlineNs: 1_001 }));
    application.nowNs = 1_000;
    expect(application.ask('next')).toEqual(['ok 3']);
    expect(application.drops).toEqual(['not-taken', 'not-taken']);
    // Never handled: a sender whose clock is behind must not hear that it was.
    application.ask('next');
    expect(application.handled).toEqual([[3, undefined]]);
  });
});

describe('messages that nobody takes', () => {
  it('were kept for ever where no application asks', () => {
    const application = new Application();
    for (let number = 1; number <= 10_000; number += 1) {
      application.nowNs = number;
      application.subscribers.add('bob', arrival(number, { deadlineNs: number + 100 }));
      expect(application.subscribers.waiting).toBeLessThanOrEqual(202);
    }
    expect(application.drops.length + application.subscribers.waiting).toBe(10_000);
    expect(application.ask('next')[0]).toMatch(/^ok /);
    expect(application.handled).toEqual([]);
  });

  it('are all kept until their deadlines', () => {
    const application = new Application();
    for (let number = 1; number <= 200; number += 1)
      application.subscribers.add('bob', arrival(number));
    for (let number = 1; number <= 200; number += 1) {
      expect(application.ask('next')).toEqual([`ok ${number}`]);
    }
    expect(application.drops).toEqual([]);
  });
});

describe('a call that was handed out', () => {
  it('is answered until its deadline', () => {
    const application = new Application();
    application.subscribers.add('bob', arrival(1, { kind: 'call' }));
    application.ask('next');
    application.nowNs = 999;
    expect(application.ask('answer', toHex(idOf(1)))).toEqual(['ok']);
    expect(application.handled).toEqual([[1, 'reply']]);
    expect(application.ask('answer', toHex(idOf(1)))).toEqual(['unknown-call']);
  });

  it('is unknown from its deadline on, and forgotten although nobody answers it', () => {
    const application = new Application();
    for (const number of [1, 2, 3]) {
      application.subscribers.add('bob', arrival(number, { kind: 'call', deadlineNs: number }));
      application.ask('next');
    }
    expect(application.subscribers.open).toBe(3);
    application.nowNs = 2;
    expect(application.ask('answer', toHex(idOf(1)))).toEqual(['unknown-call']);
    expect(application.subscribers.open).toBe(1);
    expect(application.ask('refuse', toHex(idOf(3)))).toEqual(['ok']);
    expect(application.handled).toEqual([[3, 'refusal']]);
  });
});

it('one request waits for messages; a second one is told so', () => {
  const application = new Application();
  const outcomes = application.ask('next');
  application.open('messages');
  application.subscribers.add('bob', arrival(1, { isAgain: true }));
  application.subscribers.add('bob', arrival(2));
  expect(outcomes).toEqual(['already-waiting', 'ok 1 again']);
});

it('what an application had when it left was lost until a restart; it goes to the next one, as again', () => {
  const application = new Application();
  application.subscribers.add('bob', arrival(1));
  application.subscribers.add('bob', arrival(2, { kind: 'call' }));
  expect(application.ask('next')).toEqual(['ok 1']);
  application.leave();
  expect(application.handled).toEqual([]);
  expect(application.ask('next')).toEqual(['ok 1 again']);
  expect(application.ask('next')).toEqual(['ok 2']);
  expect(application.handled).toEqual([[1, undefined]]);
  application.leave();
  expect(application.subscribers.open).toBe(0);
  expect(application.ask('next')).toEqual(['ok 2 again']);
  application.ask('answer', toHex(idOf(2)));
  application.leave();
  expect(application.ask('next')).toEqual([]);
});

it('a message for which the application has no room stays', () => {
  const application = new Application();
  application.isFull = true;
  application.ask('next');
  application.subscribers.add('bob', arrival(1));
  application.isFull = false;
  expect(application.subscribers.waiting).toBe(1);
  expect(application.ask('next')).toEqual(['ok 1 again']);
  expect(application.handled).toEqual([]);
});

describe('messages whose sender gives them up to send others', () => {
  it('waited until deadlines that the peer chose, as many as it liked', () => {
    const application = new Application();
    for (let number = 1; number <= 10_000; number += 1) {
      application.subscribers.add('alice', arrival(number, { deadlineNs: 1e15 }));
    }
    expect(application.subscribers.waiting).toBeLessThanOrEqual(2 * 1_024);
    expect(application.drops).toHaveLength(10_000 - application.subscribers.waiting);
    expect(new Set(application.drops)).toEqual(new Set(['given-up']));
  });

  it('waited with all their bytes', () => {
    const application = new Application();
    const envelope = new Uint8Array(40_000_000);
    for (let number = 1; number <= 20; number += 1) {
      application.subscribers.add('alice', arrival(number, { deadlineNs: 1e15, envelope }));
    }
    expect(application.subscribers.waiting).toBeLessThanOrEqual(7);
    application.subscribers.add('carol', arrival(1, { deadlineNs: 1e15 }));
    expect(application.drops).not.toContain('not-taken');
  });

  it('left a deadline behind for each call that was answered', () => {
    const application = new Application();
    for (let number = 1; number <= 5_000; number += 1) {
      const id = new Uint8Array(16);
      new DataView(id.buffer).setUint32(0, number);
      const call = { kind: 'call', id, deadlineNs: 1e15 } as const;
      application.subscribers.add('alice', arrival(number & 255, call));
      application.ask('next');
      application.ask('answer', toHex(id));
    }
    expect(application.subscribers.open).toBe(0);
    expect(application.subscribers.ends).toBeLessThanOrEqual(1_024);
  });

  it('left calls with an application that never answers', () => {
    const application = new Application();
    for (let number = 1; number <= 66_000; number += 1) {
      const id = new Uint8Array(16);
      new DataView(id.buffer).setUint32(0, number);
      application.subscribers.add('alice', arrival(1, { kind: 'call', id, deadlineNs: 1e15 }));
      application.ask('next');
    }
    expect(application.subscribers.open).toBe(65_536);
    expect(application.drops).toHaveLength(66_000 - 65_536);
  });
});
