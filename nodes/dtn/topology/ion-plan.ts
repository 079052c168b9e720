/**
 * The plan that results from commands of ionadmin (nasa-jpl/ION-DTN, ici/doc/pod5/ionrc.pod; how it
 * treats ranges of the other direction: ici/library/rfx.c, insertRXref and rfx_remove_range).
 *
 * Contacts and ranges are identified by their directions and starts. A range from a smaller to a larger
 * node number is valid in both directions, unless the file lists a range for the other direction.
 *
 * @module
 */
import type { TextOffsets } from '../../../engine/pure/text-lines.ts';

/** A contact or a range, in seconds. */
export interface TimedIonValue extends IonDirection {
  readonly start: number;
  readonly stop: number;
  /** Rate of a contact, bytes per second; length of a range, light seconds. */
  readonly value: number;
  /** Confidence of a contact: 1 if it is scheduled, below if it is expected. */
  readonly confidence: number;
  readonly span: TextOffsets;
}

/** A direction between two nodes, by their numbers. */
export interface IonDirection {
  readonly from: number;
  readonly to: number;
}

/** New values of the contact that begins at `start`. */
export interface IonContactChange extends IonDirection {
  readonly start: number;
  readonly value: number;
  readonly confidence: number | undefined;
}

/**
 * The effect of adding a contact or range: it is new, it is already in the plan, or it contradicts
 * one with the same start.
 */
export type IonAddOutcome = 'new' | 'again' | 'other';

/** A contact of the finished plan, with the light seconds from its sender to its receiver. */
export type RangedContact = TimedIonValue & { readonly lightSeconds: number };

type ByStart = Map<number, TimedIonValue>;

/** The contacts and ranges that result from commands that add, change and delete them. */
export class IonPlan {
  /** Contacts by region and direction. */
  readonly #contacts = new Map<string, ByStart>();
  /** Ranges that the file lists, by direction. */
  readonly #ranges = new Map<string, ByStart>();
  /** Ranges of the opposite directions, which follow from those of the file. */
  readonly #implied = new Map<string, ByStart>();
  /** Number of commands that add a contact or range which is already in the plan. */
  repeated = 0;
  /** Number of commands that change or delete a contact or range which is not in the plan. */
  pointless = 0;

  addContact(region: string, contact: TimedIonValue): IonAddOutcome {
    return this.#add(entriesOf(this.#contacts, contactKey(region, contact)), contact);
  }

  addRange(range: TimedIonValue): IonAddOutcome {
    const added = this.#add(entriesOf(this.#ranges, wayKey(range)), range);
    if (added !== 'new') return added;
    // A listed range replaces an implied one, which does not come back if the listed one is deleted.
    this.#implied.get(wayKey(range))?.delete(range.start);
    const back = { ...range, from: range.to, to: range.from };
    const hasOwn = this.#ranges.get(wayKey(back))?.has(range.start) === true;
    if (range.from < range.to && !hasOwn) {
      entriesOf(this.#implied, wayKey(back)).set(range.start, back);
    }
    return added;
  }

  changeContact(region: string, change: IonContactChange): void {
    const listed = this.#contacts.get(contactKey(region, change));
    const contact = listed?.get(change.start);
    if (contact === undefined) this.pointless += 1;
    else {
      const { start, value, confidence = contact.confidence } = change;
      listed?.set(start, { ...contact, value, confidence });
    }
  }

  /** Deletes a contact. @param start Its start; undefined to delete all of this direction. */
  deleteContacts(region: string, way: IonDirection, start: number | undefined): void {
    if (!remove(this.#contacts.get(contactKey(region, way)), start)) this.pointless += 1;
  }

  /** Deletes a range. @param start Its start; undefined to delete all of this direction. */
  deleteRanges({ from, to }: IonDirection, start: number | undefined): void {
    const key = wayKey({ from, to });
    const hadOwn = remove(this.#ranges.get(key), start);
    const hadImplied = remove(this.#implied.get(key), start);
    if (!(hadOwn || hadImplied)) this.pointless += 1;
    if (from < to) remove(this.#implied.get(wayKey({ from: to, to: from })), start);
  }

  /** All remaining contacts, each with the range that is valid at its start, if there is one. */
  *contacts(): Generator<TimedIonValue | RangedContact> {
    const ranges = new Map([...this.#ranges].map(([key, listed]) => [key, joined(listed)]));
    const implied = new Map([...this.#implied].map(([key, listed]) => [key, joined(listed)]));
    for (const listed of this.#contacts.values()) {
      for (const contact of listed.values()) {
        const key = wayKey(contact);
        const range = at(ranges.get(key), contact.start) ?? at(implied.get(key), contact.start);
        yield range === undefined ? contact : { ...contact, lightSeconds: range.value };
      }
    }
  }

  /** Ranges that contradict an earlier range of the same direction: they overlap it with another length. */
  *rangesInDoubt(): Generator<TimedIonValue> {
    for (const ranges of this.#ranges.values()) {
      const listed = joined(ranges);
      for (const [index, range] of listed.entries()) {
        if (range.start < (listed[index - 1]?.stop ?? 0)) yield range;
      }
    }
  }

  #add(listed: ByStart, timed: TimedIonValue): IonAddOutcome {
    const before = listed.get(timed.start);
    if (before !== undefined && !isAlike(before, timed)) return 'other';
    if (before === undefined) listed.set(timed.start, timed);
    else this.repeated += 1;
    return before === undefined ? 'new' : 'again';
  }
}

function contactKey(region: string, { from, to }: IonDirection): string {
  return `${region} ${from} ${to}`;
}

function wayKey({ from, to }: IonDirection): string {
  return `${from} ${to}`;
}

function entriesOf(map: Map<string, ByStart>, key: string): ByStart {
  const known = map.get(key);
  if (known !== undefined) return known;
  const entries: ByStart = new Map();
  map.set(key, entries);
  return entries;
}

function isAlike(a: TimedIonValue, b: TimedIonValue): boolean {
  return a.stop === b.stop && a.value === b.value && a.confidence === b.confidence;
}

/** Removes the entry with this start, or all entries. @returns whether there was any. */
function remove(listed: ByStart | undefined, start: number | undefined): boolean {
  if (listed === undefined) return false;
  if (start !== undefined) return listed.delete(start);
  const hadAny = listed.size > 0;
  listed.clear();
  return hadAny;
}

/** Ranges in the order of their starts, after merging those that overlap and have the same length. */
function joined(listed: ByStart): readonly TimedIonValue[] {
  const kept: TimedIonValue[] = [];
  for (const range of [...listed.values()].sort((a, b) => a.start - b.start)) {
    const before = kept.at(-1);
    const overlaps = before !== undefined && range.start < before.stop;
    if (!overlaps || before.value !== range.value) kept.push(range);
    else kept[kept.length - 1] = { ...before, stop: Math.max(before.stop, range.stop) };
  }
  return kept;
}

/** The last of some sorted ranges that has begun at `time`; undefined if it has ended by then. */
function at(ranges: readonly TimedIonValue[] | undefined, time: number): TimedIonValue | undefined {
  if (ranges === undefined) return undefined;
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const isLater = (ranges[middle]?.start ?? 0) > time;
    if (isLater) high = middle;
    else low = middle + 1;
  }
  const range = ranges[low - 1];
  return range !== undefined && time < range.stop ? range : undefined;
}
