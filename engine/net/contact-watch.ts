/**
 * Tells the protocols of a host when contacts begin and end (docs/spec/link-model.md#contacts):
 * those of the directions in which the host sends, as they take place and not as they were planned.
 *
 * There is one timer for each pair of a protocol that listens and a link with contacts. If a contact is open when a
 * protocol begins to listen, the protocol is told its beginning first. Knows neither the packets in a link nor cuts.
 *
 * @module
 */
import type { ContactTransition } from '../host/host.ts';
import type { Nanoseconds, Timer } from '../host/time.ts';
import { type Contact, ContactPlan, PLAN_NOT_BEGUN, type PlanClock } from './contact-plan.ts';
import type { ContactsSpec } from './link-spec.ts';

/** A link as seen by the host that sends into it. */
export interface WatchedLink {
  readonly id: string;
  /** Name of the host at the other end; absent for a segment. */
  readonly peer?: string | undefined;
  readonly contacts: ContactsSpec;
}

/** What the watch needs of its host. */
export interface WatchingHost {
  readonly sockets: { readonly withContacts: readonly WatchedLink[] };
  now(): Nanoseconds;
  /** @param protocol Owner of the timer. */
  after(delay: Nanoseconds, fire: () => void, protocol: string): Timer;
}

type Handler = (edge: ContactTransition) => void;

/**
 * Tells the protocols of one host when the contacts of its outgoing directions begin and end. One
 * per host.
 */
export class ContactWatch {
  private readonly host: WatchingHost;
  private readonly clock: PlanClock;
  /** Handlers by name of the protocol. */
  private readonly handlers = new Map<string, Handler>();

  constructor(host: WatchingHost, clock: PlanClock) {
    this.host = host;
    this.clock = clock;
  }

  /** Installs the handler of a protocol, or replaces it. */
  listen(protocol: string, handler: Handler): void {
    const isFirst = !this.handlers.has(protocol);
    this.handlers.set(protocol, handler);
    if (isFirst && this.clock.planOriginNs !== PLAN_NOT_BEGUN) this.watchAll(protocol);
  }

  /** Begins to watch contacts; called when the plan time of a live run begins. */
  begun(): void {
    for (const protocol of this.handlers.keys()) this.watchAll(protocol);
  }

  /** Removes all handlers; called when the host has crashed, which also ended its timers. */
  crashed(): void {
    this.handlers.clear();
  }

  private watchAll(protocol: string): void {
    for (const link of this.host.sockets.withContacts) this.watch(protocol, link);
  }

  private watch(protocol: string, { id, peer, contacts }: WatchedLink): void {
    const { host } = this;
    const plan = new ContactPlan(contacts, this.clock);
    const place = { link: id, ...(peer === undefined ? {} : { peer }) };
    const tell = (kind: ContactTransition['kind']): void =>
      this.handlers.get(protocol)?.({ kind, ...place });
    const at = (instantNs: number, fire: () => void): void => {
      host.after(Math.max(0, instantNs - host.now()), fire, protocol);
    };
    const awaitContact = (contact: Contact | undefined): void => {
      if (contact === undefined) return;
      at(contact.startNs, () => {
        at(contact.endNs, () => {
          // The next contact, even if the process was suspended until after its end.
          awaitContact(plan.at(contact.endNs));
          tell('end');
        });
        tell('begin');
      });
    };
    awaitContact(plan.at(host.now()));
  }
}
