/**
 * What border routers remember of the hosts of their AS.
 *
 * @module
 */
import { expect, it } from 'vitest';
import { HostTable, NO_ENDPOINT } from '../../../../../nodes/scion/router/host-table.ts';

it('remembers no host that the AS does not have, and each port of a host once, whatever packets ask for', () => {
  let made = 0;
  const host = {
    endpoint: (): number => {
      made += 1;
      return made;
    },
  };
  const table = new HostTable(host, new Map([[7, '127.0.0.7']]));
  for (let round = 0; round < 2; round += 1) {
    for (let port = 0; port < 65_536; port += 1) table.endpointOf(7, port);
  }
  expect([made, table.endpointOf(8, 1)]).toEqual([65_536, NO_ENDPOINT]);
});
