/**
 * Agents of delay-tolerant networking that meet when a check lets them: real agents with routers and
 * stores, but without links and sockets. The check decides how time passes.
 *
 * @module
 */
import type { CalendarTime } from '../../../engine/host/time.ts';
import { TIMER_DUE } from '../../../nodes/_kit/machine.ts';
import {
  type AgentEffect,
  type AgentInput,
  BundleAgent,
  CORRECT_BEHAVIOUR,
  type DtnOptions,
  dtnConfig,
  HostEids,
  LinkOutlet,
  makeRouter,
} from '../../../nodes/dtn/index.ts';

const S = 1_000_000_000;
/** Unix time at which the network starts, s: 2026-01-01T00:00:00Z. */
const EPOCH_S = 1_767_225_600;
const NAMES = ['a', 'b', 'c', 'd'];

/** Length of the number at the start of each message that is long enough, bytes. */
const NUMBER_BYTES = 4;
/** How long two nodes are together in {@link MeetingAgents.touch}, ns. */
const TOUCH_NS = 1_000_000;

/**
 * Agents of some nodes. They exchange bundles while the caller keeps two of them in contact; at
 * first, none are in contact.
 */
export class MeetingAgents {
  readonly #agents: ReadonlyMap<string, BundleAgent<string>>;
  /** Pairs of nodes that are in contact, as `a b`. */
  readonly #open = new Set<string>();
  /** Links that lose all bundles, as `a b` for the link from a to b. */
  readonly lossy = new Set<string>();
  readonly delivered: string[] = [];
  /** The number of each message that was delivered, from 0 in the order of sending. */
  readonly deliveredNumbers: number[] = [];
  readonly drops: string[] = [];
  /** Number of messages that their sending nodes have accepted. */
  accepted = 0;
  /**
   * A deliberate mistake: each bundle whose number is a multiple of this disappears on its way; 0 for
   * none.
   */
  everyLost = 0;
  /** A deliberate mistake: one in this many deliveries repeats the previous message instead; 0 for none. */
  everySwapped = 0;
  #handed = 0;
  #messages = 0;
  /** Counters of the nodes' metrics, by names such as `a dtn.reported`. */
  readonly counts: Record<string, number> = {};
  /**
   * Lengths of the bundles that were sent on each link, bytes; the key is `a b` for the link from a to
   * b.
   */
  readonly sent: Record<string, number[]> = {};
  now = 0;
  /** Longest bundle that a link carries, bytes. */
  readonly #maxBytes: number;

