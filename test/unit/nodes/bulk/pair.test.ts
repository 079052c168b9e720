/**
 * Both machines of bulk, joined without a world: streams that break with what is under way, disks
 * that fail, and nodes that crash and return with what their disks have confirmed.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { StateMachineRunner } from '../../../../nodes/_kit/shell.ts';
import {
  type IncomingEffect,
  type IncomingInput,
  IncomingMachine,
} from '../../../../nodes/bulk/incoming.ts';
import { Outbox } from '../../../../nodes/bulk/outbox.ts';
import {
  type OutgoingEffect,
  type OutgoingInput,
  OutgoingMachine,
} from '../../../../nodes/bulk/outgoing.ts';
import { FixedLengthReader, IncomingStreamReader } from '../../../../nodes/bulk/pieces.ts';
import { decodePacketNumber, encodePacket } from '../../../../nodes/bulk/wire.ts';
import { VirtualClock } from '../../../fixtures/virtual-clock.ts';

const MS = 1_000_000;
const SECOND = 1_000_000_000;
const DELAY_NS = 10 * MS;

/** A disk: what is put is lost in a crash unless a sync has confirmed it. */
class Disk {
  #table = new Map<string, Uint8Array>();
  #durable = new Map<string, Uint8Array>();
  get(key: string): Uint8Array | undefined {
    return this.#table.get(key);
  }
  put(key: string, value: Uint8Array): void {
    this.#table.set(key, value.slice());
  }
  /** Takes a picture, which the returned function confirms. */
  begin(): () => void {
    const picture = new Map(this.#table);
    return (): void => {
      this.#durable = picture;
    };
  }
  crash(): void {
    this.#table = new Map(this.#durable);
  }
}

/** One stream, whose ends stop hearing of each other when it breaks. */
interface Wire {
  isOpen: boolean;
  readonly toReceiver: IncomingStreamReader;
  readonly toSender: FixedLengthReader;
}

type Sender = StateMachineRunner<OutgoingInput<number>, OutgoingEffect<number>>;
type Receiver = StateMachineRunner<IncomingInput<Wire>, IncomingEffect<Wire>>;

class Pair {
  readonly clock = new VirtualClock();
  readonly random = openRandomStream(7, 'bulk', 'pair');
  readonly answered: number[] = [];
  readonly delivered: number[] = [];
  readonly #disks = { sender: new Disk(), receiver: new Disk() };
  /** Chance that a stream breaks with a write, and a write of a disk fails. */
  trouble = 0.02;
  #wire: Wire | undefined;
  #sender = this.#makeSender();
  #receiver = this.#makeReceiver();

  /** Packets that were withdrawn after they had been answered. */
  readonly withdrawn: number[] = [];
  readonly refused: number[] = [];

  send(number: number, lifetimeNs = Number.POSITIVE_INFINITY): void {
    const bytes = encodePacket(Uint8Array.of(number >> 8, number & 255));
    const request = { kind: 'request', bytes, lifetimeNs } as const;
    this.#sender.take({ ...request, request: number });
  }

  crash(who: 'sender' | 'receiver'): void {
    this.#disks[who].crash();
    this.#break();
    if (who === 'receiver') this.#receiver = this.#makeReceiver();
    else {
      this.#sender = this.#makeSender();
      this.#sender.take({ kind: 'start' });
    }
  }

  #makeSender(): Sender {
    const randomBytes = (length: number): Uint8Array =>
      new Uint8Array(length).map(() => this.random.below(256));
    const parts = { store: this.#disks.sender, peer: 'b', randomBytes };
    const outbox = new Outbox({ ...parts, now: this.clock.nowNs });
    const machine = new OutgoingMachine<number>(outbox, this.random);
    const shell: Sender = new StateMachineRunner(this.clock, machine, (effect) => {
      // What a crashed node had under way comes to nothing.
      if (this.#sender !== shell) return;
      if (effect.kind === 'respond' || effect.kind === 'settled') this.#note(effect);
      else if (effect.kind === 'sync') this.#sync('sender', shell);
      else if (effect.kind === 'connect') this.#later(() => this.#connect(shell));
      else if (effect.kind === 'write') {
        const { bytes } = effect;
        this.#carry((wire) => wire.toReceiver.read(bytes, 0, bytes.length));
        shell.take({ kind: 'room' });
      }
    });
    return shell;
  }

  #note(effect: OutgoingEffect<number> & { readonly kind: 'respond' | 'settled' }): void {
    if (effect.kind === 'settled') {
      if (effect.how === 'abandoned') this.withdrawn.push(numberIn(effect.packet));
    } else if (effect.outcome === 'ok') this.answered.push(effect.request);
    else if (effect.outcome === 'queue-full') this.refused.push(effect.request);
  }

