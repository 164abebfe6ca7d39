import type { Bridge } from '../../preload/contract/events.js';
import { createWebBridge } from './web-bridge.js';

declare global {
  interface Window {
    /** Exposed by the desktop's preload; absent in a browser. */
    readonly lockstep?: Bridge;
  }
}

/** The desktop's bridge where there is one, else one over HTTP to the host that served the page. */
export function chooseBridge(): Bridge {
  return window.lockstep ?? createWebBridge(window);
}
