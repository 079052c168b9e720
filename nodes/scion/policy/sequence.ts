/**
 * Sequences of path policies: the ASes that a path must pass, in order (reference
 * private/path/pathpol/sequence.go and antlr/Sequence.g4).
 *
 *     sequence = sequence "?" | sequence "+" | sequence "*"     binds closest
 *              | sequence "|" sequence
 *              | sequence sequence                              binds loosest
 *              | "(" sequence ")" | ISD [ "-" AS [ "#" IF [ "," IF ] ] ]
 *
 * The reference converts a sequence to a regular expression. Here it becomes a nondeterministic
 * automaton (Thompson, "Regular Expression Search Algorithm", CACM 11(6), 1968), which reads each
 * hop of a path once: the work is at most hops times states for any sequence.
 *
 * @module
 */
import type { PathInterface } from '../paths/path.ts';
import { isdAsNumbers, parseAs, parseIsd } from '../wire/isd-as.ts';
import { POLICY_LIMITS, SEQUENCE_DEPTH_MAX, SEQUENCE_TOKENS_MAX } from './geometry.ts';
import { fitsAs, type HopPredicate, parseInterfaces } from './hop-predicate.ts';

/** A parsed sequence, which can be compared with paths. */
export interface PathSequence {
  readonly text: string;
  /** Undefined for the empty text, which matches every path. */
  readonly automaton: Automaton | undefined;
}

/**
 * Returns the number of states of a sequence: the largest number of comparisons for a hop of a
 * path.
 */
export function stateCountOf({ automaton }: PathSequence): number {
  return automaton?.states.length ?? 0;
}

/**
 * A state of the automaton: the predicate that a hop must match, and the next states. Without
 * `hop`, the next states follow without a hop.
 */
interface State {
  readonly hop: HopPredicate | undefined;
  /** Indexes of the next states, at most two. */
  readonly next: number[];
}

interface Automaton {
  readonly states: readonly State[];
  readonly start: number;
  readonly end: number;
}

/**
 * A part of the automaton while it is built: no state outside leads to its start yet, and its end
 * leads to no state yet.
 */
interface Part {
  readonly start: number;
  readonly end: number;
}

/** Why a text is not a sequence, and the position of the mistake. */
export interface SequenceRefusal {
  readonly reason: string;
  /** Number of characters before the mistake. */
  readonly offset: number;
}

interface Token {
  readonly text: string;
  readonly offset: number;
}

/** Matches the characters of a hop; every other character is a separate token. */
const HOP_LETTER = /[0-9a-fA-F:#,-]/;
const SPACE = /\s/;

/** Parses a sequence of hop predicates. */
export function parseSequence(text: string): PathSequence | SequenceRefusal {
  if (text.length > POLICY_LIMITS.text) {
    return {
      reason: `is longer than ${POLICY_LIMITS.text} characters`,
      offset: POLICY_LIMITS.text,
    };
  }
  const tokens = tokensOf(text);
  if (tokens.length > SEQUENCE_TOKENS_MAX) {
    const { offset = 0 } = tokens[SEQUENCE_TOKENS_MAX] ?? {};
    return { reason: `has more than ${SEQUENCE_TOKENS_MAX} hops and operators`, offset };
  }
  if (tokens.length === 0) return { text, automaton: undefined };
  const parser = new SequenceParser(tokens, text.length);
  const part = parser.sequence(0);
  if ('reason' in part) return part;
  const rest = parser.peek();
  if (rest !== undefined)
    return { reason: `"${rest.text}" has no place here`, offset: rest.offset };
  return { text, automaton: { ...part, states: parser.states } };
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let hop = '';
  for (let offset = 0; offset <= text.length; offset += 1) {
    const letter = text[offset] ?? ' ';
    if (HOP_LETTER.test(letter)) {
      hop += letter;
      continue;
    }
    if (hop !== '') tokens.push({ text: hop, offset: offset - hop.length });
    hop = '';
    if (!SPACE.test(letter)) tokens.push({ text: letter, offset });
  }
  return tokens;
}

class SequenceParser {
  readonly states: State[] = [];
  readonly #tokens: readonly Token[];
  readonly #length: number;
  #at = 0;

  constructor(tokens: readonly Token[], length: number) {
    this.#tokens = tokens;
    this.#length = length;
  }

  peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  /** Parses consecutive parts, up to the end or a closing parenthesis. */
  sequence(depth: number): Part | SequenceRefusal {
    let part = this.#choice(depth);
    while (!('reason' in part)) {
      const next = this.peek()?.text;
      if (next === undefined || next === ')') return part;
      const other = this.#choice(depth);
      if ('reason' in other) return other;
      this.#lead(part.end, other.start);
      part = { start: part.start, end: other.end };
    }
    return part;
  }

  #choice(depth: number): Part | SequenceRefusal {
    const one = this.#repeated(depth);
    if ('reason' in one || this.peek()?.text !== '|') return one;
    let start = one.start;
    const end = this.#state();
    this.#lead(one.end, end);
    while (this.peek()?.text === '|') {
      this.#at += 1;
      const other = this.#repeated(depth);
      if ('reason' in other) return other;
      start = this.#state(undefined, start, other.start);
      this.#lead(other.end, end);
    }
    return { start, end };
  }

  #repeated(depth: number): Part | SequenceRefusal {
    let part = this.#single(depth);
    for (let operator = this.peek()?.text; !('reason' in part); operator = this.peek()?.text) {
      if (operator !== '?' && operator !== '+' && operator !== '*') return part;
      this.#at += 1;
      const end = this.#state();
      const isOptional = operator !== '+';
      const start = isOptional
        ? this.#state(undefined, part.start, end)
        : this.#state(undefined, part.start);
      if (operator !== '?') this.#lead(part.end, part.start);
      this.#lead(part.end, end);
      part = { start, end };
    }
    return part;
  }

  #single(depth: number): Part | SequenceRefusal {
    const token = this.peek();
    if (token === undefined)
      return { reason: 'ends where a hop must follow', offset: this.#length };
    const { text, offset } = token;
    this.#at += 1;
    if (text === '(') {
      if (depth >= SEQUENCE_DEPTH_MAX) {
        return { reason: `has more than ${SEQUENCE_DEPTH_MAX} parentheses in each other`, offset };
      }
      const inside = this.sequence(depth + 1);
      if ('reason' in inside) return inside;
      if (this.peek()?.text !== ')') return { reason: 'the parenthesis has no end', offset };
      this.#at += 1;
      return inside;
    }
    const hop = HOP_LETTER.test(text) ? parseHop(text) : `"${text}" stands where a hop must`;
    if (typeof hop === 'string') return { reason: hop, offset };
    const end = this.#state();
    return { start: this.#state(hop, end), end };
  }

  #state(hop?: HopPredicate, ...next: number[]): number {
    return this.states.push({ hop, next }) - 1;
  }

  #lead(from: number, to: number): void {
    this.states[from]?.next.push(to);
  }
}

