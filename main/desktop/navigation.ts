import { app, type WebContents } from 'electron';
import { pageAddress } from './app-scheme.js';

export interface NavigationGuard {
  /** A link that wants out; it is looked at before anything opens. */
  readonly openLink: (url: string) => void;
  readonly onRefused: (what: string, url: string) => void;
}

/** For every page that ever comes to be, not only for the one window that is made on purpose. */
export function guardNavigation(guard: NavigationGuard): void {
  app.on('web-contents-created', (_event, contents) => {
    guardContents(contents, guard);
  });
}

function guardContents(contents: WebContents, { openLink, onRefused }: NavigationGuard): void {
  contents.on('will-navigate', (details) => {
    // Reloading is navigating to where one is.
    if (isPage(details.url)) return;
    details.preventDefault();
    onRefused('navigation', details.url);
  });
  contents.on('will-frame-navigate', (details) => {
    if (details.isMainFrame && isPage(details.url)) return;
    details.preventDefault();
    onRefused('frame', details.url);
  });
  contents.on('will-redirect', (details) => {
    details.preventDefault();
    onRefused('redirect', details.url);
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
    onRefused('webview', '');
  });
  contents.setWindowOpenHandler(({ url }) => {
    openLink(url);
    return { action: 'deny' };
  });
}

/** The page itself; what stands behind `#` is the page's own business. */
export function isPage(url: string): boolean {
  return URL.canParse(url) && new URL(url).href.replace(/#.*$/u, '') === pageAddress;
}
