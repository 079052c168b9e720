/**
 * Reads contact plans of ION (nasa-jpl/ION-DTN, ici/doc/pod5/ionrc.pod). From files for all programs
 * of a node (ionstart.awk) it reads the part for ionadmin only.
 *
 * - The first date of a file, or its first reference time, is the beginning of the run.
 * - A contact uses the range at its start. Without a range ION cannot use the contact, so it is left
 * out.
 * - Contacts of ION itself (`-1`: registration; a time 0: hypothetical) and loops are left out.
 * - Contacts of all regions are one network; each takes place, whatever its confidence.
 *
 * @module
 */
import { z } from 'zod';
import type { ImportResult, TopologyImporter } from '../../../engine/host/importer.ts';
import {
  LineMistakes,
  nonEmptySpan,
  splitLines,
  type TextOffsets,
  type TextPart,
  wordsOf,
} from '../../../engine/pure/text-lines.ts';
import {
  type FileContact,
  formatWarnings,
  networkOfContacts,
  nodeNamePrefixParameter,
} from './contact-list.ts';
import { IonPlan, type RangedContact } from './ion-plan.ts';
import { ionadminLines, type NumberedLine } from './ion-section.ts';
import { IonTimeReader } from './ion-times.ts';

const parameters = z.strictObject({ prefix: nodeNamePrefixParameter });

/** Contact plans of ION, by `import: { ion: plan.ionrc }`. */
export const ionImporter: TopologyImporter<z.output<typeof parameters>> = {
  name: 'ion',
  help: 'A contact plan of ION (ionrc); rates are bytes per second.',
  parameters,
  read: (text, { prefix }) => {
    const read = splitLines(text, LIMITS);
    if (read.kind === 'mistakes') return read;
    const lines = ionadminLines(read.lines);
    return lines.kind === 'mistakes' ? lines : new IonFile().read(lines.lines, prefix);
  },
};

/** Limits of a file; ionadmin itself reads lines of 255 letters. */
const LIMITS = { lines: 1_000_000, columns: 1_000 };
const NS_PER_S = 1e9;
const BITS = 8;
const NODE: Amount = { form: /^\d{1,15}$/, expected: 'a node number' };
const AMOUNT = /^\d{1,15}(\.\d{1,15})?$/;
const RATE: Amount = { form: AMOUNT, expected: 'bytes per second' };
const DISTANCE: Amount = { form: AMOUNT, expected: 'light seconds' };
const CONFIDENCE: Amount = {
  form: /^(0|1|[01]\.0*|0?\.\d+)$/,
  expected: 'a confidence from 0 to 1',
};

/** Commands of ionadmin without effect on contacts and ranges. */
const COMMANDS_WITHOUT_EFFECT = new Set('eh1?vsxmrilb!');
/** Commands that end ionadmin; the rest of the file is ignored. */
const ENDS = new Set('qt');

/**
 * For each command: the least and the largest number of words after it, and the meaning of these
 * words.
 */
const FORMS: Readonly<Record<string, Rule>> = {
  'a contact': { least: 5, most: 6, form: 'a start, a stop, two nodes and bytes per second' },
  'a range': { least: 5, most: 6, form: 'a start, a stop, two nodes and light seconds' },
  'c contact': { least: 4, most: 5, form: 'a start, two nodes and bytes per second' },
  'd contact': { least: 3, most: 3, form: 'a start or *, and two nodes' },
  'd range': { least: 3, most: 3, form: 'a start or *, and two nodes' },
};

interface Rule {
  readonly least: number;
  readonly most: number;
  readonly form: string;
}

/** How a kind of number is written in a command, and the words for it in mistakes. */
interface Amount {
  readonly form: RegExp;
  readonly expected: string;
}

/** The words after a command, and the number of its line. */
interface Operands {
  readonly given: readonly TextPart[];
  readonly line: number;
}

class IonFile {
  readonly #plan = new IonPlan();
  readonly #times = new IonTimeReader();
  readonly #mistakes = new LineMistakes();
  #region = '1';
  /** Number of registrations and hypothetical contacts that were left out. */
  #special = 0;

  read(lines: Iterable<NumberedLine>, prefix: string): ImportResult {
    for (const { line, number } of lines) {
      const words = wordsOf(line);
      const [command] = words;
      if (this.#mistakes.isFull || (command !== undefined && ENDS.has(command.text))) break;
      if (command !== undefined && !command.text.startsWith('#')) this.#command(words, number);
    }
    for (const range of this.#mistakes.isAny ? [] : this.#plan.rangesInDoubt()) {
      const message = `a range from ${range.from} to ${range.to} begins before another one ends`;
      this.#mistakes.add({ ...range.span, message });
    }
    return this.#mistakes.isAny ? this.#mistakes.all() : this.#network(prefix);
  }

  #command([command, what, ...given]: readonly TextPart[], line: number): void {
    if (command === undefined) return;
    const { text } = command;
    if (text === '@') this.#setReference(what ?? command);
    else if (text === '^') this.#region = what?.text ?? '';
    else if (what !== undefined && 'acd'.includes(text)) this.#apply(text, what, { given, line });
    else if (!COMMANDS_WITHOUT_EFFECT.has(text)) {
      this.#refuse(command, `"${text}" is no command, expected a, c, d, @, # or the like`);
    }
  }

