import { describe, expect, it } from 'vitest';
import type { HeldBundle } from '../../../../../nodes/dtn/agent/held-bundle.ts';
import type { RoutingContext } from '../../../../../nodes/dtn/router/router.ts';
import { StaticRouter } from '../../../../../nodes/dtn/router/static-routes.ts';

const around = { isOpen: () => true } as unknown as RoutingContext;

describe('static routes', () => {
  it('with many stars need no more time than the lengths of both texts say', () => {
    const routes = [{ to: `${'*a'.repeat(30)}c`, via: 'b' }];
    const router = new StaticRouter(routes, new Set(['b']));
    const to = (destination: string): unknown =>
      router.route({ destination } as HeldBundle, around).kind;
    // A regular expression tries all ways to share 62 letters among 30 stars.
    expect([to('a'.repeat(62)), to(`${'a'.repeat(61)}c`)]).toEqual(['wait', 'go']);
  });
});
