/**
 * Scheduled contacts of one direction: the times at which it can send
 * (docs/spec/link-model.md#changes-while-packets-are-under-way).
 *
 * Must be asked about instants in ascending order. Does not queue or send.
 *
 * @module
 */
import type { ContactSpec, ContactsSpec } from './link-spec.ts';

/** A contact: the open one, or the next. */
export interface Contact {
  readonly startNs: number;
  readonly endNs: number;
  readonly spec: ContactSpec;
}

/** Steps through the contact windows. */
export class ContactPlan {
  readonly outside: 'queue' | 'drop';
  private readonly spec: ContactsSpec;
  private index = 0;
  /** Start of the current period, ns. */
  private base = 0;
  private current: Contact | undefined;

  constructor(spec: ContactsSpec) {
    this.spec = spec;
    this.outside = spec.outside ?? 'queue';
    this.current = this.make();
  }

  /** The contact that is open at `now` or starts next; undefined when none follows. */
  at(now: number): Contact | undefined {
    while (this.current !== undefined && now >= this.current.endNs) {
      this.index += 1;
      this.current = this.make();
    }
    return this.current;
  }

  /** True while a contact is open. */
  isOpen(now: number): boolean {
    const contact = this.at(now);
    return contact !== undefined && now >= contact.startNs;
  }

  private make(): Contact | undefined {
    const { windows, periodNs } = this.spec;
    if (this.index === windows.length && periodNs !== undefined && windows.length > 0) {
      this.index = 0;
      this.base += periodNs;
    }
    const spec = windows[this.index];
    if (spec === undefined) return undefined;
    return { startNs: this.base + spec.startNs, endNs: this.base + spec.endNs, spec };
  }
}
