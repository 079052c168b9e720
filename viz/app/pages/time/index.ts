/**
 * The time page: which event came before which (docs/spec/browser-view.md).
 *
 * @module
 */
import './style.css';
import type { Page } from '../../kernel/page.ts';
import { TimePage } from './time-page.ts';

/** The time page: which event came before which. */
export const page: Page = {
  name: 'time',
  title: 'Time',
  question: 'Which event came before which?',
  order: 4,
  icon: 'M4 5h7M4 12h12M9 19h11M13 3v4M18 10v4M6 17v4',
  empty: { shows: 'the events of every node on one axis of time', scenario: 'failover.yaml' },
  isTimed: true,
  needs: 'trace',
  mount: (context) => new TimePage(context).start(),
};
