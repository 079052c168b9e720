/**
 * The address of a queue server. Its password is in no log, no error and no file.
 *
 * @module
 */

/** A checked address of a queue server, with and without its password. */
export interface QueueAddress {
  readonly kind: 'redis' | 'postgres';
  /** The whole address, with its password. */
  readonly url: string;
  /** The address without its password. */
  readonly shown: string;
}

const KINDS: Readonly<Record<string, QueueAddress['kind']>> = {
  'redis:': 'redis',
  'rediss:': 'redis',
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
};

/**
 * Reads `redis://...` or `postgres://...`; undefined for all else, which includes addresses whose password
 * contains a character that ends it too early, or a `%` that stands for no character.
 */
export function readQueueAddress(text: string): QueueAddress | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const kind = KINDS[url.protocol];
  const { protocol, host, pathname, search, hash, username, password } = url;
  if (kind === undefined || url.hostname === '' || hash !== '') return undefined;
  if (`${pathname}${search}`.includes('@')) return undefined;
  if (![username, password, host, pathname].every(isDecodable)) return undefined;
  return { kind, url: text, shown: `${protocol}//${host}${pathname}` };
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** The address with this password; unchanged if the address has a password already. */
export function queueAddressWithPassword(address: QueueAddress, password: string): QueueAddress {
  const url = new URL(address.url);
  if (url.password !== '' || url.searchParams.has('password')) return address;
  url.password = encodeURIComponent(password);
  return { ...address, url: url.href };
}

/** A text of a driver without the secrets of an address. */
export function redactQueueSecrets(text: string, { url, shown }: QueueAddress): string {
  const { password, username, searchParams } = new URL(url);
  const parameter = searchParams.get('password') ?? '';
  let clean = text.replaceAll(url, shown);
  for (const secret of [password, decodeURIComponent(password), parameter]) {
    if (secret !== '') clean = clean.replaceAll(secret, '***');
  }
  return username === '' ? clean : clean.replaceAll(`${username}@`, '');
}
