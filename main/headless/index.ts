import { createNodeIo } from './node-io.js';
import { runTerminal } from './terminal.js';

/** The terminal host's entry; `build/build.mjs` makes one file of it. */
process.exitCode = await runTerminal(process.argv.slice(2), createNodeIo());
