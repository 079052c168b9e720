/**
 * The address of a queue server. Its password must appear in no log, no error and no file.
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
 * Reads `redis://...` or `postgres://...`; undefined for anything else. That includes addresses whose
 * password contains an unescaped character that ends it early, or a `%` that escapes nothing.
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

/** Adds a password to an address; an address that has a password already is returned unchanged. */
export function queueAddressWithPassword(address: QueueAddress, password: string): QueueAddress {
  const url = new URL(address.url);
  if (url.password !== '' || url.searchParams.has('password')) return address;
  url.password = encodeURIComponent(password);
  return { ...address, url: url.href };
}

/** Removes the secrets of an address from a text of a database driver. */
export function redactQueueSecrets(text: string, { url, shown }: QueueAddress): string {
  const { password, username, searchParams } = new URL(url);
  const parameter = searchParams.get('password') ?? '';
  let clean = text.replaceAll(url, shown);
  for (const secret of [password, decodeURIComponent(password), parameter]) {
    if (secret !== '') clean = clean.replaceAll(secret, '***');
  }
  return username === '' ? clean : clean.replaceAll(`${username}@`, '');
}
