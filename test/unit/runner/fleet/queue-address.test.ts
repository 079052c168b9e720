/** Addresses of queues: which there are, and that nobody reads their passwords. */
import { describe, expect, it } from 'vitest';
import {
  queueAddressWithPassword,
  readQueueAddress,
  redactQueueSecrets,
} from '../../../../runner/fleet/queue-address.ts';

describe('the address of a queue', () => {
  it.each([
    ['redis://127.0.0.1:6379', 'redis', 'redis://127.0.0.1:6379'],
    ['rediss://:secret@host/3', 'redis', 'rediss://host/3'],
    ['postgres://me:p%40ss@host:5432/db', 'postgres', 'postgres://host:5432/db'],
    ['postgresql://host/db?password=secret', 'postgres', 'postgresql://host/db'],
  ])('%s is one', (text, kind, shown) => {
    expect(readQueueAddress(text)).toEqual({ kind, url: text, shown });
  });

  it.each(['', 'localhost:6379', 'http://host', 'redis://', 'file:///etc/passwd', 'postgres'])(
    '"%s" is none',
    (text) => {
      expect(readQueueAddress(text)).toBeUndefined();
    },
  );

  it.each([
    'redis://:100%pw@h',
    'postgres://%zz:pw@h/db',
    'postgres://h%zz/db',
    'postgres://h/%zz',
    'redis://me:1/pw@h',
    'redis://me:1?pw@h',
    'redis://me:1#pw@h',
  ])('"%s" ended as a bug, or showed its password: it is none', (text) => {
    expect(readQueueAddress(text)).toBeUndefined();
  });

  it.each([
    ['redis://host:1/2', 'redis://:p%2540%2Fw@host:1/2'],
    ['redis://me@host', 'redis://me:p%2540%2Fw@host'],
    ['postgres://me@host/db', 'postgres://me:p%2540%2Fw@host/db'],
    ['redis://:own@host', 'redis://:own@host'],
    ['postgres://host/db?password=own', 'postgres://host/db?password=own'],
  ])('%s takes a password from elsewhere if it has none', (text, url) => {
    const address = queueAddressWithPassword(readQueueAddress(text)!, 'p%40/w');
    expect(address.url).toBe(url);
    expect(address.shown).not.toMatch(/p%|own/);
    if (!text.includes('own')) expect(redactQueueSecrets('AUTH p%40/w', address)).toBe('AUTH ***');
  });

  it('keeps its password out of what drivers say, in every form', () => {
    const address = readQueueAddress('postgres://me:p%40ss%2Fw@host:5432/db')!;
    for (const text of [
      'no route to postgres://me:p%40ss%2Fw@host:5432/db',
      'password p@ss/w is wrong',
      'p%40ss%2Fw',
      'me@host',
    ]) {
      const clean = redactQueueSecrets(text, address);
      expect(clean).not.toMatch(/p(?:%40|@)ss|me@/);
    }
    const open = readQueueAddress('redis://host')!;
    expect(redactQueueSecrets('connect ECONNREFUSED', open)).toBe('connect ECONNREFUSED');
  });

  it('keeps a password out that is a parameter', () => {
    const address = readQueueAddress('postgres://host/db?password=secret&user=me')!;
    expect(redactQueueSecrets('cannot use secret', address)).toBe('cannot use ***');
  });
});
