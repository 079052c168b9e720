/**
 * Reads contact plans of ION (nasa-jpl/ION-DTN, ici/doc/pod5/ionrc.pod): lines `a contact` with
 * start, stop, nodes and bytes per second, and lines `a range` with light seconds.
 *
 * - Times are `+seconds` after the reference time, which `@ +seconds` moves on, or dates in UTC.
 *   The reference time of the file is the beginning of the run.
 * - A range from a smaller to a larger node holds both ways, unless the other way has one of its own.
 * - A contact uses the range at its start. Without one ION cannot use it, so that it is left out.
 * - Contacts of ION itself (`-1`: registration; stop 0: hypothetical) and loops are left out.
 *
 * @module
 */
import { z } from 'zod';
import type { Imported, ImportMistake, TopologyImporter } from '../../../engine/host/importer.ts';
import { type ListedContact, networkOf, prefixParameter, type Span } from './contact-list.ts';

const parameters = z.strictObject({ prefix: prefixParameter });

/** Contact plans of ION, by `import: { ion: plan.ionrc }`. */
export const ionImporter: TopologyImporter<z.output<typeof parameters>> = {
  name: 'ion',
  help: 'A contact plan of ION (ionrc); rates are bytes per second.',
  parameters,
  read: (text, { prefix }) => new IonPlan().read(text, prefix),
};

const NS_PER_S = 1e9;
const BITS = 8;
const DATE = /^(\d{4})\/(\d{2})\/(\d{2})-(\d{2}):(\d{2}):(\d{2})$/;
const NUMBER = /^\d+$/;
const DECIMAL = /^\d+(\.\d+)?$/;
/** Commands of ionadmin without effect on contacts and ranges (ici/doc/pod5/ionrc.pod). */
const OTHER_COMMANDS = 'eh1?vqsxmlirdwcy';

type Word = Span & { readonly text: string };

/** A contact before its range is known, or a range. */
interface Timed {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly stop: number;
  /** Bytes per second, or light seconds. */
  readonly value: number;
  readonly span: Span;
}

class IonPlan {
  readonly #contacts: Timed[] = [];
  readonly #ranges: Timed[] = [];
  readonly #mistakes: ImportMistake[] = [];
  /** Seconds after the beginning of the run. */
  #reference = 0;
  /** The date of the first absolute time: the beginning of the run. */
  #epoch: number | undefined;
  #special = 0;

  read(text: string, prefix: string): Imported {
    for (const line of linesOf(text)) this.#line(line);
    if (this.#mistakes.length > 0) return { kind: 'mistakes', mistakes: this.#mistakes };
    const usable = this.#contacts.flatMap((contact) => this.#withRange(contact));
    const without = this.#contacts.length - usable.length;
    const notes = [
      [without, 'contacts have no range at their start, and are left out'],
      [this.#special, 'contacts are loops, registrations or hypothetical, and are left out'],
    ] as const;
    const warnings = notes
      .filter(([count]) => count > 0)
      .map(([count, what]) => `${count} ${what}`);
    return networkOf(usable, prefix, warnings);
  }

  #line(words: readonly Word[]): void {
    const [command, what] = words;
    if (command === undefined || command.text.startsWith('#')) return;
    if (command.text === '@') this.#moveReference(words);
    else if (command.text === 'a' && what !== undefined) this.#add(what, words);
    else if (command.text.length !== 1 || !OTHER_COMMANDS.includes(command.text)) {
      this.#refuse(command, `"${command.text}" is no command, expected a, @, #, m or the like`);
    }
  }

  #moveReference(words: readonly Word[]): void {
    const [, time] = words;
    const moved = this.#seconds(time ?? (words[0] as Word));
    if (moved !== undefined) this.#reference = moved;
  }