/** Parses a hop of a sequence. Unlike in an access list, an interface may be given for any AS. */
function parseHop(text: string): HopPredicate | string {
  const [ases = '', interfacesText, ...more] = text.split('#');
  const [isdText = '', asText, ...others] = ases.split('-');
  const isd = parseIsd(isdText);
  const as = asText === undefined ? 0 : parseAs(asText);
  const isHop = more.length === 0 && others.length === 0;
  const hasAs = asText !== undefined || interfacesText === undefined;
  if (isd === undefined || as === undefined || !isHop || !hasAs) {
    return `"${text}" is not of the form ISD-AS#IF,IF`;
  }
  const interfaces = parseInterfaces(interfacesText ?? '0');
  return typeof interfaces === 'string' ? interfaces : { isd, as, interfaces };
}

/**
 * An AS of a path with the interfaces by which packets enter and leave it; 0 where the path begins
 * or ends.
 */
interface Hop {
  readonly isd: number;
  readonly as: number;
  readonly ingress: number;
  readonly egress: number;
}

/**
 * True if a sequence matches a path. No sequence matches a path with an odd number of interfaces.
 */
export function fitsSequence(
  { automaton }: PathSequence,
  interfaces: readonly PathInterface[],
): boolean {
  if (automaton === undefined) return true;
  if (interfaces.length % 2 === 1) return false;
  const { states, start, end } = automaton;
  let reached = closureOf(states, [start]);
  for (const hop of hopsOf(interfaces)) {
    const next: number[] = [];
    for (const number of reached) {
      const state = states[number];
      if (state?.hop === undefined || !fitsHop(state.hop, hop)) continue;
      for (const after of state.next) next.push(after);
    }
    reached = closureOf(states, next);
    if (reached.size === 0) return false;
  }
  return reached.has(end);
}

/** Returns the states that can be reached from `from` without a hop, `from` included. */
function closureOf(states: readonly State[], from: readonly number[]): ReadonlySet<number> {
  const reached = new Set(from);
  // Iteration over a set includes elements that are added meanwhile.
  for (const number of reached) {
    const state = states[number];
    if (state?.hop === undefined) for (const next of state?.next ?? []) reached.add(next);
  }
  return reached;
}

function fitsHop(predicate: HopPredicate, hop: Hop): boolean {
  if (!fitsAs(predicate, hop)) return false;
  const [first, second] = predicate.interfaces;
  const fits = (wanted: number, ifId: number): boolean => wanted === 0 || wanted === ifId;
  if (second === undefined) return fits(first, hop.ingress) || fits(first, hop.egress);
  return fits(first, hop.ingress) && fits(second, hop.egress);
}

/** Lists the ASes of a path with their interfaces. */
function hopsOf(interfaces: readonly PathInterface[]): readonly Hop[] {
  const hops: Hop[] = [];
  for (let index = -1; index < interfaces.length; index += 2) {
    const into = interfaces[index];
    const out = interfaces[index + 1];
    const at = into ?? out;
    if (at === undefined) continue;
    hops.push({ ...isdAsNumbers(at.isdAs), ingress: into?.ifId ?? 0, egress: out?.ifId ?? 0 });
  }
  return hops;
}
