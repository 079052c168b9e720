/**
 * The network page: what happens where at the cursor (docs/spec/browser-view.md).
 *
 * @module
 */
import './packet.css';
import './style.css';
import type { Page } from '../../kernel/page.ts';
import { NetworkPage } from './network-page.ts';

/** The network page: what happens where at the cursor. */
export const page: Page = {
  name: 'network',
  title: 'Network',
  question: 'What happens where, now?',
  order: 2,
  icon: 'M5 6.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM19 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM5 21.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM7 5.500l10 5.500M7 18.500l10-5.500M5 6.500v11',
  empty: { shows: 'the topology of a run with its packets in flight', scenario: 'failover.yaml' },
  isTimed: true,
  needs: 'trace',
  mount: (context) => new NetworkPage(context).start(),
};
