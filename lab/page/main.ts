/**
 * Entry point of the Lab: the browser view with one additional page, without a server. Nothing is fetched.
 *
 * @module
 */
import '../../viz/app/style/base.css';
import '../../viz/app/style/shell.css';
import '../../viz/app/style/chart.css';
import './style.css';
import { RunLibrary } from '../../viz/app/data/library.ts';
import { readUrlHash, writeUrlHash } from '../../viz/app/kernel/address.ts';
import { PAGES } from '../../viz/app/kernel/pages.ts';
import { AppShell } from '../../viz/app/kernel/shell.ts';
import { LabRunner } from '../run/lab-runner.ts';
import { shippedFiles, startLabWorker } from '../run/page-data.ts';
import { LINK_PARAMETER, makeLabPage, THEN_PARAMETER } from './lab-page.ts';
import { LabSession } from './session.ts';

enterByLab();
const library = new RunLibrary(false);
const runner = new LabRunner(startLabWorker, navigator.hardwareConcurrency);
const session = new LabSession(shippedFiles(), runner, library);
new AppShell([makeLabPage(session), ...PAGES], library).start();
// A link runs at once, or asks first; for a visitor of the gallery, a worker starts when the page has been drawn.
if (!location.hash.includes(`${LINK_PARAMETER}=`))
  requestAnimationFrame(() => setTimeout(() => runner.warm()));

/**
 * Runs are lost when the page is loaded again: an address that shows a page of a run opens the Lab, which repeats the
 * run and then shows that page.
 */
function enterByLab(): void {
  const { view } = readUrlHash(location.hash);
  const { page, rest } = view;
  const isLinked = rest[LINK_PARAMETER] !== undefined && page !== 'lab' && view.run !== undefined;
  if (location.hash !== '' && !isLinked) return;
  const then = isLinked ? { [THEN_PARAMETER]: page } : {};
  const entered = { ...view, run: undefined, page: 'lab', rest: { ...rest, ...then } };
  history.replaceState(null, '', writeUrlHash(entered));
}
