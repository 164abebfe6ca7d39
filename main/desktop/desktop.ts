import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app, dialog, session as sessions, type BrowserWindow, type Notification } from 'electron';
import { createApplication, type Application } from '../app.js';
import { systemClock } from '../headless/node-io.js';
import { readSettings } from '../settings.js';
import { appVersion } from '../version.js';
import { keepOffTheNetwork, registerAppScheme, serveApp } from './app-scheme.js';
import { locateUnpacked, readBundledFiles } from './bundled-files.js';
import type { Commands } from './commands.js';
import { createDesktopHost } from './desktop-host.js';
import { createDesktopLog } from './desktop-log.js';
import { connectWindow, sendEvent } from './ipc.js';
import { hiddenArgument, setStartAtLogin } from './login-item.js';
import { openMainWindow } from './main-window.js';
import { setMenu } from './menu.js';
import { guardNavigation } from './navigation.js';
import { watchNetwork } from './network-watch.js';
import { showNotification } from './notifications.js';
import { openLink } from './open-link.js';
import { settlePaths } from './paths.js';
import { denyPermissions } from './permissions.js';
import { createStayAwake, watchPower } from './power.js';
import { forWindow, readDestinations, readOverview, type Overview } from './program-view.js';
import { guardQuit } from './quit.js';
import { saveFile } from './save-file.js';
import { createDesktopSettings } from './settings-store.js';
import { claimSingleInstance } from './single-instance.js';
import { applyTheme } from './theme.js';
import { createTray, type TrayIcon } from './tray.js';
import { createWindowStateStore } from './window-state.js';

/** Given to the desktop executable, here or to a second one: syncs every integration. */
const syncAllArgument = '--sync-all';
/** A run ends within a request's timeout; after this the journal has to do. */
const quitLimitMs = 40_000;
const networkCheckMs = 15_000;

export interface DesktopProcess {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
}

