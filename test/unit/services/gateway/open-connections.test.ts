/** Which connection of a server ends when there is one too many. */
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { OpenConnections } from '../../../../services/gateway/open-connections.ts';

/** A connection from this port that has said so many bytes. */
function connection(remotePort: number, bytesRead = 1): Socket & { destroyed: boolean } {
  const socket = Object.assign(new EventEmitter(), {
    ...{ remoteAddress: '127.0.0.1', remotePort, bytesRead, destroyed: false },
    destroy: (): void => {
      socket.destroyed = true;
    },
  });
  return socket as unknown as Socket & { destroyed: boolean };
}

it.each([false, true])(
  'forgot a connection from the port of one that had just gone, TLS %s',
  (isTls) => {
    const connections = new OpenConnections(2, { isTls });
    const [before, after] = [connection(1), connection(1)];
    connections.add(before);
    if (isTls) connections.admit(before);
    const answered = connections.begin(before);
    connections.add(after);
    if (isTls) connections.admit(after);
    // Node tells the end of the first only after it has accepted the second.
    before.emit('close');
    answered?.();
    expect(connections.size).toBe(1);
    after.emit('close');
    expect(connections.size).toBe(0);
  },
);

it('ends one that has said nothing before an idle one, and none with a request in hand', () => {
  const connections = new OpenConnections(3, { isTls: false });
  const [busy, idle] = [connection(1), connection(2)];
  for (const one of [busy, idle]) connections.add(one);
  connections.begin(busy);
  const silent = [connection(3, 0), connection(4, 0), connection(5, 0)];
  for (const one of silent) connections.add(one);
  expect([busy.destroyed, idle.destroyed]).toEqual([false, false]);
  expect(silent.map(({ destroyed }) => destroyed)).toEqual([true, true, false]);
  const speaking = connection(6);
  connections.add(speaking);
  connections.add(connection(7));
  expect([busy.destroyed, idle.destroyed, speaking.destroyed]).toEqual([false, true, false]);
});