  #makeReceiver(): Receiver {
    const machine = new IncomingMachine<Wire>(this.#disks.receiver.get('a'));
    const shell: Receiver = new StateMachineRunner(this.clock, machine, (effect) => {
      if (effect.kind === 'deliver') {
        this.delivered.push(numberIn(effect.packet));
      } else if (effect.kind === 'sync') {
        this.#disks.receiver.put('a', effect.record);
        this.#sync('receiver', shell);
      } else if (effect.kind === 'write') {
        const { bytes } = effect;
        this.#carry((wire) => wire.toSender.read(bytes, 0, bytes.length));
      }
    });
    return shell;
  }

  #sync(who: 'sender' | 'receiver', shell: Sender | Receiver): void {
    const confirm = this.#disks[who].begin();
    this.#later(() => {
      if (shell !== this.#sender && shell !== this.#receiver) return;
      const isFailed = this.random.chance(this.trouble);
      if (!isFailed) confirm();
      shell.take({ kind: isFailed ? 'sync-failed' : 'synced' });
    });
  }

  #connect(shell: Sender): void {
    if (shell !== this.#sender) return;
    if (this.random.chance(this.trouble)) {
      shell.take({ kind: 'closed' });
      return;
    }
    const receiver = this.#receiver;
    const wire: Wire = {
      isOpen: true,
      toReceiver: new IncomingStreamReader(
        (hello) => receiver.take({ kind: 'greeted', stream: wire, hello }),
        (packet) => receiver.take({ kind: 'packet', stream: wire, packet }),
      ),
      toSender: new FixedLengthReader(6, (piece) =>
        shell.take({ kind: 'confirmed', number: decodePacketNumber(piece) }),
      ),
    };
    this.#wire = wire;
    shell.take({ kind: 'opened' });
  }

  /** Brings bytes to the other end, unless the stream breaks before. */
  #carry(arrive: (wire: Wire) => void): void {
    const wire = this.#wire;
    if (wire === undefined) return;
    this.#later(() => {
      if (wire.isOpen) arrive(wire);
    });
    if (this.random.chance(this.trouble)) this.#later(() => this.#wire === wire && this.#break());
  }

  #break(): void {
    const wire = this.#wire;
    if (wire === undefined) return;
    wire.isOpen = false;
    this.#wire = undefined;
    const sender = this.#sender;
    const receiver = this.#receiver;
    this.#later(() => {
      sender.take({ kind: 'closed' });
      receiver.take({ kind: 'closed', stream: wire });
    });
  }

  #later(fire: () => void): void {
    this.clock.after(DELAY_NS, fire);
  }
}

function numberIn(packet: Uint8Array): number {
  return ((packet[0] ?? 0) << 8) | (packet[1] ?? 0);
}

describe('two machines of bulk', () => {
  it('bring each packet that was answered once and in order, whatever breaks', () => {
    const pair = new Pair();
    for (let number = 0; number < 2000; number += 1) {
      pair.send(number);
      pair.clock.runUntil(pair.clock.nowNs + 5 * MS);
      if (number % 100 === 50) pair.crash(number % 200 === 50 ? 'sender' : 'receiver');
    }
    pair.trouble = 0;
    pair.clock.runUntil(pair.clock.nowNs + 10 * SECOND);
    const { answered, delivered } = pair;
    expect(new Set(delivered).size).toBe(delivered.length);
    expect(delivered).toEqual([...delivered].sort((one, other) => one - other));
    const missing = answered.filter((number) => !delivered.includes(number));
    expect(missing).toEqual([]);
    // A crash of the sender takes what was not on its disk yet, and nothing else.
    expect(answered.length).toBeGreaterThan(1900);
    expect(answered.length).toBeLessThan(2000);
  });

  it('bring or withdraw each packet with a lifetime, and never both, whatever breaks', () => {
    const pair = new Pair();
    pair.trouble = 0.1;
    for (let number = 0; number < 2000; number += 1) {
      pair.send(number, number % 3 === 0 ? undefined : 100 * MS);
      pair.clock.runUntil(pair.clock.nowNs + 5 * MS);
    }
    pair.trouble = 0;
    pair.clock.runUntil(pair.clock.nowNs + 10 * SECOND);
    const { answered, delivered, withdrawn, refused } = pair;
    expect(delivered).toEqual([...delivered].sort((one, other) => one - other));
    const ends = [...delivered, ...withdrawn, ...refused];
    expect(ends.toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 2000 }, (_, number) => number),
    );
    expect(withdrawn.filter((number) => number % 3 === 0)).toEqual([]);
    expect(answered.filter((number) => withdrawn.includes(number)).length).toBeGreaterThan(50);
    expect(delivered.length).toBeGreaterThan(500);
  });
});
