/**
 * The latency and throughput page: how slow, how often, and why (docs/spec/browser-view.md).
 *
 * @module
 */
import './style.css';
import type { Page } from '../../kernel/page.ts';
import { mountLatency } from './latency-page.ts';

/** The latency page: how slow, how often, and why. */
export const page: Page = {
  name: 'latency',
  title: 'Latency',
  question: 'How slow, how often, and why?',
  order: 5,
  icon: 'M4 4v16h16M7 17c4 0 4-11 8-11h5',
  empty: { shows: 'distributions, series and the parts of a delay', scenario: 'failover.yaml' },
  isTimed: false,
  needs: 'report',
  mount: mountLatency,
};
