/**
 * Entry point of the browser view. The page fetches only from the server that delivered it; a page
 * opened from disk fetches nothing.
 *
 * @module
 */
import './style/base.css';
import './style/shell.css';
import './style/chart.css';
import { RunLibrary } from './data/library.ts';
import { PAGES } from './kernel/pages.ts';
import { AppShell } from './kernel/shell.ts';

new AppShell(PAGES, new RunLibrary(location.protocol !== 'file:')).start();