/** The desktop app from its first line to its end. Resolves when the window is there, or when another one has it. */
export async function startDesktop({ args, env, platform }: DesktopProcess): Promise<void> {
  // What Electron takes only before it is ready.
  app.enableSandbox();
  registerAppScheme();
  const paths = settlePaths(env, platform);
  let commands: Commands | null = null;
  let syncAll: (() => void) | null = null;
  const isFirst = claimSingleInstance((given) => {
    if (given.includes(syncAllArgument)) syncAll?.();
    else commands?.showWindow();
  });
  if (!isFirst) {
    app.quit();
    return;
  }

  const log = createDesktopLog(join(paths.data, 'logs'), () => systemClock.now());
  watchFailures((event, thrown) => {
    log.write('error', event, { message: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) });
  });
  let window: BrowserWindow | null = null;
  const trusted = () => (window === null || window.isDestroyed() ? null : window.webContents);
  let application: Application | null = null;
  const follow = async (url: string): Promise<boolean> => {
    const current = application;
    return current !== null && (await openLink(url, () => readDestinations(current), log));
  };
  guardNavigation({
    openLink: (url) => void follow(url),
    onRefused: (what, url) => {
      log.write('warning', 'navigation-refused', { what, url: url.slice(0, 200) });
    },
  });

  await app.whenReady();
  const devTools = !app.isPackaged;
  const files = readBundledFiles(paths.root);
  // Kept in memory alone: what the page stores by itself is gone with it.
  const session = sessions.fromPartition('lockstep', { cache: false });
  for (const each of [session, sessions.defaultSession]) {
    denyPermissions(each);
    keepOffTheNetwork(each, (url) => {
      log.write('warning', 'request-refused', { url: url.slice(0, 200) });
    });
  }
  serveApp(session, {
    folder: join(paths.root, 'out/renderer'),
    files: files.renderer,
    nonce: () => randomBytes(18).toString('base64'),
  });

  const settings = createDesktopSettings(paths.data);
  const shown = new Set<Notification>();
  const host = createDesktopHost({
    platform,
    env,
    dataFolder: paths.data,
    log,
    settings,
    storeWorker: () => {
      locateUnpacked(paths.root, files, 'out/assets/sql-wasm.wasm');
      return pathToFileURL(locateUnpacked(paths.root, files, 'out/main/store-worker.js'));
    },
    session,
    notify: (notice) => {
      if (commands !== null) showNotification(notice, commands, shown);
    },
    openLink: async (url) => {
      await follow(url);
    },
    saveFile: (name, bytes) => saveFile(name, bytes, window),
    setStartAtLogin: (on) => {
      // An AppImage runs from a place that is gone after it.
      setStartAtLogin(on, { platform, configFolder: paths.config, executable: env['APPIMAGE'] ?? app.getPath('exe') });
    },
  });
  const running = createApplication(host);
  application = running;

  const state = createWindowStateStore(paths.chromium);
  let overview: Overview = { open: false, integrations: [], running: new Set() };
  const quit = guardQuit({
    running: () => [...overview.running],
    close: () => running.close(),
    log,
    limitMs: quitLimitMs,
  });
  let tray: TrayIcon | null = null;

  const openWindow = (hidden: boolean): void => {
    const opened = openMainWindow({
      preload: join(paths.root, 'out/preload/index.cjs'),
      session,
      devTools,
      state,
      hidden,
    });
    window = opened;
    opened.on('close', (event) => {
      if (quit.quitting() || tray === null || !readSettings(settings).keepInTray) return;
      event.preventDefault();
      opened.hide();
    });
    opened.on('closed', () => {
      if (window === opened) window = null;
    });
    opened.webContents.on('render-process-gone', (_event, { reason }) => {
      log.write('error', 'window-gone', { reason });
      if (reason !== 'clean-exit' && !opened.isDestroyed()) opened.webContents.reload();
    });
  };
  const acts: Commands = {
    showWindow() {
      if (window === null) {
        openWindow(false);
        return;
      }
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    showScreen(screen, id) {
      acts.showWindow();
      running.show({ screen, ...(id === undefined ? {} : { id }) });
    },
    syncNow(name) {
      void running.dispatch('sync.run', { name });
    },
    quit() {
      app.quit();
    },
  };
  commands = acts;
  syncAll = () => {
    void (async () => {
      const { integrations } = await readOverview(running);
      for (const name of integrations) acts.syncNow(name);
    })();
  };

  const program = forWindow(running, (event) => {
    sendEvent(trusted(), 'call.progress', event);
  });
  connectWindow(program, trusted, log);
  setMenu(acts, platform, devTools);
  tray = makeTray(join(paths.root, 'out/assets'), acts, platform, (thrown) => {
    log.write('warning', 'no-tray', { message: String(thrown) });
  });
  const stayAwake = createStayAwake();
  const refresh = createRefresher(async () => {
    overview = await readOverview(running);
    tray?.update(overview);
    stayAwake(overview.running.size > 0);
    applyTheme(readSettings(settings).theme);
  });
  for (const topic of ['workspace.changed', 'data.changed', 'run.ended'] as const) running.subscribe(topic, refresh);
  running.subscribe('run.progress', ({ integration }) => {
    if (!overview.running.has(integration)) refresh();
  });
  watchPower({
    onSuspend: () => {
      log.write('info', 'suspend');
    },
    onResume: () => {
      log.write('info', 'resume');
      refresh();
    },
    onShutdown: () => {
      void running.close();
    },
  });
  watchNetwork(
    () => {
      log.write('info', 'online');
    },
    (run) => {
      const timer = setInterval(run, networkCheckMs);
      timer.unref();
      return () => {
        clearInterval(timer);
      };
    },
  );
  app.on('activate', () => {
    acts.showWindow();
  });
  app.on('window-all-closed', () => {
    if (tray === null || !readSettings(settings).keepInTray) app.quit();
  });
  app.setAboutPanelOptions({ applicationName: 'Lockstep', applicationVersion: appVersion, copyright: 'Apache-2.0' });
  log.write('info', 'started', { version: appVersion, platform });

  applyTheme(readSettings(settings).theme);
  openWindow(args.includes(hiddenArgument) || args.includes(syncAllArgument));
  await openWithKeyStore(running);
  refresh();
  if (args.includes(syncAllArgument)) syncAll();
}

/** Without a word where the system's key store holds the key; where it does not, the page asks. */
async function openWithKeyStore(application: Application): Promise<void> {
  const { state, slots } = await application.state();
  if (state === 'locked' && slots.includes('safeStorage')) await application.dispatch('workspace.unlock', {});
}

/** Some desktops have no place for one; the program then ends with its window. */
function makeTray(
  assets: string,
  commands: Commands,
  platform: NodeJS.Platform,
  onMissing: (thrown: unknown) => void,
): TrayIcon | null {
  try {
    return createTray(assets, commands, platform);
  } catch (thrown) {
    onMissing(thrown);
    return null;
  }
}

/** Runs one at a time, and once more where it was asked for meanwhile. */
function createRefresher(run: () => Promise<void>): () => void {
  let busy: Promise<void> | null = null;
  let again = false;
  const start = (): void => {
    again = false;
    busy = run().finally(() => {
      busy = null;
      if (again) start();
    });
  };
  return () => {
    if (busy === null) start();
    else again = true;
  };
}

function watchFailures(onFailure: (event: string, thrown: unknown) => void): void {
  process.on('unhandledRejection', (thrown) => {
    onFailure('unhandled-rejection', thrown);
  });
  process.on('uncaughtException', (thrown) => {
    onFailure('uncaught', thrown);
    // Nobody knows what is whole after that. The journal makes an end at any moment safe.
    dialog.showErrorBox('Lockstep has to end', `${thrown.message}\n\nNothing that was saved is lost. Start it again.`);
    app.exit(1);
  });
}
