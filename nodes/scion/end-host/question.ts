/**
 * Parses a request of an operator for a ping or a traceroute: `2-ff00:0:211 count=3
 * interval=100ms`.
 *
 *     ISD-AS[,ADDRESS] [count=N] [interval=TIME] [timeout=TIME] [size=BYTES] [path=HEX] [epic=true] [sequence=SEQUENCE]
 *
 * A sequence may contain spaces, so it comes last.
 *
 * @module
 */
import { type PathSequence, parseSequence } from '../policy/sequence.ts';
import { type HostAddress, parseHost } from '../wire/host-address.ts';
import { type IsdAs, parseIsdAs } from '../wire/isd-as.ts';
import { ECHO_BYTES_MAX, PING_COUNT_MAX, PROBE_NS_MAX, PROBE_NS_MIN } from './geometry.ts';
import type { PingOptions } from './ping.ts';

/** A parsed request for a ping or a traceroute. */
export interface ProbeQuestion extends PingOptions {
  readonly target: IsdAs;
  /** The host to which requests are sent; if undefined, any host of the AS that is not a router. */
  readonly host: HostAddress | undefined;
  /**
   * First hexadecimal digits of the fingerprint of the path to use; if empty, all paths fit, and
   * the first is used.
   */
  readonly fingerprint: string;
  readonly sequence: PathSequence | undefined;
  /** Whether requests leave on an EPIC-HP path; of a ping only. */
  readonly isEpic: boolean;
}

/** Why a text is not a valid request. */
export interface QuestionRefusal {
  readonly reason: string;
}

/**
 * Default: three requests, one a second, with as many data bytes as the shortest echo request of
 * the reference.
 */
const DEFAULTS = {
  ...{ count: 3, intervalNs: 1_000_000_000, timeoutNs: 1_000_000_000, size: 8 },
  ...{ host: undefined, fingerprint: '', sequence: undefined, isEpic: false },
};
const NS_OF: Readonly<Record<string, number>> = { us: 1_000, ms: 1_000_000, s: 1_000_000_000 };
const SEQUENCE = /(?:^|\s)sequence=(.*)$/s;

/** Parses the text of a request; a refusal says what is wrong with the text. */
export function parseProbeQuestion(text: string): ProbeQuestion | QuestionRefusal {
  const [, sequenceText] = SEQUENCE.exec(text) ?? [];
  const [end = '', ...words] = text.replace(SEQUENCE, '').trim().split(/\s+/);
  const [isdAsText = '', hostText] = end.split(',');
  const target = parseIsdAs(isdAsText);
  if (target.kind === 'refused') return target;
  const host = hostText === undefined ? undefined : parseHost(hostText);
  if (hostText !== undefined && host === undefined) {
    return { reason: `"${hostText}" is no host address` };
  }
  const sequence = sequenceText === undefined ? undefined : parseSequence(sequenceText);
  if (sequence !== undefined && 'reason' in sequence) {
    return { reason: `the sequence ${sequence.reason}` };
  }
  let question: ProbeQuestion = { ...DEFAULTS, target: target.isdAs, host, sequence };
  for (const word of words) {
    const option = readOption(word);
    if (option === undefined) return { reason: `"${word}" is no option: ${OPTIONS_TEXT}` };
    question = { ...question, ...option };
  }
  return question;
}

const OPTIONS_TEXT =
  'count=1 to 1000, interval= and timeout=1ms to 60s, size=0 to 8000, path=HEX, epic=true, sequence= at the end';

function readOption(word: string): Partial<ProbeQuestion> | undefined {
  const [name, value = ''] = word.split('=');
  switch (name) {
    case 'count':
      return among('count', numberOf(value), 1, PING_COUNT_MAX);
    case 'size':
      return among('size', numberOf(value), 0, ECHO_BYTES_MAX);
    case 'interval':
      return among('intervalNs', nanosecondsOf(value), PROBE_NS_MIN, PROBE_NS_MAX);
    case 'timeout':
      return among('timeoutNs', nanosecondsOf(value), PROBE_NS_MIN, PROBE_NS_MAX);
    case 'path':
      return /^[0-9a-f]{1,64}$/.test(value) ? { fingerprint: value } : undefined;
    case 'epic':
      return value === 'true' ? { isEpic: true } : undefined;
    default:
      return undefined;
  }
}

function among(
  name: 'count' | 'size' | 'intervalNs' | 'timeoutNs',
  value: number | undefined,
  least: number,
  most: number,
): Partial<ProbeQuestion> | undefined {
  return value !== undefined && value >= least && value <= most ? { [name]: value } : undefined;
}

function numberOf(text: string): number | undefined {
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

function nanosecondsOf(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d{1,9})(us|ms|s)$/.exec(text) ?? [];
  const unitNs = NS_OF[unit];
  return unitNs === undefined ? undefined : Number(number) * unitNs;
}
