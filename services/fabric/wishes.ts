/**
 * The parameters with which a client sends a message: the peer, and the wishes of `SendWishes`, read from the query of
 * a URL or from the fields of a frame.
 *
 * @module
 */
import type { SendWishes } from '../../engine/host/transport.ts';
import { durationNsSchema } from '../../nodes/_kit/options.ts';
import { makeServerRefusal, type ServerRefusal } from './outcomes.ts';

/** The destination of a message, its lifetime and priority. */
export interface SendParameters {
  readonly to: string;
  readonly wishes: SendWishes & { readonly lifetime: number };
}

/** The parameters before they are checked; numbers and booleans may also be text, because queries have only text. */
export type SendParameterFields = Readonly<Record<string, unknown>>;

/** Names of the parameters with which a client sends a message. */
export const SEND_PARAMETER_NAMES = ['to', 'priority', 'lifetime', 'tolerant', 'private'] as const;

/** Lifetime of a message if the client names none, ns: shorter than the time-outs of HTTP clients. */
const LIFETIME_NS = 60_000_000_000;
/** The longest lifetime, ns: a week, well below the 24 days that a timer of Node can last. */
const LIFETIME_NS_MAX = 604_800_000_000_000;
/**
 * Longest name of a node, UTF-16 code units. An envelope holds 255 bytes (RFC 1035 section 2.3.4),
 * so a name with characters other than ASCII may still be too long for it.
 */
const NAME_CHARACTERS_MAX = 255;

const duration = durationNsSchema();

/** Reads the query of a URL; each parameter at most once. */
export function sendParametersFromQuery(query: string): SendParameters | ServerRefusal {
  const fields: Record<string, unknown> = Object.create(null);
  for (const [name, value] of new URLSearchParams(query)) {
    if (!isAddressField(name)) return wrong(`${quoted(name)} is not one of ${FIELD_LIST}`);
    if (fields[name] !== undefined) return wrong(`${name} is there twice`);
    fields[name] = value;
  }
  return sendParametersFromFields(fields);
}

/** Reads the parameters from the fields of a frame. */
export function sendParametersFromFields({
  to,
  priority,
  lifetime,
  tolerant,
  private: hidden,
}: SendParameterFields): SendParameters | ServerRefusal {
  if (typeof to !== 'string' || to === '' || to.length > NAME_CHARACTERS_MAX) {
    return wrong('to is the name of a node');
  }
  const level = priorityOf(priority);
  if (level === undefined) return wrong('priority is 0, 1 or 2');
  const lifetimeNs = lifetimeOf(lifetime);
  if (lifetimeNs === undefined) return wrong('lifetime is a time such as 30s or 500ms, at most 7d');
  const isTolerant = flagOf(tolerant);
  if (isTolerant === undefined) return wrong('tolerant is true or false');
  const isPrivate = flagOf(hidden);
  if (isPrivate === undefined) return wrong('private is true or false');
  const wishes = { lifetime: lifetimeNs, priority: level, tolerant: isTolerant };
  return { to, wishes: { ...wishes, private: isPrivate } };
}

const FIELD_LIST = SEND_PARAMETER_NAMES.join(', ');

function isAddressField(name: string): boolean {
  return SEND_PARAMETER_NAMES.some((field) => field === name);
}

function priorityOf(value: unknown): 0 | 1 | 2 | undefined {
  switch (value) {
    case 0:
    case '0':
      return 0;
    case undefined:
    case 1:
    case '1':
      return 1;
    case 2:
    case '2':
      return 2;
    default:
      return undefined;
  }
}

function lifetimeOf(value: unknown): number | undefined {
  if (value === undefined) return LIFETIME_NS;
  const { data } = duration.safeParse(value);
  return data !== undefined && data > 0 && data <= LIFETIME_NS_MAX ? data : undefined;
}

function flagOf(value: unknown): boolean | undefined {
  if (value === undefined || value === false || value === 'false') return false;
  return value === true || value === 'true' ? true : undefined;
}

function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 40));
}

function wrong(error: string): ServerRefusal {
  return makeServerRefusal('bad-parameter', error);
}
