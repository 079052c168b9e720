import { describe, expect, it } from 'vitest';
import type { Timer } from '../../../../engine/host/time.ts';
import type { StateMachine, TimerDue } from '../../../../nodes/_kit/machine.ts';
import { StateMachineRunner, type TimerUpdateMode } from '../../../../nodes/_kit/shell.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** A clock with one timer, moved by hand. */
class HandClock {
  nowNs = 0;
  dueNs = NEVER;
  made = 0;
  fired = 0;
  #fire: () => void = () => undefined;

  now(): number {
    return this.nowNs;
  }

  after(delay: number, fire: () => void): Timer {
    this.made += 1;
    this.#fire = fire;
    this.dueNs = this.nowNs + delay;
    return {
      isPending: true,
      rearm: (next): void => {
        this.dueNs = this.nowNs + next;
      },
      cancel: (): void => {
        this.dueNs = NEVER;
      },
    };
  }

  /** Lets the timer fire if it is due by `at`. */
  goTo(at: number): void {
    while (this.dueNs <= at) {
      this.nowNs = this.dueNs;
      this.dueNs = NEVER;
      this.fired += 1;
      this.#fire();
    }
    this.nowNs = at;
  }
}

/** Is due 10 ns after its last input. */
class Watchdog implements StateMachine<string, string> {
  #dueNs = NEVER;

  step(now: number, input: string | TimerDue): readonly string[] {
    if (typeof input === 'string') this.#dueNs = now + 10;
    else if (this.#dueNs > now) return [`nothing at ${now}`];
    else this.#dueNs = NEVER;
    return typeof input === 'string' ? [] : [`silence at ${now}`];
  }

  nextAt(): number {
    return this.#dueNs;
  }
}

/** Repeats each text after 10 ns, with an effect at once and two when it is due. */
class Echo implements StateMachine<string, string> {
  readonly #due: { readonly at: number; readonly text: string }[] = [];
  readonly mostAtOnce: number;

  constructor(mostAtOnce = Number.POSITIVE_INFINITY) {
    this.mostAtOnce = mostAtOnce;
  }

  step(now: number, input: string | TimerDue): readonly string[] {
    if (typeof input === 'string') {
      this.#due.push({ at: now + 10, text: input });
      return [`take ${input} at ${now}`];
    }
    const effects: string[] = [];
    for (let taken = 0; taken < this.mostAtOnce && this.nextAt() <= now; taken += 1) {
      const text = this.#due.shift()?.text ?? '';
      effects.push(`echo ${text} at ${now}`, `end ${text}`);
    }
    return effects;
  }

  nextAt(): number {
    return this.#due[0]?.at ?? NEVER;
  }
}

interface Started {
  readonly clock: HandClock;
  readonly effects: readonly string[];
  readonly shell: StateMachineRunner<string, string>;
}

type Heard = (effect: string) => string | undefined;

function started(
  machine: StateMachine<string, string>,
  heard?: Heard,
  keeping?: TimerUpdateMode,
): Started {
  const clock = new HandClock();
  const effects: string[] = [];
  const shell: StateMachineRunner<string, string> = new StateMachineRunner(
    clock,
    machine,
    (effect) => {
      effects.push(effect);
      const input = heard?.(effect);
      if (input !== undefined) shell.take(input);
    },
    keeping,
  );
  return { clock, effects, shell };
}

describe('a shell', () => {
  it('keeps one timer at the next instant of its machine', () => {
    const { clock, effects, shell } = started(new Echo());
    shell.take('a');
    clock.goTo(4);
    shell.take('b');
    expect(clock.dueNs).toBe(10);
    clock.goTo(13);
    expect(clock.dueNs).toBe(14);
    clock.goTo(20);
    expect(clock.dueNs).toBe(NEVER);
    expect(clock.made).toBe(1);
    expect(effects).toEqual([
      'take a at 0',
      'take b at 4',
      'echo a at 10',
      'end a',
      'echo b at 14',
      'end b',
    ]);
  });

  it('performs all effects of a step before it takes what they led to', () => {
    const answer: Heard = (effect) => (effect.startsWith('echo a') ? 'c' : undefined);
    const { clock, effects, shell } = started(new Echo(), answer);
    shell.take('a');
    clock.goTo(10);
    expect(effects).toEqual(['take a at 0', 'echo a at 10', 'end a', 'take c at 10']);
    expect(clock.dueNs).toBe(20);
  });

  it.each([
    ['exact', ['silence at 17']],
    ['lazy', ['nothing at 10', 'silence at 17']],
  ] as const)('keeps a timer that moves later %s', (keeping, expected) => {
    const { clock, effects, shell } = started(new Watchdog(), undefined, keeping);
    shell.take('a');
    clock.goTo(7);
    shell.take('b');
    clock.goTo(100);
    expect(effects).toEqual(expected);
  });

  it('sets its timer at the start for a machine that begins by itself', () => {
    const machine = new Echo();
    machine.step(5, 'early');
    const { clock, effects, shell } = started(machine);
    shell.start();
    clock.goTo(15);
    expect(effects).toEqual(['echo early at 15', 'end early']);
  });

  it('fires no more after a stop, even if its machine takes an input then, until it is started', () => {
    const { clock, effects, shell } = started(new Echo());
    shell.take('a');
    shell.stop();
    shell.take('b');
    clock.goTo(100);
    expect(effects).toEqual(['take a at 0', 'take b at 0']);
    shell.start();
    clock.goTo(100);
    expect(effects.slice(2)).toEqual(['echo a at 100', 'end a', 'echo b at 100', 'end b']);
  });

  it('fires as often at one instant as a machine has timers that are due', () => {
    const { clock, effects, shell } = started(new Echo(1));
    for (const text of ['a', 'b', 'c']) shell.take(text);
    clock.goTo(10);
    expect(clock.fired).toBe(3);
    expect(effects.slice(3)).toEqual(
      ['a', 'b', 'c'].flatMap((text) => [`echo ${text} at 10`, `end ${text}`]),
    );
  });

  it('refuses a machine that leaves work undone, which would fire for ever', () => {
    const { clock, shell } = started(new Echo(0));
    shell.take('a');
    expect(() => clock.goTo(10)).toThrow('a machine left work undone at 10 ns');
    expect(clock.fired).toBe(101);
  });
});
