/** The longest payload of a message through the WebSocket of the face of fabric: 90 MB of base64 each way. */
import { expect, it } from 'vitest';
import type { FabricOutcome } from '../../../../services/fabric/index.ts';
import { serveFake } from './fake-node.ts';

it('holds a payload of 64 MiB, in both directions, and not a byte more', async () => {
  const served = await serveFake();
  try {
    const client = served.subscribe();
    expect(await client.opened).toBe('open');
    const payload = Buffer.alloc(67_108_864, 5).toString('base64');
    served.node.answer = ({ body }): Promise<FabricOutcome> =>
      Promise.resolve({ outcome: 'ok', body });
    client.say({ call: 1, to: 'bob', payload });
    const reply = await client.next();
    expect(reply['outcome']).toBe('ok');
    expect(reply['payload'] === payload).toBe(true);
    client.say({ call: 2, to: 'bob', payload: Buffer.alloc(67_108_865).toString('base64') });
    expect(await client.next()).toEqual({ of: 2, outcome: 'too-large' });
  } finally {
    await served.end();
  }
});