  #add(what: Word, words: readonly Word[]): void {
    const kind = what.text;
    if (kind !== 'contact' && kind !== 'range') {
      this.#refuse(what, `"${kind}" is unknown, expected contact or range`);
      return;
    }
    const given = words.slice(2);
    const span = { start: what.start, end: (words.at(-1) as Word).end };
    const [start, stop, from, to, value] = given;
    if (start === undefined || value === undefined) {
      const unit = kind === 'contact' ? 'bytes per second' : 'light seconds';
      this.#refuse(span, `a ${kind} has a start, a stop, two nodes and ${unit}`);
      return;
    }
    if (kind === 'contact' && isSpecial(given)) {
      this.#special += 1;
      return;
    }
    this.#keep(kind, { start, stop, from, to, value } as Record<string, Word>, span);
  }

  #keep(kind: 'contact' | 'range', words: Readonly<Record<string, Word>>, span: Span): void {
    const start = this.#seconds(words['start'] as Word);
    const stop = this.#seconds(words['stop'] as Word);
    const from = this.#number(words['from'] as Word, NUMBER, 'a node number');
    const to = this.#number(words['to'] as Word, NUMBER, 'a node number');
    const form = kind === 'contact' ? 'bytes per second' : 'light seconds';
    const value = this.#number(words['value'] as Word, DECIMAL, form);
    const all = [start, stop, from, to, value];
    if (all.includes(undefined)) return;
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = all;
    const timed = { start: a, stop: b, from: c, to: d, value: e, span };
    if (kind === 'contact') this.#contacts.push(timed);
    else this.#ranges.push(timed);
  }

  #number(word: Word, form: RegExp, expected: string): number | undefined {
    if (form.test(word.text)) return Number(word.text);
    this.#refuse(word, `"${word.text}" is not readable, expected ${expected}`);
    return undefined;
  }

  /** Seconds after the beginning of the run. */
  #seconds(word: Word): number | undefined {
    if (/^\+\d+$/.test(word.text)) return this.#reference + Number(word.text.slice(1));
    const date = DATE.exec(word.text);
    if (date === null) {
      const hint = 'times are whole seconds after the reference time, or dates';
      const message = `"${word.text}" is no time, expected +60 or 2026/01/31-12:00:00`;
      this.#mistakes.push({ start: word.start, end: word.end, message, hint });
      return undefined;
    }
    const [year = 0, month = 0, ...rest] = date.slice(1).map(Number);
    const [day = 0, hour = 0, minute = 0, second = 0] = rest;
    const at = ((daysUntil(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    this.#epoch ??= at - this.#reference;
    return at - this.#epoch;
  }

  #withRange(contact: Timed): readonly ListedContact[] {
    const { from, to, start, stop, value, span } = contact;
    const holds = (range: Timed): boolean => range.start <= start && start < range.stop;
    const own = this.#ranges.find((one) => one.from === from && one.to === to && holds(one));
    const implied = this.#ranges.find(
      (one) => from > to && one.from === to && one.to === from && holds(one),
    );
    const range = own ?? implied;
    if (range === undefined) return [];
    return [
      {
        from: String(from),
        to: String(to),
        startNs: start * NS_PER_S,
        endNs: stop * NS_PER_S,
        rateBps: value * BITS,
        delayNs: Math.round(range.value * NS_PER_S),
        span,
      },
    ];
  }

  #refuse({ start, end }: Span, message: string): void {
    this.#mistakes.push({ start, end, message });
  }
}

/** Registrations start at -1, hypothetical contacts stop at 0, loops lead to their node. */
function isSpecial([start, stop, from, to]: readonly Word[]): boolean {
  return start?.text === '-1' || stop?.text === '0' || from?.text === to?.text;
}

/** The words of each line with their offsets; a `#` after the first word is one of them. */
function* linesOf(text: string): Generator<readonly Word[]> {
  let offset = 0;
  for (const line of text.split('\n')) {
    const at = offset;
    yield [...line.matchAll(/\S+/g)].map(({ 0: word, index }) => ({
      text: word,
      start: at + index,
      end: at + index + word.length,
    }));
    offset += line.length + 1;
  }
}

/** Days from 0000-03-01 of the Gregorian calendar. */
function daysUntil(year: number, month: number, day: number): number {
  const isEarly = month <= 2;
  const y = isEarly ? year - 1 : year;
  const m = isEarly ? month + 9 : month - 3;
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return y * 365 + leaps + Math.floor((m * 306 + 5) / 10) + day - 1;
}
