import { app, dialog } from 'electron';
import { startDesktop } from './desktop.js';

/**
 * The desktop host's entry; `build/build.mjs` makes one file of it. Nothing is awaited here: Electron becomes ready only
 * when this module has run to its end.
 */
startDesktop({ args: process.argv.slice(1), env: process.env, platform: process.platform }).catch((thrown: unknown) => {
  dialog.showErrorBox('Lockstep cannot start', thrown instanceof Error ? thrown.message : String(thrown));
  app.exit(1);
});
