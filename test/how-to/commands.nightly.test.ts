/** Commands of the how-to pages that take minutes. */
import { testCommands } from './run-commands.ts';

testCommands('nightly');
