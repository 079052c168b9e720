import { describe, expect, it } from 'vitest';
import type { MessageObserver } from '../../../engine/host/protocol.ts';
import {
  PURPOSE_CONTENT,
  PURPOSE_COVER,
  PURPOSE_FOREIGN,
  PURPOSE_REACTION,
} from '../../../reports/privacy/truth/truth.ts';
import {
  joinMessageObservers,
  MessageObservers,
} from '../../../runner/privacy/message-observer.ts';

const NODES = ['alice', 'mix', 'bob'];
/** A protocol with words of its own. */
const POST = {
  name: 'post',
  messageKinds: { letter: 'content', receipt: 'reaction', junk: 'cover' },
} as const;

function watch(limit?: number): {
  readonly observers: MessageObservers;
  readonly at: (timeNs: number) => void;
  readonly journey: () => readonly string[];
} {
  let now = 0;
  const bound = limit === undefined ? {} : { limit };
  const observers = new MessageObservers({
    nodes: NODES,
    protocols: new Map(NODES.map((name) => [name, POST])),
    now: (): number => now,
    ...bound,
  });
  const words = ['created', 'arrived', 'departed', 'delivered', 'absorbed', 'dropped'];
  return {
    observers,
    at: (timeNs): void => {
      now = timeNs;
    },
    journey: (): readonly string[] => {
      const { events } = observers.truth();
      return Array.from({ length: events.count }, (_, i) => {
        const node = NODES[events.node[i] ?? 0];
        return `${events.atNs[i]} ${words[events.code[i] ?? 0]} ${events.message[i]} ${node}`;
      });
    },
  };
}

describe('the observers of a run', () => {
  it('follow a message through its keys, with node and time', () => {
    const { observers, at, journey } = watch();
    observers.of('alice').created(11, 'letter', 'bob');
    at(5);
    observers.of('mix').arrived(11);
    at(8);
    observers.of('mix').departed(11, 22);
    at(9);
    observers.of('bob').arrived(22);
    observers.of('bob').ended(22, 'delivered');
    expect(journey()).toEqual([
      '0 created 0 alice',
      '5 arrived 0 mix',
      '8 departed 0 mix',
      '9 arrived 0 bob',
      '9 delivered 0 bob',
    ]);
    const { messages } = observers.truth();
    expect([messages.sender[0], messages.recipient[0]]).toEqual([0, 2]);
  });

  it('read why a message exists from what its protocol declares, not from the word for it', () => {
    const { observers } = watch();
    for (const [key, kind] of ['letter', 'receipt', 'junk'].entries()) {
      observers.of('alice').created(key, kind, 'bob');
    }
    const { purpose } = observers.truth().messages;
    expect([...purpose.subarray(0, 3)]).toEqual([PURPOSE_CONTENT, PURPOSE_REACTION, PURPOSE_COVER]);
  });

  it('counted a kind that the protocol never declared as cover', () => {
    const { observers } = watch();
    expect(() => observers.of('alice').created(11, 'payload', 'bob')).toThrow(
      'post declares no kind of message with the name payload',
    );
  });

  it('take the drop of a copy for that of the copy, not of the message', () => {
    const { observers, journey } = watch();
    observers.of('alice').created(11, 'letter', 'bob');
    observers.of('mix').arrived(11);
    observers.of('mix').arrived(11);
    observers.of('mix').ended(11, 'dropped');
    observers.of('mix').departed(11, 22);
    expect(journey().map((line) => line.split(' ')[1])).toEqual(['created', 'arrived', 'departed']);
  });

  it('count what nobody made as foreign, late replays among it', () => {
    const { observers } = watch();
    observers.of('alice').created(11, 'letter', 'bob');
    observers.of('mix').arrived(11);
    observers.of('mix').departed(11, 22);
    observers.of('mix').arrived(11);
    observers.of('mix').ended(11, 'dropped');
    const { messages } = observers.truth();
    expect(messages.count).toBe(2);
    expect(messages.purpose[1]).toBe(PURPOSE_FOREIGN);
  });

  it('know which message has a key now, and who made it', () => {
    const { observers } = watch();
    observers.of('alice').created(11, 'letter', 'bob');
    observers.of('mix').arrived(11);
    observers.of('mix').departed(11, 22);
    observers.of('mix').arrived(33);
    expect([11, 22, 33].map((key) => observers.messageOf(key))).toEqual([-1, 0, 1]);
    expect([11, 22, 33].map((key) => observers.makerOf(key))).toEqual([
      undefined,
      'alice',
      undefined,
    ]);
  });

  it('ignore departures and ends of messages that are not there', () => {
    const { observers, journey } = watch();
    observers.of('alice').created(11, 'letter', 'bob');
    observers.of('mix').departed(11, 22);
    observers.of('mix').ended(33, 'dropped');
    expect(journey()).toEqual(['0 created 0 alice']);
  });

  it('stop at their bound and say from when on', () => {
    const { observers, at } = watch(3);
    for (let i = 0; i < 5; i += 1) {
      at(i * 10);
      observers.of('alice').created(i, 'letter', 'bob');
    }
    const { events, fullNs } = observers.truth();
    expect(events.count).toBe(3);
    expect(fullNs).toBe(30);
  });
});

describe('several observers of a node', () => {
  it('are told the same in the same order; one is not wrapped, none is none', () => {
    const told: string[] = [];
    const listener = (name: string, listens: boolean): MessageObserver => ({
      ...(listens
        ? { accepted: (message): unknown => told.push(`${name} accepted ${message}`) }
        : {}),
      created: (...what): unknown => told.push(`${name} created ${what.join(' ')}`),
      arrived: (key): unknown => told.push(`${name} arrived ${key}`),
      departed: (inKey, outKey): unknown => told.push(`${name} departed ${inKey} ${outKey}`),
      copied: (key, copyKey): unknown => told.push(`${name} copied ${key} ${copyKey}`),
      ended: (key, how): unknown => told.push(`${name} ended ${key} ${how}`),
    });
    const both = joinMessageObservers([listener('a', true), listener('b', false)]);
    both?.accepted?.(7);
    both?.created(1, 'letter', 'bob', 7);
    both?.arrived(1);
    both?.copied?.(1, 3);
    both?.departed(1, 2);
    both?.ended(2, 'delivered');
    const each = [
      ...['created 1 letter bob 7', 'arrived 1', 'copied 1 3'],
      ...['departed 1 2', 'ended 2 delivered'],
    ];
    const expected = each.flatMap((what) => [`a ${what}`, `b ${what}`]);
    expect(told).toEqual(['a accepted 7', ...expected]);
    const alone = listener('c', true);
    expect(joinMessageObservers([alone])).toBe(alone);
    expect(joinMessageObservers([])).toBeUndefined();
  });
});
