import { BrowserWindow, type Session } from 'electron';
import { pageAddress } from './app-scheme.js';
import { placeWindow, type WindowState, type WindowStateStore } from './window-state.js';

export interface MainWindowOptions {
  /** Absolute path of the preload script's bundle. */
  readonly preload: string;
  readonly session: Session;
  /** Developer tools can be opened; never in what is shipped. */
  readonly devTools: boolean;
  readonly state: WindowStateStore;
  /** Not shown at first: the program was started at login. */
  readonly hidden: boolean;
}

/** The program's only window, with the page in it. */
export function openMainWindow({ preload, session, devTools, state, hidden }: MainWindowOptions): BrowserWindow {
  const kept = state.read();
  const window = new BrowserWindow({
    ...placeWindow(kept),
    minWidth: 720,
    minHeight: 480,
    show: false,
    title: 'Lockstep',
    backgroundColor: '#17181c',
    webPreferences: {
      preload,
      session,
      devTools,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      // It fetches dictionaries from a server of Google's.
      spellcheck: false,
      // Links open by the one way out; a middle click is no other one.
      disableBlinkFeatures: 'Auxclick',
    },
  });
  if (kept?.maximized === true) window.maximize();
  window.once('ready-to-show', () => {
    if (!hidden) window.show();
  });
  for (const event of ['resized', 'moved', 'close'] as const)
    onWindow(window, event, () => state.write(stateOf(window)));
  void window.loadURL(pageAddress);
  return window;
}

function onWindow(window: BrowserWindow, event: 'resized' | 'moved' | 'close', listener: () => void): void {
  // Three overloads that take the same listener.
  (window.on as (name: string, listener: () => void) => void).call(window, event, listener);
}

function stateOf(window: BrowserWindow): WindowState {
  return { ...window.getNormalBounds(), maximized: window.isMaximized() };
}
