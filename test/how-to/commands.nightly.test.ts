/** Commands of the how-to pages that take minutes, or a machine that does nothing else. */
import { testCommands } from './run-commands.ts';

testCommands('nightly');
