/**
 * The failover page: what a fault cost, second by second (docs/how-to/browser-view.md).
 *
 * @module
 */
import './style.css';
import { missingFaultData } from '../../kernel/lacks.ts';
import type { Page } from '../../kernel/page.ts';
import { mountFailover } from './failover-page.ts';

/** The failover page: what a fault cost, second by second. */
export const page: Page = {
  name: 'failover',
  title: 'Failover',
  question: 'What did the fault cost, second by second?',
  order: 3,
  icon: 'M3 12h4l5-7h3M7 12l5 7h9M18 16l3 3-3 3M16 3l4 4M20 3l-4 4',
  empty: {
    shows: 'each fault of a run with its detection, the path switch and the first packet',
    scenario: 'failover.yaml',
  },
  lacks: missingFaultData,
  isTimed: true,
  needs: 'report',
  mount: mountFailover,
};