  #setReference(word: TextPart): void {
    const wrong = this.#times.setReference(word);
    if (wrong !== undefined) this.#mistakes.add({ ...nonEmptySpan(word), ...wrong });
  }

  #apply(verb: string, what: TextPart, { given, line }: Operands): void {
    const rule = FORMS[`${verb} ${what.text}`];
    if (rule === undefined) {
      const kinds = verb === 'c' ? 'contact' : 'contact or range';
      this.#refuse(what, `"${what.text}" is unknown, expected ${kinds}`);
      return;
    }
    const span = { start: what.start, end: given.at(-1)?.end ?? what.end };
    if (given.length < rule.least || given.length > rule.most) {
      this.#refuse(span, `"${verb} ${what.text}" is followed by ${rule.form}`);
    } else if (verb === 'a') this.#add(what.text, { given, line }, span);
    else if (verb === 'c') this.#change({ given, line });
    else this.#delete(what.text, { given, line });
  }

  #add(kind: string, { given, line }: Operands, span: TextOffsets): void {
    const [from, to, stop, start] = [given[2], given[3], given[1], given[0]];
    if (kind === 'contact' && (start?.text === '-1' || start?.text === '0' || stop?.text === '0')) {
      this.#special += 1;
      return;
    }
    const timed = complete({
      start: this.#time(start, line),
      stop: this.#time(stop, line),
      from: this.#number(from, NODE),
      to: this.#number(to, NODE),
      value: this.#number(given[4], kind === 'contact' ? RATE : DISTANCE),
      confidence: given[5] === undefined ? 1 : this.#number(given[5], CONFIDENCE),
    });
    if (timed === undefined) return;
    const isContact = kind === 'contact';
    const added = isContact
      ? this.#plan.addContact(this.#region, { ...timed, span })
      : this.#plan.addRange({ ...timed, span });
    if (added !== 'other') return;
    const message = `another ${kind} from ${timed.from} to ${timed.to} begins then`;
    this.#refuse(span, message);
  }

  #change({ given, line }: Operands): void {
    const change = complete({
      start: this.#time(given[0], line),
      from: this.#number(given[1], NODE),
      to: this.#number(given[2], NODE),
      value: this.#number(given[3], RATE),
      confidence: given[4] === undefined ? -1 : this.#number(given[4], CONFIDENCE),
    });
    if (change === undefined) return;
    const confidence = change.confidence < 0 ? undefined : change.confidence;
    this.#plan.changeContact(this.#region, { ...change, confidence });
  }

  #delete(kind: string, { given, line }: Operands): void {
    const [start, from, to] = given;
    const way = complete({ from: this.#number(from, NODE), to: this.#number(to, NODE) });
    // Registrations and hypothetical contacts were left out of the plan, so a command that deletes
    // one changes nothing here.
    if (start?.text === '-1' || start?.text === '0' || way === undefined) return;
    const isAll = start?.text.startsWith('*') === true;
    const at = isAll ? undefined : this.#time(start, line);
    if (!isAll && at === undefined) return;
    if (kind === 'contact') this.#plan.deleteContacts(this.#region, way, at);
    else this.#plan.deleteRanges(way, at);
  }

  #time(word: TextPart | undefined, line: number): number | undefined {
    if (word === undefined) return undefined;
    const seconds = this.#times.seconds(word, line);
    if (typeof seconds !== 'object') return seconds;
    this.#mistakes.add({ ...nonEmptySpan(word), ...seconds });
    return undefined;
  }

  #number(word: TextPart | undefined, { form, expected }: Amount): number | undefined {
    if (word === undefined) return undefined;
    if (form.test(word.text)) return Number(word.text);
    this.#refuse(word, `"${word.text}" is not readable, expected ${expected}`);
    return undefined;
  }

  #refuse(span: TextOffsets, message: string): void {
    this.#mistakes.add({ ...nonEmptySpan(span), message });
  }

  #network(prefix: string): ImportResult {
    const usable: RangedContact[] = [];
    let [loops, unranged, unsure, begin] = [0, 0, 0, this.#times.epoch];
    for (const contact of this.#plan.contacts()) {
      if (contact.from === contact.to) loops += 1;
      else if (!('lightSeconds' in contact)) unranged += 1;
      else {
        usable.push(contact);
        unsure += contact.confidence < 1 ? 1 : 0;
        begin = Math.min(begin, contact.start);
      }
    }
    const { repeated, pointless } = this.#plan;
    const warnings = formatWarnings([
      [unranged, 'contact', 'without a range at the start left out'],
      [this.#special + loops, 'contact', 'left out: loops, registrations or hypothetical'],
      [unsure, 'contact', 'with a confidence below 1, which take place like the others'],
      [repeated, 'command', 'without effect: what they add is there'],
      [pointless, 'command', 'without effect: what they change or delete is not there'],
    ]);
    const contacts = usable.map((contact) => listed(contact, begin));
    return networkOfContacts(contacts, { prefix }, warnings);
  }
}

/**
 * The contact in the units of a list.
 * @param begin The beginning of the run, in seconds of the plan.
 */
function listed(contact: RangedContact, begin: number): FileContact {
  const { from, to, start, stop, value, lightSeconds, span } = contact;
  return {
    from: String(from),
    to: String(to),
    startNs: (start - begin) * NS_PER_S,
    endNs: (stop - begin) * NS_PER_S,
    rateBps: value * BITS,
    delayNs: Math.round(lightSeconds * NS_PER_S),
    span,
  };
}

/** The values; undefined if one of them could not be read. */
function complete<Key extends string>(
  values: Readonly<Record<Key, number | undefined>>,
): Readonly<Record<Key, number>> | undefined {
  const isComplete = Object.values(values).every((value) => value !== undefined);
  return isComplete ? (values as Readonly<Record<Key, number>>) : undefined;
}
