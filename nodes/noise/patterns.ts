/**
 * Handshake patterns of the Noise protocol framework, revision 34: the one-way and the interactive
 * fundamental patterns (sections 7.4 and 7.5), two deferred ones (section 18.1) and the `psk`
 * modifiers (section 9.4).
 *
 * There are no `fallback` patterns (section 10) and no key encapsulation.
 *
 * @module
 */

/** One step of a message pattern (sections 5.3 and 9.2). */
export type HandshakeToken = 'e' | 's' | 'ee' | 'es' | 'se' | 'ss' | 'psk';

/**
 * A handshake pattern: the static keys known in advance, then the messages, starting with the
 * initiator's.
 */
export interface Pattern {
  readonly initiatorPre: readonly 's'[];
  readonly responderPre: readonly 's'[];
  readonly messages: readonly (readonly HandshakeToken[])[];
  /** Number of pre-shared keys that the `psk` modifiers require. */
  readonly pskCount: number;
}

/**
 * `pre-message of initiator / of responder / message / message …`; tokens are separated by blanks.
 * The letters: N no static key, K known in advance, X transmitted, I transmitted immediately.
 */
const TABLE: Readonly<Record<string, string>> = {
  // One-way patterns (section 7.4).
  N: '/s/e es',
  K: 's/s/e es ss',
  X: '/s/e es s ss',
  // Interactive patterns (section 7.5).
  NN: '//e/e ee',
  NK: '/s/e es/e ee',
  NX: '//e/e ee s es',
  XN: '//e/e ee/s se',
  XK: '/s/e es/e ee/s se',
  XX: '//e/e ee s es/s se',
  KN: 's//e/e ee se',
  KK: 's/s/e es ss/e ee se',
  KX: 's//e/e ee se s es',
  IN: '//e s/e ee se',
  IK: '/s/e es s ss/e ee se',
  IX: '//e s/e ee se s es',
  // Section 18.1, deferred: the authenticating Diffie-Hellman happens one message later.
  X1K: '/s/e es/e ee/s/se',
  IK1: '/s/e s/e ee se es',
};

const NAME = /^([A-Z][A-Z1]*)((?:psk\d\+)*psk\d)?$/;

/**
 * Finds a handshake pattern by its name, with any `psk` modifiers.
 * @param name As in a protocol name, for example `IK`, `IKpsk2` or `XXpsk0+psk3`.
 * @returns the pattern, or undefined if no pattern has that name.
 */
export function findPattern(name: string): Pattern | undefined {
  const parts = NAME.exec(name);
  if (parts === null) return undefined;
  const base = parts[1] as string;
  if (!Object.hasOwn(TABLE, base)) return undefined;
  const [initiatorPre, responderPre, ...messages] = (TABLE[base] as string).split('/');
  const modifiers = parts[2] === undefined ? [] : parts[2].split('+');
  return addPsks(
    {
      initiatorPre: initiatorPre === 's' ? ['s'] : [],
      responderPre: responderPre === 's' ? ['s'] : [],
      messages: messages.map((message) => message.split(' ') as HandshakeToken[]),
      pskCount: 0,
    },
    modifiers.map((modifier) => Number(modifier.slice('psk'.length))),
  );
}

/** Adds `psk` tokens: psk0 opens the first message, psk1 … pskN end message 1 … N (section 9.4). */
function addPsks(pattern: Pattern, positions: readonly number[]): Pattern | undefined {
  const isSorted = positions.every((at, index) => index === 0 || at > (positions[index - 1] ?? 0));
  if (!isSorted) return undefined;
  if (positions.some((at) => at > pattern.messages.length)) return undefined;
  const messages = pattern.messages.map((tokens, index): readonly HandshakeToken[] => {
    const head: readonly HandshakeToken[] = index === 0 && positions.includes(0) ? ['psk'] : [];
    const tail: readonly HandshakeToken[] = positions.includes(index + 1) ? ['psk'] : [];
    return [...head, ...tokens, ...tail];
  });
  return { ...pattern, messages, pskCount: positions.length };
}
