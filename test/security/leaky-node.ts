/**
 * A node that logs what it must not: its secret and the data that it is asked to send. It shows
 * that every search for leaks finds something.
 *
 * @module
 */
import { z } from 'zod';
import type { NodeHandle, Protocol } from '../../engine/host/protocol.ts';

export const protocol: Protocol = {
  name: 'leaky',
  summary: 'logs its secret and its payloads',
  config: z.strictObject({}),
  provisioning: {
    publicKeys: { static: (secret, crypto) => crypto.x25519PublicKey(secret) },
  },
  drops: {},
  metrics: [],
  jobs: {},
  moduleUrl: import.meta.url,
  create: (host, { network }): NodeHandle => ({
    start: (): void => {
      const secret = network.identity(host.name).secret('static');
      host.log.warn(`my secret is ${Buffer.from(secret).toString('hex')}`);
      host.log.warn(`its numbers are ${[...secret].join(',')}`);
      host.onRequest(({ body, respond }) => {
        host.log.warn(`I send ${Buffer.from(body).toString('base64')}`);
        respond('ok');
      });
    },
  }),
};