  constructor(
    options: Partial<DtnOptions> & { readonly maxBytes?: number },
    rateBps = 1e9,
    names: readonly string[] = NAMES,
  ) {
    this.#maxBytes = options.maxBytes ?? 1e6;
    const parsed = { ...dtnConfig.parse({}), ...options };
    this.#agents = new Map(
      names.map((own) => [own, this.#agent(own, names, { options: parsed, rateBps })]),
    );
  }

  /** Sends a message. */
  send(from: string, to: string, bytes = 100): void {
    const body = new Uint8Array(bytes);
    if (bytes >= NUMBER_BYTES) new DataView(body.buffer).setUint32(0, this.#messages);
    this.#messages += 1;
    this.#step(from, { kind: 'send', request: 'r', to, body, wishes: {} });
  }

  /** Brings two nodes together for as long as they have something to send. */
  meet(a: string, b: string): void {
    this.open(a, b);
    this.run(S);
    this.close(a, b);
  }

  /**
   * Brings two nodes together for a millisecond, during which no time passes for the other nodes.
   */
  touch(a: string, b: string): void {
    const began = this.now;
    this.open(a, b);
    for (;;) {
      const [first] = [a, b].sort((x, y) => this.#nextAt(x) - this.#nextAt(y));
      if (first === undefined || this.#nextAt(first) > began + TOUCH_NS) break;
      this.now = Math.max(this.now, this.#nextAt(first));
      this.#step(first, TIMER_DUE);
    }
    this.close(a, b);
  }

  open(a: string, b: string): void {
    this.#open.add(`${a} ${b}`).add(`${b} ${a}`);
    for (const [own, other] of [
      [a, b],
      [b, a],
    ] as const) {
      this.#step(own, { kind: 'way', outlet: `${own}-${other}`, way: 'open' });
    }
  }

  close(a: string, b: string): void {
    this.#open.delete(`${a} ${b}`);
    this.#open.delete(`${b} ${a}`);
    this.#step(a, { kind: 'way', outlet: `${a}-${b}`, way: 'closed' });
    this.#step(b, { kind: 'way', outlet: `${b}-${a}`, way: 'closed' });
  }

  /** Advances the time by `durationNs`, and has the agents do what becomes due. */
  run(durationNs: number): void {
    const end = this.now + durationNs;
    for (;;) {
      const next = [...this.#agents].sort(([, x], [, y]) => x.nextAt() - y.nextAt())[0];
      if (next === undefined || next[1].nextAt() > end) break;
      this.now = Math.max(this.now, next[1].nextAt());
      this.#step(next[0], TIMER_DUE);
    }
    this.now = end;
  }

  /** Number of bundles that each node holds. */
  get holding(): readonly number[] {
    return [...this.#agents.values()].map(({ holding }) => holding);
  }

  /** Whether a node holds bundles. */
  isHolding(name: string): boolean {
    return (this.#agents.get(name)?.holding ?? 0) > 0;
  }

  waiting(name: string): Readonly<Record<string, number>> {
    return this.#agents.get(name)?.waiting ?? {};
  }

  /** Passes bytes to a node as if a neighbour had sent them. */
  inject(to: string, from: string, bytes: Uint8Array): void {
    this.#step(to, { kind: 'bundle', bytes, from });
  }

  #nextAt(name: string): number {
    return this.#agents.get(name)?.nextAt() ?? Number.POSITIVE_INFINITY;
  }

  #step(own: string, input: AgentInput<string> | typeof TIMER_DUE): void {
    const effects = this.#agents.get(own)?.step(this.now, input) ?? [];
    for (const effect of effects) this.#perform(own, effect);
  }

  #perform(own: string, effect: AgentEffect<string>): void {
    if (effect.kind === 'deliver') this.#deliver(own, effect);
    if (effect.kind === 'answer' && effect.outcome === 'ok') this.accepted += 1;
    if (effect.kind === 'drop') this.drops.push(effect.reason);
    if (effect.kind === 'count') {
      const name = `${own} ${effect.metric}`;
      this.counts[name] = (this.counts[name] ?? 0) + 1;
    }
    if (effect.kind !== 'transmit') return;
    const [, to = ''] = effect.outlet.split('-');
    const way = `${own} ${to}`;
    this.sent[way] = [...(this.sent[way] ?? []), effect.bundle.length];
    if (!this.#open.has(way) || this.lossy.has(way)) return;
    if (!effect.isRecord && this.#isLostByMistake()) return;
    this.#step(to, { kind: 'bundle', bytes: effect.bundle, from: own });
  }

  #isLostByMistake(): boolean {
    this.#handed += 1;
    return this.everyLost > 0 && this.#handed % this.everyLost === 0;
  }

  #deliver(own: string, { from, body }: Extract<AgentEffect<string>, { kind: 'deliver' }>): void {
    this.delivered.push(`${from} ${own}`);
    if (body.length < NUMBER_BYTES) return;
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    const before = this.deliveredNumbers.at(-1);
    const isSwapped = this.everySwapped > 0 && this.delivered.length % this.everySwapped === 0;
    this.deliveredNumbers.push(isSwapped && before !== undefined ? before : view.getUint32(0));
  }

  #agent(
    own: string,
    all: readonly string[],
    { options, rateBps }: { readonly options: DtnOptions; readonly rateBps: number },
  ): BundleAgent<string> {
    const names = new HostEids(all, options.eids);
    const others = all.filter((name) => name !== own);
    const outlets = others.map(
      (neighbour) =>
        new LinkOutlet({
          link: `${own}-${neighbour}`,
          neighbour,
          maxBytes: this.#maxBytes,
          rateBps,
          contacts: { windows: [] },
          bytesOnLink: (bytes) => bytes,
        }),
    );
    const network = { hosts: [], links: [], areas: [] };
    return new BundleAgent<string>({
      own,
      names,
      options,
      behaviour: CORRECT_BEHAVIOUR,
      outlets,
      ...makeRouter({
        own,
        options,
        behaviour: CORRECT_BEHAVIOUR,
        names,
        network,
        neighbours: new Set(others),
      }),
      below: (): number => 0,
      clock: (): CalendarTime => {
        return { seconds: EPOCH_S + Math.floor(this.now / S), nanos: this.now % S };
      },
      planTime: (): number => this.now,
    });
  }
}
